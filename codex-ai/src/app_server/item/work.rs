//! Items that are work: commands, patches, tools, searches, images.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::open::{count, open_text, open_union, or_default};
use super::{ItemStatus, items};

items! {
    /// A command that is run.
    pub struct CommandExecution {
        /// The command as it was run.
        pub command: String,
        /// The directory that it runs in.
        pub cwd: String,
        /// How far it is.
        pub status: ItemStatus,
        /// What it does, as far as the server can tell.
        #[serde(default, deserialize_with = "or_default")]
        pub command_actions: Vec<CommandAction>,
        /// What it wrote to both outputs.
        pub aggregated_output: Option<String>,
        /// How it ended.
        pub exit_code: Option<i32>,
        /// How long it ran, in milliseconds.
        #[serde(default, deserialize_with = "count")]
        pub duration_ms: Option<u64>,
        /// The process of the terminal that it runs in.
        pub process_id: Option<String>,
        /// Who runs it.
        pub source: Option<CommandSource>,
        /// The plugin whose script it is.
        pub plugin_id: Option<String>,
        /// The path of the script within its plugin.
        pub script_path: Option<String>,
    }

    /// A patch of files.
    pub struct FileChange {
        /// Each file.
        #[serde(default, deserialize_with = "or_default")]
        pub changes: Vec<FileUpdate>,
        /// How far it is.
        pub status: ItemStatus,
    }

    /// A call of a tool of an MCP server.
    pub struct McpToolCall {
        /// The server.
        pub server: String,
        /// The tool.
        pub tool: String,
        /// What it is called with.
        #[serde(default)]
        pub arguments: Value,
        /// How far it is.
        pub status: ItemStatus,
        /// What came of it.
        pub result: Option<McpToolResult>,
        /// Why it failed.
        pub error: Option<McpToolError>,
        /// How long it took, in milliseconds.
        #[serde(default, deserialize_with = "count")]
        pub duration_ms: Option<u64>,
        /// Whether the tool says that it changes nothing.
        pub read_only_hint: Option<bool>,
        /// The plugin that it is from.
        pub plugin_id: Option<String>,
        /// The app that it is from, as JSON.
        pub app_context: Option<Value>,
    }

    /// A call of a tool that the client brought.
    pub struct DynamicToolCall {
        /// The tool.
        pub tool: String,
        /// Where the tool is from.
        pub namespace: Option<String>,
        /// What it is called with.
        #[serde(default)]
        pub arguments: Value,
        /// How far it is.
        pub status: ItemStatus,
        /// What it gave.
        pub content_items: Option<Vec<ToolContent>>,
        /// Whether it went well.
        pub success: Option<bool>,
        /// How long it took, in milliseconds.
        #[serde(default, deserialize_with = "count")]
        pub duration_ms: Option<u64>,
    }

    /// A search of the web.
    pub struct WebSearch {
        /// What was searched for.
        pub query: String,
        /// What was done, as JSON: `search`, `openPage`, `findInPage`.
        pub action: Option<Value>,
        /// What was found, as JSON.
        pub results: Option<Vec<Value>>,
    }

    /// A look at an image.
    pub struct ImageView {
        /// The file.
        pub path: String,
    }

    /// A pause.
    pub struct Sleep {
        /// How long, in milliseconds.
        pub duration_ms: u64,
    }

    /// An image that is made.
    pub struct ImageGeneration {
        /// How far it is, in the server's words.
        pub status: String,
        /// The image in Base64; empty where it is a file.
        pub result: Option<String>,
        /// The id of the file that holds it.
        pub file_id: Option<String>,
        /// Where the server saved it.
        pub saved_path: Option<String>,
        /// The prompt that the image was made from.
        pub revised_prompt: Option<String>,
        /// The vendor's id of it.
        pub generation_id: Option<String>,
        /// Whether its background is transparent.
        pub transparent_background: Option<bool>,
        /// Why it failed, as JSON.
        pub failure: Option<Value>,
    }
}

open_text! {
    /// Who runs a command.
    pub enum CommandSource {
        /// The model.
        Agent = "agent",
        /// The user.
        UserShell = "userShell",
        /// The model, in a terminal that stays.
        UnifiedExecStartup = "unifiedExecStartup",
        /// The model, into a terminal that stays.
        UnifiedExecInteraction = "unifiedExecInteraction",
    }
}

open_union! {
    /// What a command does, as far as the server can tell.
    pub enum CommandAction {
        /// It reads a file.
        Read {
            /// This part of the command.
            command: String,
            /// The file's name.
            name: String,
            /// Where it is.
            path: String,
        } = "read",
        /// It lists files.
        ListFiles {
            /// This part of the command.
            command: String,
            /// Where.
            path: Option<String>,
        } = "listFiles",
        /// It searches files.
        Search {
            /// This part of the command.
            command: String,
            /// What for.
            query: Option<String>,
            /// Where.
            path: Option<String>,
        } = "search",
        /// Something that the server cannot tell.
        Other {
            /// This part of the command.
            command: String,
        } = "unknown",
    }

    /// What happens to a file.
    pub enum PatchKind {
        /// It is new.
        Add = "add",
        /// It is deleted.
        Delete = "delete",
        /// It is changed.
        Update {
            /// Where it is moved to.
            #[serde(rename = "move_path")]
            move_path: Option<String>,
        } = "update",
    }

    /// A part of what a tool gives.
    pub enum ToolContent {
        /// A text.
        Text {
            /// The text.
            text: String,
        } = "inputText",
        /// An image.
        Image {
            /// Where it is, or a `data:` URL.
            image_url: String,
        } = "inputImage",
        /// A sound.
        Audio {
            /// Where it is, or a `data:` URL.
            audio_url: String,
        } = "inputAudio",
    }
}

/// One file of a patch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct FileUpdate {
    /// The file.
    pub path: String,
    /// What happens to it.
    pub kind: PatchKind,
    /// The change as a unified diff; of a new file its text.
    pub diff: String,
}

/// What an MCP tool gave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct McpToolResult {
    /// The parts, as the tool's server sent them.
    #[serde(default, deserialize_with = "or_default")]
    pub content: Vec<Value>,
    /// The result as JSON, of tools that have that.
    pub structured_content: Option<Value>,
    /// What else the tool's server sent.
    #[serde(rename = "_meta")]
    pub meta: Option<Value>,
}

/// Why an MCP tool failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct McpToolError {
    /// For people.
    pub message: String,
}
