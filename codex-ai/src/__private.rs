//! What generated code calls. Not for programs: it changes without notice.

pub use ::inventory;
pub use ::schemars;
pub use ::schemars::_private::{MaybeSerializeWrapper, NoSerialize};
pub use ::serde;
pub use ::serde::de::DeserializeOwned;
pub use ::std::option::Option::{self, None, Some};

pub use crate::capability::{Choose, Images, Reads, ReadsAny, StrictSchema, Tools, When, requires};
#[cfg(debug_assertions)]
pub use crate::common::compiled;
pub use crate::dispatch::Caller;
pub use crate::error::Result;
pub use crate::mount::{AnyState, Erase, Erased, STATELESS, StateInfo, Stateless};
pub use crate::partial::{Cursor, Flat, Grow, OfVariant, Progress, Step, Variants, Whole};
use crate::prompt::PromptOutput;
pub use crate::prompt::builder::{Once, Set, Take, Unset, send};
#[cfg(feature = "templates")]
pub use crate::prompt::template::{FromTemplate, TemplateWriter, filters};
pub use crate::prompt::{OutputOf, Prompt, PromptDef, Rendered};
pub use crate::provider::BoxFuture;
pub use crate::registry::{ArgInfo, Arguments, Entry, EntryInfo, Probe, ProbeAny, Registered, ToolArg};
pub use crate::schema::plain::{Choice, Content, Object, Tagging, content_of, field_of, leaf_of};
pub use crate::schema::shape::{
    Described, Field, LeafOf, PartialOf, ProgressOf, Shaped, debug, debug_items, generic_name, json, no_default,
    schema_id,
};
pub use crate::schema::strict::{Fault, strict};
pub use crate::schema::{Json, LlmSchema, Schema, WireForm, bounds};
pub use crate::structured::{Checks, Given, Outcome, There, Words};
pub use crate::tool::{Method, MethodAny, Offered, Returned, ReturnedAny, ToolDef, ToolEntry, ToolNamed, told};

/// An alias and no import, which would be the name that messages have for the type.
pub type Value = ::serde_json::Value;

/// The form of a prompt's answer.
///
/// It asks for nothing but a prompt, so that an output without a schema is an error at the return type only.
pub const fn output_of<Q: PromptDef>() -> fn() -> crate::request::Output {
    <OutputOf<Q> as PromptOutput>::OUTPUT
}

/// What the quick check says of an answer's text, for the tests that hold it against [`Schema::validate`].
pub fn is_followed_by(schema: &Schema, text: &str) -> bool {
    schema.is_followed_by(text)
}

/// The type itself, for code that must point somewhere else than the type's own tokens do.
pub trait Itself {
    /// The same type.
    type Type: ?Sized;
}

impl<T: ?Sized> Itself for T {
    type Type = T;
}

/// The entry of a prompt function with a compile error.
pub static BROKEN: Entry = Entry::new(EntryInfo::DEFAULT);

/// The state of a call by name as the type that the prompt is a method of.
pub fn state<T: 'static>(state: &AnyState) -> Option<&T> {
    state.downcast_ref()
}
