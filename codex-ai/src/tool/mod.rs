//! Functions of the program that a model may call: what `#[tool]` makes of them.

mod handler;
mod output;
mod policy;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use serde_json::Value;

use crate::error::Problem;
use crate::json::Leniency;
use crate::message::ToolCall;
use crate::mount::{AnyState, Erased, Provides, Stateless};
use crate::registry::{ArgInfo, Arguments, Entry, EntryInfo, Slot, drop_absent};
use crate::reply::Reply;
use crate::request::Function;
use crate::schema::Schema;
use crate::structured;

pub(crate) use handler::Handler;
pub use policy::ToolUse;

// For generated code only, through `__private`.
#[doc(hidden)]
pub use output::{Returned, ReturnedAny, Told, ToolError, told};

/// A tool that the compiler knows: the type beside a function with `#[tool]`, which has the function's name.
///
/// A prompt offers tools by `#[prompt(tools(look_up, shop::refund))]`; a request that is made by hand, by
/// [`Function::of`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a tool",
    label = "expected the path of a function with `#[tool]`",
    note = "write `#[tool]` above the function, or give the path of one that has it"
)]
pub trait ToolDef: 'static {
    /// What the binary knows of this tool.
    const TOOL: &'static ToolEntry;

    /// What the tool is a method of; [`Stateless`] for a function.
    type State: Erased + ?Sized;
}

/// A type with a tool of this name among its methods. Generated code finds the tool by a number made of the name.
#[doc(hidden)]
pub trait ToolNamed<const NAME: u64>: 'static {
    const TOOL: &'static ToolEntry;
    type State: Erased + ?Sized;
}

/// The method of this name of `T`: the inherent `tool` is there for one that is a tool and goes before that of
/// [`MethodAny`], which is there for all. The method itself is handed over, so that nothing is told of a tool where there
/// is no such method.
#[doc(hidden)]
#[derive(Debug)]
pub struct Method<T, const NAME: u64>(PhantomData<fn() -> T>);

impl<T: ToolNamed<NAME>, const NAME: u64> ToolDef for Method<T, NAME> {
    const TOOL: &'static ToolEntry = T::TOOL;
    type State = T::State;
}

impl<T: ToolNamed<NAME>, const NAME: u64> Method<T, NAME> {
    pub const fn tool<F>(_: &F) -> Self {
        Self(PhantomData)
    }
}

// The bound depends on the method, so that nothing is told of one that is unknown.
#[doc(hidden)]
pub trait MethodAny {
    fn tool<F: IsTool>(_: &F) -> PlainMethod {
        PlainMethod
    }
}

impl<T, const NAME: u64> MethodAny for Method<T, NAME> {}

/// A method that is a tool. Nothing implements it: what is one is not asked.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "this method is not a tool",
    label = "expected a method with `#[tool]`",
    note = "write `#[tool]` above the method, and `#[prompts]` above its `impl` block"
)]
pub trait IsTool {}

/// What stands for a method that is no tool, in a program that does not compile.
#[doc(hidden)]
#[derive(Debug)]
pub struct PlainMethod;

static NO_TOOL: ToolEntry = ToolEntry::new(EntryInfo::DEFAULT);

impl ToolDef for PlainMethod {
    const TOOL: &'static ToolEntry = &NO_TOOL;
    type State = Stateless;
}

/// What a prompt is called on has what a tool is called on.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not provide `{T}`, whose method the tool is",
    label = "needs a `{T}`",
    note = "write `impl codex_ai::Provides<{T}> for {Self}`, or offer the tools of one type"
)]
pub trait ProvidesFor<T: ?Sized> {
    fn provide_for(&self) -> &AnyState;
}

#[diagnostic::do_not_recommend]
impl<S: Provides<T>, T: Erased + ?Sized> ProvidesFor<T> for S {
    fn provide_for(&self) -> &AnyState {
        Provides::<T>::provide(self).erase()
    }
}

// What a function is called on has functions alone.
#[diagnostic::do_not_recommend]
impl ProvidesFor<Self> for Stateless {
    fn provide_for(&self) -> &AnyState {
        self.erase()
    }
}

/// A tool that a prompt offers, and the way from what the prompt is called on to what the tool is called on.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Offered {
    pub(crate) tool: &'static ToolEntry,
    state: fn(&AnyState) -> Option<&AnyState>,
}

impl Offered {
    /// For generated code: a tool of a prompt that is called on an `S`.
    pub const fn of<S, T: ToolDef>() -> Self
    where
        S: ProvidesFor<T::State> + Erased + ?Sized,
    {
        fn state<S: ProvidesFor<T> + Erased + ?Sized, T: ?Sized>(state: &AnyState) -> Option<&AnyState> {
            Some(S::restore(state)?.provide_for())
        }
        Self { tool: T::TOOL, state: state::<S, T::State> }
    }

    /// The same for a tool that is a method.
    pub const fn method<S, T: ToolDef>(_: &T) -> Self
    where
        S: ProvidesFor<T::State> + Erased + ?Sized,
    {
        Self::of::<S, T>()
    }

    /// A tool that needs no state.
    pub(crate) const fn alone<T: ToolDef<State = Stateless>>() -> Self {
        Self::of::<Stateless, T>()
    }

    /// The tool as a request offers it.
    pub(crate) fn function(&self) -> Function {
        let tool = self.tool;
        let mut function = Function::new(tool.name());
        function.description = (!tool.docs().is_empty()).then(|| tool.docs().into());
        function.parameters = tool.parameters();
        function.handler = Some(Handler::Tool(*self));
        function
    }

