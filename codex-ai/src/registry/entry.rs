use std::any::TypeId;
use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::arguments::{Arguments, drop_absent};
use super::schemas::{MakeSchema, of_arguments};
use super::slot::Slot;
use crate::capability::Capability;
use crate::error::{Error, ErrorKind, Result};
use crate::mount::{AnyState, StateInfo};
use crate::prompt::Rendered;
use crate::provider::BoxFuture;
use crate::request::Output;
use crate::schema::{Schema, WireForm};
use crate::tool::{Offered, ToolEntry};

/// What the binary knows of one prompt.
pub struct Entry {
    info: EntryInfo,
    input: Slot<Schema>,
}

/// What `#[prompt]` writes down.
#[doc(hidden)]
#[derive(Debug)]
pub struct EntryInfo {
    pub mode: &'static str,
    pub marker: &'static str,
    pub function: &'static str,
    pub module: &'static str,
    pub crate_name: Option<&'static str>,
    pub crate_version: Option<&'static str>,
    pub file: &'static str,
    pub line: u32,
    pub column: u32,
    pub docs: &'static str,
    pub returns: &'static str,
    pub args: &'static [ArgInfo],
    pub model: Option<&'static str>,
    pub temperature: Option<f64>,
    pub max_tokens: Option<u32>,
    pub template: Option<&'static str>,
    pub output: fn() -> Output,
    pub render: Option<RenderJson>,
    pub state: Option<StateInfo>,
    pub requires: &'static [Capability],
    pub strict: Option<WireForm>,
    pub tools: &'static [Offered],
    /// What a tool is called by; an entry has it or `render`.
    pub tool: Option<CallTool>,
}

impl EntryInfo {
    /// What an entry has that says nothing else.
    pub const DEFAULT: Self = Self {
        mode: "",
        marker: "",
        function: "",
        module: "",
        crate_name: None,
        crate_version: None,
        file: "",
        line: 0,
        column: 0,
        docs: "",
        returns: "",
        args: &[],
        model: None,
        temperature: None,
        max_tokens: None,
        template: None,
        output: || Output::Text,
        render: None,
        state: None,
        requires: &[],
        strict: None,
        tools: &[],
        tool: None,
    };
}

/// Reads JSON arguments and calls the prompt function; nothing comes of arguments that do not fit.
type RenderJson = for<'v> fn(&'v AnyState, &mut Arguments<'v>) -> Option<BoxFuture<'v, Result<Rendered>>>;

/// Reads JSON arguments and calls a tool; what it gives is what a model is told, be it an error.
pub(crate) type CallTool =
    for<'v> fn(&'v AnyState, &mut Arguments<'v>) -> Option<BoxFuture<'v, Result<String, String>>>;

/// One argument of a prompt.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct ArgInfo {
    /// The name in JSON.
    pub name: &'static str,
    /// The type, as written.
    pub ty: &'static str,
    /// The doc comment.
    pub docs: &'static str,
    /// The default, as written; `None` for a required argument.
    pub default: Option<&'static str>,
    /// Makes the schema of the type, if it has one.
    pub(super) schema: Option<MakeSchema>,
}

impl ArgInfo {
    /// For generated code.
    #[doc(hidden)]
    pub const fn new(
        name: &'static str,
        ty: &'static str,
        docs: &'static str,
        default: Option<&'static str>,
        schema: Option<MakeSchema>,
    ) -> Self {
        Self { name, ty, docs, default, schema }
    }
}

impl Entry {
    /// For generated code.
    #[doc(hidden)]
    pub const fn new(info: EntryInfo) -> Self {
        Self { info, input: Slot::empty() }
    }

