//! JSON as models write it: with prose around it, in fences, with mistakes that everybody understands.

pub(crate) mod align;
pub(crate) mod parser;
mod raw;
mod read;
mod repair;
mod strict;
mod tree;

pub(crate) use align::{Unread, read, written};
pub(crate) use raw::{Entry, Mistakes, Raw, RawKind, Span};
pub use read::from_str;
pub use repair::{Leniency, Parsed, Repair, RepairKind};
pub(crate) use tree::Tree;