    /// Calls the function with what the model wrote.
    ///
    /// # Errors
    /// What the model is to be told: what is wrong with the arguments, or the tool's own error.
    pub(crate) async fn call(&self, state: &AnyState, call: &ToolCall) -> Result<String, String> {
        let unmounted = || format!("the tool `{}` cannot be called here", call.name);
        let state = (self.state)(state).ok_or_else(unmounted)?;
        self.tool.call(state, &call.arguments).await
    }
}

impl PartialEq for Offered {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.tool, other.tool)
    }
}

/// What the binary knows of one tool.
pub struct ToolEntry {
    entry: Entry,
    parameters: Slot<Value>,
}

impl ToolEntry {
    /// For generated code.
    #[doc(hidden)]
    pub const fn new(info: EntryInfo) -> Self {
        Self { entry: Entry::new(info), parameters: Slot::empty() }
    }

    /// The name by which the model calls it.
    pub fn name(&self) -> &'static str {
        self.entry.mode()
    }

    /// The function with its module: `shop::orders::refund`.
    pub fn path(&self) -> String {
        self.entry.path()
    }

    /// File and line: `src/shop.rs:14`.
    pub fn place(&self) -> String {
        self.entry.place()
    }

    /// The doc comment of the function, which is what the model is told of it.
    pub fn docs(&self) -> &'static str {
        self.entry.docs()
    }

    /// The arguments, in order.
    pub fn args(&self) -> &'static [ArgInfo] {
        self.entry.args()
    }

    /// The type whose method the tool is, as written; `None` for a function.
    pub fn state(&self) -> Option<&'static str> {
        self.entry.state()
    }

    /// The function as one line: `refund(order: &str, cents: u32 = 0) -> Receipt`.
    pub fn signature(&self) -> String {
        self.entry.signature()
    }

    /// The JSON schema of the arguments: an object that knows all of them.
    pub fn input_schema(&self) -> Option<&Arc<Schema>> {
        self.entry.input_schema()
    }

    /// The same as a request has it; none for a tool without arguments, as some vendors take no empty object.
    fn parameters(&self) -> Option<Arc<Value>> {
        let schema = self.input_schema().filter(|_| !self.args().is_empty())?;
        Some(Arc::clone(self.parameters.get_or_make(|| Arc::new(schema.as_value().clone()))))
    }

    async fn call(&'static self, state: &AnyState, arguments: &str) -> Result<String, String> {
        let (Some(schema), Some(call)) = (self.input_schema(), self.entry.tool()) else {
            return Err(format!("the tool `{}` has no function", self.name()));
        };
        let value = self.read(schema, arguments)?;
        let mut reader = Arguments::new(&self.entry, &value);
        match call(state, &mut reader) {
            Some(called) => called.await,
            None => Err(self.unfit(reader.into_error().problems().iter())),
        }
    }

    /// The arguments as a value that follows the schema. What a model nearly got right is put right, as in an answer.
    fn read(&self, schema: &Schema, arguments: &str) -> Result<Value, String> {
        // A tool without arguments is called with no text at all by some.
        let text = if arguments.trim().is_empty() { "{}" } else { arguments };
        // Strictly held to a schema, a model writes `null` for an argument that it leaves out.
        if let Ok(mut value) = serde_json::from_str::<Value>(text) {
            drop_absent(&self.entry, &mut value);
            if schema.validate(&value).is_ok() {
                return Ok(value);
            }
        }
        let reply = Reply::from_text("", text);
        let read = structured::read_schema_value(&reply, schema, Leniency::Lenient);
        let mut value = read.map_err(|error| self.unfit(error.problems().iter()))?.value;
        drop_absent(&self.entry, &mut value);
        Ok(value)
    }

    /// What a model is told of arguments that do not fit.
    fn unfit<'p>(&self, problems: impl Iterator<Item = &'p Problem>) -> String {
        let mut text = format!("the arguments do not fit the tool `{}`", self.name());
        for problem in problems.take(TOLD_PROBLEMS) {
            text.push_str(&format!("\n  {problem}"));
        }
        text
    }
}

/// At most this many problems are told; more of them are one mistake mostly.
const TOLD_PROBLEMS: usize = 10;

impl fmt::Debug for ToolEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToolEntry")
            .field("name", &self.name())
            .field("path", &self.path())
            .field("place", &self.place())
            .finish()
    }
}

impl Function {
    /// A function with `#[tool]`, by its path: the dispatcher calls it where the model does, in every call that asks for
    /// a value. A prompt that is a function itself names it in `#[prompt(tools(..))]`.
    ///
    /// ```standalone_crate
    /// use codex_ai::{Function, Prompt, tool};
    ///
    /// /// The weather in a city now.
    /// #[tool]
    /// async fn weather(
    ///     /// Without the country.
    ///     city: &str,
    /// ) -> String {
    ///     format!("12 degrees in {city}")
    /// }
    ///
    /// let prompt: Prompt = Prompt::new().user("How warm is it in Oslo?").tool(Function::of::<weather>());
    /// assert_eq!(Function::of::<weather>().description.as_deref(), Some("The weather in a city now."));
    /// ```
    #[must_use]
    pub fn of<T: ToolDef<State = Stateless>>() -> Self {
        Offered::alone::<T>().function()
    }
}
