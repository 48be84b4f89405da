//! JSON as models write it: with prose around it, in fences, with mistakes that everybody understands.

#[allow(dead_code)]
pub(crate) mod parser;
#[allow(dead_code)]
mod raw;
mod repair;
#[allow(dead_code)]
mod strict;
mod tree;

#[allow(unused_imports)]
pub(crate) use raw::{Raw, RawKind};
pub use repair::{Leniency, Parsed, Repair, RepairKind};
pub(crate) use tree::Tree;
