//! What a prompt function makes, and what the macro makes of a prompt function.

pub mod builder;
mod definition;
mod into_prompt;
mod output;
#[cfg(feature = "templates")]
pub mod template;
mod untrusted;

use std::borrow::Cow;
use std::marker::PhantomData;

use crate::message::{CachePoint, Image, Message, Part, Role};
use crate::request::{Options, Request, Tool, ToolChoice};

pub use definition::{OutputOf, PromptDef};
pub use into_prompt::IntoPrompt;
pub use output::{JsonOutput, PromptOutput};
pub use untrusted::{Unfenced, Untrusted, WrittenAsItIs};

// For generated code, and in the compiler's messages.
#[doc(hidden)]
pub use definition::{Forget, Rendered};
#[doc(hidden)]
pub use into_prompt::PromptError;
#[doc(hidden)]
pub use output::{IsJson, ReadAs};

/// What a prompt function returns: messages, instructions and options; `T` is what the model must give back.
///
/// `Prompt` (that is `Prompt<String>`) asks for free text, `Prompt<T>` for JSON of `T`.
///
/// ```
/// use codex_ai::Prompt;
///
/// let prompt: Prompt = Prompt::new().system("You are brief.").user("Why is the sky blue?").temperature(0.0);
/// assert_eq!(prompt.messages().len(), 1);
/// ```
///
/// Pictures, examples and tools go in as well, in the order in which they are added:
///
/// ```
/// use codex_ai::{Function, Image, Prompt, ToolChoice};
///
/// let prompt: Prompt = Prompt::new()
///     .user("What is 2 + 2?")
///     .assistant("4")
///     .user("And what is this?")
///     .image(Image::url("https://example.com/fox.png"))
///     .tool(Function::new("today").with_description("Today's date."))
///     .tool_choice(ToolChoice::Auto);
/// assert_eq!(prompt.messages().len(), 3);
/// ```
pub struct Prompt<T = String> {
    request: Request,
    output: PhantomData<fn() -> T>,
}

impl<T> Prompt<T> {
    /// A prompt without messages.
    pub fn new() -> Self {
        Self { request: Request::default(), output: PhantomData }
    }

    /// Adds instructions; several are set apart by an empty line.
    #[must_use]
    pub fn system(mut self, text: impl Into<String>) -> Self {
        self.request.add_system(text.into());
        self
    }

    /// Adds a user message.
    #[must_use]
    pub fn user(mut self, text: impl Into<String>) -> Self {
        self.request.add_text(Role::User, text.into());
        self
    }

    /// Adds an assistant message, such as the answer of an example.
    #[must_use]
    pub fn assistant(mut self, text: impl Into<String>) -> Self {
        self.request.add_text(Role::Assistant, text.into());
        self
    }

    /// Adds a picture to the last message if that is the user's, else as a message of its own.
    #[must_use]
    pub fn image(mut self, image: Image) -> Self {
        self.request.add_image(image);
        self
    }

    /// Adds a message.
    #[must_use]
    pub fn message(mut self, message: Message) -> Self {
        self.request.messages.push(message);
        self
    }

    /// Adds several messages, such as what was said before.
    #[must_use]
    pub fn history(mut self, messages: impl IntoIterator<Item = Message>) -> Self {
        self.request.messages.extend(messages);
        self
    }

    /// Says that everything up to here is the same in many requests. It belongs to the last message; before the first
    /// one, to the instructions, which become a message of their own then.
    ///
    /// ```
    /// use codex_ai::{CachePoint, Prompt};
    ///
    /// let manual = "A long text that every question needs.";
    /// let prompt: Prompt = Prompt::new().system(manual).cache_point(CachePoint::new()).user("What is on page 3?");
    /// assert_eq!(prompt.messages().len(), 2);
    /// ```
    #[must_use]
    pub fn cache_point(mut self, point: CachePoint) -> Self {
        self.request.add_cache_point(point);
        self
    }

