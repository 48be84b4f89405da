//! What a prompt function makes, and what the macro makes of a prompt function.

pub mod builder;
#[cfg(feature = "templates")]
pub mod template;
mod untrusted;

use std::borrow::Cow;
use std::marker::PhantomData;

use serde_json::Value;

use crate::error::{BoxError, Error, Result};
use crate::json::{Leniency, Parsed};
use crate::message::{CachePoint, Image, Message, Part, Role};
use crate::mount::Erase;
use crate::provider::BoxFuture;
use crate::registry::Entry;
use crate::reply::Reply;
use crate::request::{Options, Output, Request, Tool, ToolChoice};
use crate::schema::{FreeText, Json, LlmSchema};
use crate::structured;

pub use untrusted::{Unfenced, Untrusted, WrittenAsItIs};

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
        let text = text.into();
        match &mut self.request.system {
            Some(system) => {
                system.push_str("\n\n");
                system.push_str(&text);
            }
            system @ None => *system = Some(text),
        }
        self
    }

    /// Adds a user message.
    #[must_use]
    pub fn user(self, text: impl Into<String>) -> Self {
        self.message(Message::user(text))
    }

    /// Adds an assistant message, such as the answer of an example.
    #[must_use]
    pub fn assistant(self, text: impl Into<String>) -> Self {
        self.message(Message::assistant(text))
    }

    /// Adds a picture to the last message if that is the user's, else as a message of its own.
    #[must_use]
    pub fn image(mut self, image: Image) -> Self {
        match self.request.messages.last_mut() {
            Some(last) if last.role == Role::User => last.parts.push(Part::Image(image)),
            _ => self.request.messages.push(Message::new(Role::User, vec![Part::Image(image)])),
        }
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
        let point = Part::CachePoint(point);
        match self.request.messages.last_mut() {
            Some(last) => last.parts.push(point),
            None => {
                let system = self.request.system.take().map(Part::Text);
                self.request.messages.push(Message::new(Role::System, system.into_iter().chain([point]).collect()));
            }
        }
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
        self.request.output = T::output();
        self.request
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

/// A prompt that the compiler knows: the marker type that `#[prompt]` makes of a function.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a prompt",
    label = "expected the marker type of a `#[prompt]` function",
    note = "the marker of `fn summarize` is `Summarize`"
)]
pub trait PromptDef: Sized + 'static {
    /// What the binary knows of this prompt.
    const ENTRY: &'static Entry;

    /// The arguments of the function, as a struct.
    type Args<'a>: Send;

    /// What the function returns.
    type Returned: IntoPrompt<Output: PromptOutput> + 'static;

    /// What must be mounted on a dispatcher to call it: the type of the `impl` block for a method,
    /// [`Stateless`](crate::mount::Stateless) for a function.
    type State: ?Sized + 'static;

    /// Forgets the type of the state, for the tools that the prompt offers.
    #[doc(hidden)]
    const ERASE: Option<Erase<Self::State>> = None;

    /// Forgets the type of what the function returned. A constant, so that a prompt has no function of its own for it, and
    /// without a bound, so that a wrong return type is an error at the return type only.
    #[doc(hidden)]
    const FORGET: Forget<Self::Returned> = erased::<Self::Returned>;

    /// What the provider must support, as types: `Images`, `(Images, Tools)`, or `()` for nothing.
    type Requires;

    /// Calls the function.
    fn run<'a>(state: &'a Self::State, args: Self::Args<'a>) -> impl Future<Output = Self::Returned> + Send + 'a;

    /// Calls the function and makes a prompt of what it returns.
    ///
    /// # Errors
    /// The function's own.
    fn render<'a>(
        state: &'a Self::State,
        args: Self::Args<'a>,
    ) -> impl Future<Output = Result<Prompt<OutputOf<Self>>>> + Send + 'a {
        let run = Self::run(state, args);
        async move { run.await.into_prompt() }
    }
}

/// What the model must give back for a prompt: `Summary` for a function that returns `Prompt<Summary>`.
pub type OutputOf<Q> = <<Q as PromptDef>::Returned as IntoPrompt>::Output;

/// What a prompt may ask for: free text as `String`, or JSON of a type with a schema.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the output of a prompt",
    label = "neither `String` nor a type with `LlmSchema`",
    note = "add `#[derive(serde::Deserialize, codex_ai::LlmSchema)]` to `{Self}`, or to the type inside it"
)]
pub trait PromptOutput: Sized + Send + 'static {
    /// Whether it is free text, which no schema holds.
    #[doc(hidden)]
    const IS_TEXT: bool;

    /// As that of [`LlmSchema`].
    #[doc(hidden)]
    const OPTIONS: &'static [&'static str];

    /// The form of the answer to ask for.
    fn output() -> Output;

    /// Reads the value from an answer.
    ///
    /// # Errors
    /// Each way in which an answer is no value has its own kind: refused, filtered, truncated, empty, invalid.
    fn read(reply: &Reply, leniency: Leniency) -> Result<Parsed<Self>>;

    /// Reads and checks the value as [`read`](Self::read) does, but gives it as JSON.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    fn read_value(reply: &Reply, leniency: Leniency) -> Result<Parsed<Value>>;
}

impl Reply {
    /// Reads the value of `T` from the answer: free text as `String`, or JSON of a type with a schema. The dispatcher does
    /// this by itself; it is for a reply that was asked for as it is, by
    /// [`generate_reply`](crate::Dispatcher::generate_reply) or of a [`Provider`](crate::Provider).
    ///
    /// # Errors
    /// As [`PromptOutput::read`].
    pub fn read<T: PromptOutput>(&self) -> Result<T> {
        Ok(T::read(self, Leniency::Lenient)?.value)
    }
}

