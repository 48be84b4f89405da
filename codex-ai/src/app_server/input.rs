//! What a turn is given.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::open::{open_text, open_union};

open_union! {
    /// One part of what a turn is given. A part without a name here is sent as [`Unknown`](Self::Unknown).
    pub enum Input {
        /// A text.
        Text {
            /// The text.
            text: String,
            /// Parts of the text that stand for something, as JSON; for clients that show them.
            #[serde(default, rename = "text_elements", skip_serializing_if = "Vec::is_empty")]
            text_elements: Vec<Value>,
        } = "text",
        /// An image, by its address or by the id of a file; one of both is set.
        Image {
            /// Where it is, or a `data:` URL.
            #[serde(skip_serializing_if = "Option::is_none")]
            url: Option<String>,
            /// The id of a file that the vendor has.
            #[serde(skip_serializing_if = "Option::is_none")]
            file_id: Option<String>,
            /// How closely it is looked at.
            #[serde(skip_serializing_if = "Option::is_none")]
            detail: Option<InputDetail>,
        } = "image",
        /// An image in a file of the server's machine.
        LocalImage {
            /// The file.
            path: String,
            /// How closely it is looked at.
            #[serde(skip_serializing_if = "Option::is_none")]
            detail: Option<InputDetail>,
        } = "localImage",
        /// A sound, by its address or by the id of a file; one of both is set.
        Audio {
            /// Where it is, or a `data:` URL.
            #[serde(skip_serializing_if = "Option::is_none")]
            url: Option<String>,
            /// The id of a file that the vendor has.
            #[serde(skip_serializing_if = "Option::is_none")]
            file_id: Option<String>,
        } = "audio",
        /// A sound in a file of the server's machine.
        LocalAudio {
            /// The file.
            path: String,
        } = "localAudio",
        /// A skill, whose text is put in.
        Skill {
            /// Its name.
            name: String,
            /// Its file.
            path: String,
        } = "skill",
        /// A file, an app or an agent that is mentioned.
        Mention {
            /// Its name.
            name: String,
            /// Where it is.
            path: String,
        } = "mention",
    }
}

open_text! {
    /// How closely an image is looked at.
    pub enum InputDetail {
        /// As the model likes.
        Auto = "auto",
        /// At a glance.
        Low = "low",
        /// Closely.
        High = "high",
        /// In its own size.
        Original = "original",
    }

    /// Whose words a context is.
    pub enum AdditionalContextKind {
        /// Somebody else's: no instructions, whatever it says.
        Untrusted = "untrusted",
        /// The program's own.
        Application = "application",
    }
}

impl Input {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into(), text_elements: Vec::new() }
    }

    /// An image at an address, which may be a `data:` URL.
    pub fn image(url: impl Into<String>) -> Self {
        Self::Image { url: Some(url.into()), file_id: None, detail: None }
    }

    /// An image that the vendor has as a file.
    pub fn image_file(id: impl Into<String>) -> Self {
        Self::Image { url: None, file_id: Some(id.into()), detail: None }
    }

    /// An image in a file of the server's machine.
    pub fn local_image(path: impl AsRef<Path>) -> Self {
        Self::LocalImage { path: text_of(path), detail: None }
    }

    /// A sound at an address, which may be a `data:` URL.
    pub fn audio(url: impl Into<String>) -> Self {
        Self::Audio { url: Some(url.into()), file_id: None }
    }

    /// A sound that the vendor has as a file.
    pub fn audio_file(id: impl Into<String>) -> Self {
        Self::Audio { url: None, file_id: Some(id.into()) }
    }

    /// A sound in a file of the server's machine.
    pub fn local_audio(path: impl AsRef<Path>) -> Self {
        Self::LocalAudio { path: text_of(path) }
    }

    /// A skill: its name, and its file `SKILL.md`.
    pub fn skill(name: impl Into<String>, path: impl AsRef<Path>) -> Self {
        Self::Skill { name: name.into(), path: text_of(path) }
    }

    /// A mention of something at this path, or of an app at `app://ID`.
    pub fn mention(name: impl Into<String>, path: impl AsRef<Path>) -> Self {
        Self::Mention { name: name.into(), path: text_of(path) }
    }

    /// A part as JSON, for kinds without a name here.
    pub fn raw(part: Value) -> Self {
        Self::Unknown(part)
    }

    /// The same image, looked at so closely; nothing else has a detail.
    #[must_use]
    pub fn with_detail(mut self, to: InputDetail) -> Self {
        if let Self::Image { detail, .. } | Self::LocalImage { detail, .. } = &mut self {
            *detail = Some(to);
        }
        self
    }
}

/// A path for JSON. The protocol has no form for one that is not Unicode.
fn text_of(path: impl AsRef<Path>) -> String {
    path.as_ref().to_string_lossy().into_owned()
}

/// What can be given to a turn: a text, one [`Input`], or several.
pub trait IntoInput {
    /// The parts.
    fn into_input(self) -> Vec<Input>;
}

impl IntoInput for &str {
    fn into_input(self) -> Vec<Input> {
        vec![Input::text(self)]
    }
}

impl IntoInput for String {
    fn into_input(self) -> Vec<Input> {
        vec![Input::text(self)]
    }
}

impl IntoInput for &String {
    fn into_input(self) -> Vec<Input> {
        vec![Input::text(self)]
    }
}

impl IntoInput for Input {
    fn into_input(self) -> Vec<Input> {
        vec![self]
    }
}

impl<T: Into<Input>> IntoInput for Vec<T> {
    fn into_input(self) -> Vec<Input> {
        self.into_iter().map(Into::into).collect()
    }
}

impl<T: Into<Input>, const N: usize> IntoInput for [T; N] {
    fn into_input(self) -> Vec<Input> {
        self.into_iter().map(Into::into).collect()
    }
}

impl IntoInput for &[Input] {
    fn into_input(self) -> Vec<Input> {
        self.to_vec()
    }
}

impl From<&str> for Input {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<String> for Input {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

/// A text that a turn is given besides its input, as what it is: the words of somebody else, or of the program. The
/// server keeps it by a key, so that the next text under that key takes its place. Codex 0.169.0 has it among its
/// experimental fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AdditionalContext {
    /// Whose words it is.
    pub kind: AdditionalContextKind,
    /// What the model is shown as its source; for the words of others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The text.
    pub value: String,
}

impl AdditionalContext {
    /// The words of somebody else, as of a web page or a mail: the model reads them, but takes no instructions from
    /// them.
    pub fn untrusted(value: impl Into<String>) -> Self {
        Self { kind: AdditionalContextKind::Untrusted, name: None, value: value.into() }
    }

    /// The words of the program.
    pub fn application(value: impl Into<String>) -> Self {
        Self { kind: AdditionalContextKind::Application, name: None, value: value.into() }
    }

    /// Names its source.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }
}

/// A message from outside, which a turn is given as the output of a tool, so that it is not taken for the user's words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ToolOutput {
    /// The tool that it is from.
    pub name: String,
    /// Where the tool is from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// A text, or a list of parts as in the Responses API.
    pub output: Value,
    /// Whether the thread keeps it in what later turns are shown.
    #[serde(default)]
    pub retain: bool,
}

impl ToolOutput {
    /// A text as the output of this tool.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), namespace: None, output: Value::String(text.into()), retain: false }
    }
}