    /// Chooses the model, with or without its provider: `gpt-5.6-luna`, `openai/gpt-5.6-luna`.
    #[must_use]
    pub fn model(mut self, model: impl Into<Cow<'static, str>>) -> Self {
        self.request.options.model = Some(model.into());
        self
    }

    /// Sets the randomness. `0.0` is sent like any other value.
    #[must_use]
    pub fn temperature(mut self, temperature: f64) -> Self {
        self.request.options.temperature = Some(temperature);
        self
    }

    /// Sets the most tokens the answer may take.
    #[must_use]
    pub fn max_tokens(mut self, max_tokens: u32) -> Self {
        self.request.options.max_tokens = Some(max_tokens);
        self
    }

    /// Sets nucleus sampling, from 0 to 1.
    #[must_use]
    pub fn top_p(mut self, top_p: f64) -> Self {
        self.request.options.top_p = Some(top_p);
        self
    }

    /// Sets how much the model thinks first, in the vendor's words: `none`, `low`, `high`.
    #[must_use]
    pub fn reasoning_effort(mut self, effort: impl Into<Cow<'static, str>>) -> Self {
        self.request.options.reasoning_effort = Some(effort.into());
        self
    }

    /// Adds a tool that the model may call: a [`Function`](crate::Function) of the program, or one of the vendor's own.
    ///
    /// A model that calls a tool says nothing mostly, and [`call`](crate::Dispatcher::call) needs a value: ask by
    /// [`generate_reply`](crate::Dispatcher::generate_reply), which shows how.
    #[must_use]
    pub fn tool(mut self, tool: impl Into<Tool>) -> Self {
        self.request.tools.push(tool.into());
        self
    }

    /// Sets whether, and which, tool is called.
    #[must_use]
    pub fn tool_choice(mut self, choice: ToolChoice) -> Self {
        self.request.tool_choice = Some(choice);
        self
    }

    /// Sets several options at once; what is set here already stays only where `options` has nothing.
    #[must_use]
    pub fn options(mut self, mut options: Options) -> Self {
        options.fill_from(&self.request.options);
        self.request.options = options;
        self
    }

    /// The instructions.
    pub fn system_text(&self) -> Option<&str> {
        self.request.system.as_deref()
    }

    /// The messages.
    pub fn messages(&self) -> &[Message] {
        &self.request.messages
    }

    /// The request that this prompt makes, with the options of the prompt alone.
    pub fn into_request(mut self) -> Request
    where
        T: PromptOutput,
    {
        self.request.output = T::OUTPUT();
        self.request
    }
}

/// What a prompt does whatever its output is, compiled once and not for each type.
impl Request {
    fn add_system(&mut self, text: String) {
        match &mut self.system {
            Some(system) => {
                system.push_str("\n\n");
                system.push_str(&text);
            }
            system @ None => *system = Some(text),
        }
    }

    fn add_text(&mut self, role: Role, text: String) {
        self.messages.push(Message::new(role, vec![Part::Text(text)]));
    }

    fn add_image(&mut self, image: Image) {
        match self.messages.last_mut() {
            Some(last) if last.role == Role::User => last.parts.push(Part::Image(image)),
            _ => self.messages.push(Message::new(Role::User, vec![Part::Image(image)])),
        }
    }

    fn add_cache_point(&mut self, point: CachePoint) {
        let point = Part::CachePoint(point);
        match self.messages.last_mut() {
            Some(last) => last.parts.push(point),
            None => {
                let system = self.system.take().map(Part::Text);
                self.messages.push(Message::new(Role::System, system.into_iter().chain([point]).collect()));
            }
        }
    }
}

impl<T> Default for Prompt<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Clone for Prompt<T> {
    fn clone(&self) -> Self {
        Self { request: self.request.clone(), output: PhantomData }
    }
}

impl<T> std::fmt::Debug for Prompt<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Prompt")
            .field("system", &self.request.system)
            .field("messages", &self.request.messages)
            .field("options", &self.request.options)
            .field("tools", &self.request.tools)
            .field("tool_choice", &self.request.tool_choice)
            .finish()
    }
}