#[diagnostic::do_not_recommend]
impl<T> PromptOutput for T
where
    T: LlmSchema<Form: ReadAs<T>> + Send + 'static,
{
    const IS_TEXT: bool = <T::Form as ReadAs<T>>::IS_TEXT;
    const OPTIONS: &'static [&'static str] = <T as LlmSchema>::OPTIONS;

    fn output() -> Output {
        <T::Form as ReadAs<T>>::output()
    }

    fn read(reply: &Reply, leniency: Leniency) -> Result<Parsed<Self>> {
        <T::Form as ReadAs<T>>::read(reply, leniency)
    }

    fn read_value(reply: &Reply, leniency: Leniency) -> Result<Parsed<Value>> {
        <T::Form as ReadAs<T>>::read_value(reply, leniency)
    }
}

/// A type that [`generate_json`](crate::Dispatcher::generate_json) can give: all with a schema, but `String`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be generated as JSON",
    label = "it has no schema, or it is free text",
    note = "add `#[derive(serde::Deserialize, codex_ai::LlmSchema)]`; for free text use `generate_text`"
)]
pub trait JsonOutput: PromptOutput {}

#[diagnostic::do_not_recommend]
impl<T> JsonOutput for T where T: LlmSchema<Form: IsJson> + PromptOutput {}

#[doc(hidden)]
pub trait IsJson {}

impl IsJson for Json {}

/// How a form of answer is asked for and read.
#[doc(hidden)]
pub trait ReadAs<T> {
    const IS_TEXT: bool = false;

    fn output() -> Output;
    fn read(reply: &Reply, leniency: Leniency) -> Result<Parsed<T>>;
    fn read_value(reply: &Reply, leniency: Leniency) -> Result<Parsed<Value>>;
}

impl ReadAs<String> for FreeText {
    const IS_TEXT: bool = true;

    fn output() -> Output {
        Output::Text
    }

    fn read(reply: &Reply, _: Leniency) -> Result<Parsed<String>> {
        structured::read_text(reply).map(Parsed::exact)
    }

    fn read_value(reply: &Reply, _: Leniency) -> Result<Parsed<Value>> {
        structured::read_text(reply).map(|text| Parsed::exact(Value::String(text)))
    }
}

impl<T: LlmSchema + 'static> ReadAs<T> for Json {
    fn output() -> Output {
        Output::Schema(T::llm_schema().clone())
    }

    fn read(reply: &Reply, leniency: Leniency) -> Result<Parsed<T>> {
        structured::read_json(reply, T::llm_schema(), leniency)
    }

    fn read_value(reply: &Reply, leniency: Leniency) -> Result<Parsed<Value>> {
        structured::read_json_value::<T>(reply, T::llm_schema(), leniency)
    }
}

/// What a prompt function may return: a [`Prompt`], text, or a `Result` of one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not something a prompt function can return",
    label = "return `Prompt<T>`, `String`, or a `Result` of one",
    note = "`Prompt<T>` asks the model for a `T`"
)]
pub trait IntoPrompt {
    /// What the model must give back.
    type Output;

    /// Makes the prompt.
    ///
    /// # Errors
    /// The error of a `Result`, with kind [`Prompt`](crate::ErrorKind::Prompt) unless it was an [`Error`] already.
    fn into_prompt(self) -> Result<Prompt<Self::Output>>;
}

impl<T> IntoPrompt for Prompt<T> {
    type Output = T;

    fn into_prompt(self) -> Result<Prompt<T>> {
        Ok(self)
    }
}

impl IntoPrompt for String {
    type Output = Self;

    fn into_prompt(self) -> Result<Prompt> {
        Ok(Prompt::new().user(self))
    }
}

impl IntoPrompt for &'static str {
    type Output = String;

    fn into_prompt(self) -> Result<Prompt> {
        Ok(Prompt::new().user(self))
    }
}

impl<P: IntoPrompt, E: PromptError> IntoPrompt for Result<P, E> {
    type Output = P::Output;

    fn into_prompt(self) -> Result<Prompt<P::Output>> {
        self.map_err(|error| Error::from_prompt(error.into_boxed()))?.into_prompt()
    }
}

/// An error that a prompt function may return: all that convert into a [`BoxError`].
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the error of a prompt function",
    label = "this error does not convert into one that crosses threads",
    note = "return `codex_ai::Error`, an error type of your own, or `Box<dyn std::error::Error + Send + Sync>`"
)]
pub trait PromptError {
    fn into_boxed(self) -> BoxError;
}

#[diagnostic::do_not_recommend]
impl<E: Into<BoxError>> PromptError for E {
    fn into_boxed(self) -> BoxError {
        self.into()
    }
}

/// A prompt rendered from JSON arguments, whose output type is known only to the entry.
#[doc(hidden)]
#[derive(Debug)]
pub struct Rendered {
    pub(crate) request: Request,
    pub(crate) read: fn(&Reply, Leniency) -> Result<Parsed<Value>>,
}

impl Rendered {
    fn of<R: IntoPrompt<Output: PromptOutput>>(returned: R) -> Result<Self> {
        Ok(Self { request: returned.into_prompt()?.into_request(), read: R::Output::read_value })
    }
}

/// Makes a rendered prompt of what a prompt function returns.
#[doc(hidden)]
pub type Forget<R> = for<'v> fn(BoxFuture<'v, R>) -> BoxFuture<'v, Result<Rendered>>;

/// Forgets the type of what a prompt function returns. Prompts that return the same share the code.
fn erased<R>(returned: BoxFuture<'_, R>) -> BoxFuture<'_, Result<Rendered>>
where
    R: IntoPrompt<Output: PromptOutput> + 'static,
{
    Box::pin(async move { Rendered::of(returned.await) })
}
