//! JSON as models write it: with prose around it, in fences, with mistakes that everybody understands.

pub(crate) mod align;
#[allow(dead_code)]
pub(crate) mod parser;
#[allow(dead_code)]
mod raw;
mod read;
mod repair;
#[allow(dead_code)]
mod strict;
mod tree;

pub(crate) use align::read;
#[allow(unused_imports)]
pub(crate) use raw::{Entry, Mistakes, Raw, RawKind, Span};
pub use read::from_str;
pub use repair::{Leniency, Parsed, Repair, RepairKind};
pub(crate) use tree::Tree;
