//! What a prompt needs of a provider.

use super::help;
use crate::prompt::{Capability, Vendor};
use crate::suggest::nearest;

pub(crate) fn requires_nothing() -> String {
    help("`requires` names nothing", "name what the prompt needs, as in `requires(images)`, or remove it")
}

pub(crate) fn requires_names() -> String {
    help("`requires` takes names with commas between them", "write `requires(images, tools)`")
}

pub(crate) fn unknown_capability(name: &str) -> String {
    let known: Vec<&str> = Capability::ALL.iter().map(|capability| capability.name()).collect();
    let message = format!("`{name}` is nothing that a prompt can require");
    match nearest(name, &known) {
        Some(meant) => help(message, format!("did you mean `{meant}`?")),
        None => help(message, format!("use one of `{}`", known.join("`, `"))),
    }
}

pub(crate) fn capability_twice(name: &str) -> String {
    help(format!("`{name}` is required twice"), "remove one of them")
}

pub(crate) fn unknown_strict(name: &str) -> String {
    let known: Vec<&str> = Vendor::ALL.iter().map(|vendor| vendor.name()).collect();
    let message = format!("no strict form is known for `{name}`");
    match nearest(name, &known) {
        Some(meant) => help(message, format!("did you mean `strict = \"{meant}\"`?")),
        None => help(message, format!("use one of `{}`", known.join("`, `"))),
    }
}
