//! What there is without the feature `templates`: an error that says so.

use proc_macro2::TokenStream;

use super::Key;
use crate::diag::Diag;
use crate::messages;
use crate::names::Names;
use crate::prompt::model::{Arg, PromptFn};

/// There is none.
pub(in crate::prompt) enum Template {}

/// Nor is there a text.
pub(in crate::prompt) enum Source {}

impl Source {
    pub(in crate::prompt) fn text(&self) -> &str {
        match *self {}
    }
}

pub(in crate::prompt) fn source(key: &Key, diag: &mut Diag) -> Option<Source> {
    // The caret is on the key, and not on the text.
    let _ = &key.literal;
    diag.error(&key.name, messages::templates_off(if key.is_file { "template_file" } else { "template" }));
    None
}

pub(in crate::prompt) fn template(
    (_, source): (&Key, &Source),
    _: (&[Arg<'_>], bool),
    _: (&str, &mut Names),
    _: &mut Diag,
) -> Option<Template> {
    match *source {}
}

pub(in crate::prompt) fn body(_: &PromptFn<'_>, template: &Template) -> TokenStream {
    match *template {}
}

pub(in crate::prompt) fn text(template: &Template) -> TokenStream {
    match *template {}
}
