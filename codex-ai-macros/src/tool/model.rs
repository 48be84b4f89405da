//! A tool as the expansion sees it.

use proc_macro2::Ident;
use syn::{Attribute, Type};

use crate::paths::Paths;
use crate::prompt::{Arg, Function, Owner};

/// A function whose rules are checked.
pub(super) struct ToolFn<'a> {
    pub(super) function: &'a Function,
    pub(super) paths: Paths,
    /// What the model calls it.
    pub(super) name: String,
    /// The type that stands for it, with the span of the function's name.
    pub(super) marker: Ident,
    pub(super) args: Vec<Arg<'a>>,
    /// The return type, as written; `None` for nothing.
    pub(super) returns: Option<&'a Type>,
    /// The type whose `impl` block it stands in.
    pub(super) owner: Option<&'a Owner>,
    /// `cfg`, lint levels and `deprecated`, copied to everything that is generated.
    pub(super) forwarded: Vec<&'a Attribute>,
    /// Whether there is a mistake, so that the function must not be called.
    pub(super) broken: bool,
    pub(super) names: Names,
}

/// The names of what is generated, which are none of the user's.
pub(super) struct Names {
    pub(super) entry: Ident,
    pub(super) call: Ident,
    /// The import of the library's hidden module.
    pub(super) library: Ident,
}

impl ToolFn<'_> {
    /// Whether it is called on a value.
    pub(super) fn takes_self(&self) -> bool {
        self.owner.is_some() && self.function.sig.receiver().is_some()
    }
}