    /// The name in calls by name.
    pub fn mode(&self) -> &'static str {
        self.info.mode
    }

    /// The name of the marker type.
    pub fn marker(&self) -> &'static str {
        self.info.marker
    }

    /// The function with its module, and its type where it stands in an `impl`: `news::headlines::summarize`,
    /// `news::Editor::shorten`.
    pub fn path(&self) -> String {
        format!("{}::{}", self.info.module, self.info.function)
    }

    /// The marker with its module.
    pub(crate) fn marker_path(&self) -> String {
        format!("{}::{}", self.info.module, self.info.marker)
    }

    /// The crate that has the function.
    pub fn crate_name(&self) -> &'static str {
        self.info.crate_name.unwrap_or("unknown")
    }

    /// The version of that crate.
    pub fn crate_version(&self) -> &'static str {
        self.info.crate_version.unwrap_or("unknown")
    }

    /// The source file, as the compiler was given it.
    pub fn file(&self) -> &'static str {
        self.info.file
    }

    /// The line of the function's name, from 1.
    pub fn line(&self) -> u32 {
        self.info.line
    }

    /// The column of the function's name, from 1.
    pub fn column(&self) -> u32 {
        self.info.column
    }

    /// File and line: `src/news.rs:14`.
    pub fn place(&self) -> String {
        format!("{}:{}", self.info.file, self.info.line)
    }

    /// The doc comment of the function.
    pub fn docs(&self) -> &'static str {
        self.info.docs
    }

    /// The first line of the doc comment.
    pub fn summary(&self) -> &'static str {
        self.info.docs.lines().next().unwrap_or_default()
    }

    /// The return type, as written.
    pub fn returns(&self) -> &'static str {
        self.info.returns
    }

    /// The arguments, in order.
    pub fn args(&self) -> &'static [ArgInfo] {
        self.info.args
    }

    /// The model that `#[prompt(model = ..)]` names.
    pub fn model(&self) -> Option<&'static str> {
        self.info.model
    }

    /// The randomness that `#[prompt(temperature = ..)]` sets.
    pub fn temperature(&self) -> Option<f64> {
        self.info.temperature
    }

    /// The limit that `#[prompt(max_tokens = ..)]` sets.
    pub fn max_tokens(&self) -> Option<u32> {
        self.info.max_tokens
    }

    /// The text of the template, as it was written; `None` for a function with a body.
    pub fn template(&self) -> Option<&'static str> {
        self.info.template
    }

    /// The type whose method the prompt is, as written; `None` for a function.
    pub fn state(&self) -> Option<&'static str> {
        self.info.state.map(|state| state.name)
    }

    /// The type whose method the prompt is.
    pub(crate) fn state_id(&self) -> Option<TypeId> {
        self.info.state.map(|state| (state.id)())
    }

    /// What the provider must support.
    pub fn requires(&self) -> &'static [Capability] {
        self.info.requires
    }

    /// The form of a vendor that the schema of the answer must have, by `#[prompt(strict = ..)]`.
    pub fn strict(&self) -> Option<WireForm> {
        self.info.strict
    }

    /// The tools that the prompt offers to the model by `#[prompt(tools(..))]`.
    pub fn tools(&self) -> impl ExactSizeIterator<Item = &'static ToolEntry> + '_ {
        self.info.tools.iter().map(|offered| offered.tool)
    }

    pub(crate) fn offered(&self) -> &'static [Offered] {
        self.info.tools
    }

    pub(crate) fn tool(&self) -> Option<CallTool> {
        self.info.tool
    }

    /// The form of the answer.
    pub fn output(&self) -> Output {
        (self.info.output)()
    }

    /// The JSON schema of the answer; `None` for free text.
    pub fn output_schema(&self) -> Option<Arc<Schema>> {
        match self.output() {
            Output::Schema(schema) => Some(schema),
            _ => None,
        }
    }

    /// Whether the prompt can be called by name, that is, without `json = false`.
    pub fn takes_json(&self) -> bool {
        self.info.render.is_some()
    }

    /// The JSON schema of the arguments: an object that knows all of them. `None` with `json = false`.
    ///
    /// An argument whose type has no schema may be any value there; it is checked when it is read.
    pub fn input_schema(&self) -> Option<&Arc<Schema>> {
        (self.takes_json() || self.info.tool.is_some()).then(|| self.input.get_or_make(|| of_arguments(self)))
    }

    /// The function as one line: `summarize(text: &str, max_points: u8 = 3) -> Prompt<Summary>`.
    pub fn signature(&self) -> String {
        // A function with tools that are methods has a state, too.
        let is_method = self.info.state.is_some() && self.info.function.contains("::");
        let receiver = is_method.then(|| "&self".to_owned());
        let args = self.args().iter().map(|arg| match arg.default {
            Some(default) => format!("{}: {} = {default}", arg.name, arg.ty),
            None => format!("{}: {}", arg.name, arg.ty),
        });
        let args: Vec<String> = receiver.into_iter().chain(args).collect();
        format!("{}({}) -> {}", self.info.function, args.join(", "), self.info.returns)
    }

    /// Everything that a tool needs to know: mode, docs, arguments with types and defaults, the JSON schemas of input and
    /// output, options and place.
    pub fn describe(&self) -> Value {
        let args: Vec<Value> = self
            .args()
            .iter()
            .map(|arg| {
                json!({
                    "name": arg.name,
                    "type": arg.ty,
                    "docs": arg.docs,
                    "required": arg.default.is_none(),
                    "default": arg.default,
                })
            })
            .collect();
        let mut options = Map::new();
        if let Some(model) = self.model() {
            options.insert("model".to_owned(), model.into());
        }
        if let Some(temperature) = self.temperature() {
            options.insert("temperature".to_owned(), temperature.into());
        }
        if let Some(max_tokens) = self.max_tokens() {
            options.insert("max_tokens".to_owned(), max_tokens.into());
        }
        let tools: Vec<Value> = self
            .tools()
            .map(|tool| json!({ "name": tool.name(), "function": tool.path(), "docs": tool.docs() }))
            .collect();
        json!({
            "mode": self.mode(),
            "docs": self.docs(),
            "function": self.path(),
            "marker": self.marker_path(),
            "state": self.state(),
            "returns": self.returns(),
            "output": if self.output_schema().is_some() { "json" } else { "text" },
            "arguments": args,
            "template": self.template(),
            "options": options,
            "tools": tools,
            "requires": self.requires().iter().map(|capability| capability.name()).collect::<Vec<_>>(),
            "strict": self.strict().map(WireForm::key),
            "input_schema": self.input_schema().map(|schema| schema.as_value()),
            "output_schema": self.output_schema().map(|schema| schema.as_value().clone()),
            "crate": self.crate_name(),
            "version": self.crate_version(),
            "file": self.file(),
            "line": self.line(),
            "column": self.column(),
        })
    }

    /// Calls the prompt function with JSON arguments.
    pub(crate) async fn render(&'static self, state: Option<&AnyState>, mut arguments: Value) -> Result<Rendered> {
        let Some(render) = self.info.render else {
            return Err(Error::new(ErrorKind::Unsupported, "this prompt cannot be called by name")
                .with_help(format!("it has `json = false`; call it as `call::<{}>(..)`", self.marker())));
        };
        let state = match (state, &self.info.state) {
            (Some(state), _) => state,
            (None, None) => &(),
            (None, Some(state)) => {
                return Err(Error::new(ErrorKind::Unsupported, format!("no `{}` is mounted", state.name)).with_help(
                    format!(
                        "this prompt is a method of `{}`; call it on what `dispatcher.mount(..)` returns",
                        state.name
                    ),
                ));
            }
        };
        if let Some(schema) = self.input_schema() {
            schema.check_usable()?;
        }
        drop_absent(self, &mut arguments);
        let mut reader = Arguments::new(self, &arguments);
        let Some(rendered) = render(state, &mut reader) else { return Err(reader.into_error()) };
        rendered.await
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("mode", &self.mode())
            .field("path", &self.path())
            .field("place", &self.place())
            .finish()
    }
}
