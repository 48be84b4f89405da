//! Messages about templates.

use super::{help, list};
use crate::suggest::nearest;

fn meant_or_known(message: String, given: &str, known: &[&str], what: &str) -> String {
    match nearest(given, known) {
        Some(meant) => help(message, format!("did you mean `{meant}`?")),
        None if known.is_empty() => message,
        None => help(message, format!("{what} {}", list(known))),
    }
}

#[cfg(not(feature = "templates"))]
pub(crate) fn templates_off(key: &str) -> String {
    help(
        format!("`{key}` needs the feature `templates` of `codex-ai`"),
        "write `codex-ai = { version = \"..\", features = [\"templates\"] }` in `Cargo.toml`",
    )
}

pub(crate) fn template_and_file() -> String {
    help("`template` and `template_file` are both given", "remove one")
}

pub(crate) fn template_and_body(name: &str) -> String {
    help(
        "a prompt function has a template or a body, not both",
        format!("write `;` in place of the body: `async fn {name}(..) -> Prompt<T>;`"),
    )
}

pub(crate) fn template_on_method() -> String {
    help("a method cannot have a template", "call a function that has one, or write the body")
}

pub(crate) fn cache_without_template() -> String {
    help("`cache` needs a template", "in a function with a body, write `.cache_point(CachePoint::new())`")
}

pub(crate) fn nothing_to_cache(place: &str) -> String {
    help(
        format!("`cache` finds no text before the first variable, at {place}"),
        "put the text that is always the same first, or remove `cache`",
    )
}

pub(crate) fn template_file_absolute(path: &str) -> String {
    help(
        format!("`{path}` is not a path from the crate's root"),
        "write it as seen from `Cargo.toml`: `template_file = \"prompts/x.md\"`",
    )
}

pub(crate) fn template_file_unread(path: &str, reason: &str, meant: Option<&str>) -> String {
    let message = format!("cannot read `{path}`: {reason}");
    match meant {
        Some(meant) => help(message, format!("did you mean `{meant}`?")),
        None => help(message, "the path begins at the crate's root, where `Cargo.toml` is"),
    }
}

pub(crate) fn template_empty() -> String {
    help("the template is empty", "write what the model is told: `template = \"Summarise this:\\n\\n{{ text }}\"`")
}

pub(crate) fn section_empty(name: &str, place: &str) -> String {
    help(format!("section `{name}` is empty, at {place}"), format!("write its text below `--- {name}`, or remove it"))
}

pub(crate) fn section_unknown(name: &str, place: &str, known: &[&str]) -> String {
    meant_or_known(format!("unknown section `{name}`, at {place}"), name, known, "known sections are")
}

pub(crate) fn system_not_first(place: &str) -> String {
    help(format!("the system section is not the first, at {place}"), "models read it first: move it to the beginning")
}

pub(crate) fn template_syntax(reason: &str, place: &str) -> String {
    format!("{reason}, at {place}")
}

pub(crate) fn template_unsupported(what: &str, place: &str, instead: &str) -> String {
    help(format!("a template cannot hold {what}, at {place}"), instead)
}

pub(crate) fn unknown_variable(name: &str, place: &str, known: &[&str]) -> String {
    meant_or_known(format!("unknown variable `{name}`, at {place}"), name, known, "the arguments are")
}

pub(crate) fn unknown_filter(name: &str, place: &str, known: &[&str]) -> String {
    meant_or_known(format!("unknown filter `{name}`, at {place}"), name, known, "known filters are")
}

pub(crate) fn filter_arguments(name: &str, example: &str, place: &str) -> String {
    help(format!("filter `{name}` takes other arguments, at {place}"), format!("write `{example}`"))
}

pub(crate) fn unknown_loop_field(name: &str, place: &str, known: &[&str]) -> String {
    meant_or_known(format!("unknown field `loop.{name}`, at {place}"), name, known, "known fields are")
}

pub(crate) fn argument_unused(name: &str) -> String {
    help(
        format!("`{name}` is not used in the template"),
        format!("write `{{{{ {name} }}}}` in it, or remove the argument"),
    )
}

pub(crate) fn untrusted_section(name: &str, section: &str, place: &str) -> String {
    help(
        format!("`{name}` is untrusted and cannot stand in the {section} section, at {place}"),
        format!("write `{{{{ {name} }}}}` in a user section, where it is fenced"),
    )
}

pub(crate) fn untrusted_inside(name: &str, place: &str) -> String {
    help(
        format!("`{name}` is untrusted and can only be written as it is, at {place}"),
        format!("write `{{{{ {name} }}}}`; what is decided about it comes in as another argument"),
    )
}
