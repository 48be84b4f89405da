//! `#[prompt(template = ..)]`: text with placeholders in place of a body.
//!
//! The grammar is askama's, read by its parser. The code is our own: it names the function's arguments as they are, so
//! that what is wrong with a type is one error, at the template, in words about the user's types.

#[cfg(feature = "templates")]
mod expand;
#[cfg(feature = "templates")]
mod expr;
#[cfg(feature = "templates")]
mod lower;
#[cfg(feature = "templates")]
mod model;
#[cfg(not(feature = "templates"))]
mod off;
#[cfg(feature = "templates")]
mod read;
#[cfg(all(test, feature = "templates"))]
mod tests;
#[cfg(feature = "templates")]
mod text;

use proc_macro2::{TokenStream, TokenTree};
use syn::{Ident, LitStr};

use crate::suggest::nearest;

#[cfg(not(feature = "templates"))]
pub(super) use off::{Template, body, source, template, text};
#[cfg(feature = "templates")]
pub(super) use {
    expand::{body, text},
    model::Template,
    read::{source, template},
};

/// `template = ".."` or `template_file = ".."`.
pub(super) struct Key {
    pub(super) name: Ident,
    pub(super) literal: LitStr,
    pub(super) is_file: bool,
}

/// Whether an attribute speaks of a template, however wrong it may be: then its function has no body.
pub(super) fn is_named(attr: &TokenStream) -> bool {
    let is_meant = |name: &str| nearest(name, &["template", "template_file"]).is_some();
    attr.clone().into_iter().any(|tree| matches!(tree, TokenTree::Ident(ident) if is_meant(&ident.to_string())))
}
