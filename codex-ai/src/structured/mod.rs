//! From an answer's text to a value: parse, check everything, deserialise, and ask again where it is none.
//!
//! An answer that is no value says so by its kind of error: refused, filtered, truncated, empty, invalid. Each keeps the
//! model's text and the usage, since both are paid for. Only an invalid one is asked for again.

mod asking;
mod checks;
mod ended;
mod feedback;
mod integer;
mod lookup;
mod policy;
mod read;
mod refused;
mod report;
mod tool_call;

pub(crate) use asking::Asking;
pub use checks::{Checked, Checks, Given, Outcome, There, Words};
pub(crate) use feedback::without_exchange;
pub use policy::{SchemaMode, StructuredOutput};
pub(crate) use read::{
    ReplySlot, kept, read_as, read_json, read_json_text, read_json_value, read_schema_value, read_text,
};
#[cfg(feature = "app-server")]
pub(crate) use refused::path as refused_path;
pub use report::{Ask, Asks, Budget, Report};
