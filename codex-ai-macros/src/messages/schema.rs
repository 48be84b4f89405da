//! `#[derive(LlmSchema)]`.

use super::keys::example;
use super::{help, list};
use crate::suggest::nearest;

pub(crate) fn derive_union() -> String {
    help("`LlmSchema` cannot describe a union", "use an enum")
}

pub(crate) fn derive_unnamed(unit: bool) -> String {
    let message = "`LlmSchema` needs named fields";
    if unit {
        help(message, "models answer with JSON objects; give it a field, or use an enum")
    } else {
        help(message, "models answer with JSON objects; give each field a name")
    }
}

pub(crate) fn derive_empty_enum() -> String {
    help("an empty enum has no value the model could return", "add a variant")
}

pub(crate) fn derive_reference() -> String {
    help("fields of a model output must own their data", "use `String`")
}

pub(crate) fn bounds_reversed(max: &str, max_value: &str, min: &str, min_value: &str) -> String {
    help(format!("`{max}` ({max_value}) is below `{min}` ({min_value})"), "swap them")
}

pub(crate) fn llm_on_variant(key: &str) -> String {
    help(format!("`{key}` belongs on a field"), "put it on a field of the variant; a variant takes `description`")
}

pub(crate) fn llm_on_type(key: &str) -> String {
    help(format!("`{key}` belongs on a field"), "put it on a field; a type takes `description`, `validate` and `crate`")
}

pub(crate) fn llm_crate_on_field() -> String {
    help("`crate` belongs on the type", "put `#[llm(crate = ::path)]` above the type")
}

pub(crate) fn llm_check_on_type() -> String {
    help("`check` belongs on a field", "put it on a field, or write `validate = ..` for a check of the whole value")
}

pub(crate) fn llm_validate_on_variant() -> String {
    help("`validate` belongs on the type", "put it above the enum and `match` on the variant there")
}

pub(crate) fn llm_validate_on_field(path: &str) -> String {
    help("`validate` belongs on the type", format!("write `check = {path}` to check the field"))
}

pub(crate) fn check_of_skipped() -> String {
    help("`check` has nothing to check, as serde skips the field", "remove it, or put `validate = ..` above the type")
}

pub(crate) fn stream_of_skipped() -> String {
    help("`stream` has nothing to show, as serde skips the field", "remove it")
}

pub(crate) fn expected_function(key: &str, found: &str) -> String {
    let name = found.trim_matches('"');
    let is_path = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | ':'));
    let example = example(key).unwrap_or("check = is_allowed");
    let example = if is_path { format!("{key} = {name}") } else { example.to_owned() };
    help(format!("expected the path of a function for `{key}`"), format!("write `{example}`"))
}

pub(crate) fn unknown_stream(word: &str, known: &[&str]) -> String {
    let message = format!("unknown word `{word}` for `stream`");
    match nearest(word, known) {
        Some(meant) => help(message, format!("did you mean `{meant}`?")),
        None => help(message, format!("known words are {}", list(known))),
    }
}

pub(crate) fn derive_option_option(inner: &str) -> String {
    help(
        "`Option<Option<..>>` has two nothings, and JSON has one",
        format!("write `Option<{inner}>`, or an enum that names what is meant"),
    )
}

pub(crate) fn named_twice(what: &str, name: &str) -> String {
    help(format!("two {what} are called `{name}` in JSON"), "give one of them another `rename`")
}

pub(crate) fn derive_map_key(key: &str) -> String {
    help(
        format!("`{key}` cannot be the key of a JSON object"),
        "keys are strings, numbers, `bool`, `char` or enums without fields; for others use a `Vec` of structs",
    )
}

pub(crate) fn expected_type(key: &str, found: &str) -> String {
    let name = found.trim_matches('"');
    help(
        format!("expected a type for `{key}`"),
        format!("write `{key} = {}`", if name.is_empty() { "String" } else { name }),
    )
}

pub(crate) fn unknown_format(format: &str, known: &[&str]) -> String {
    let message = format!("unknown format `{format}`");
    match nearest(format, known) {
        Some(meant) => help(message, format!("did you mean `{meant}`?")),
        None => help(message, format!("known formats are {}", list(known))),
    }
}
