//! What the values of `#[prompt(..)]` may be, and what the function returns.

use super::help;

pub(crate) fn mode_empty(function: &str) -> String {
    help("prompt mode must not be empty", format!("leave `mode` out to use the function name, `{function}`"))
}

pub(crate) fn mode_character(mode: &str, bad: char) -> String {
    let name = match bad {
        ' ' => "a space".to_owned(),
        c if c.is_control() => "a control character".to_owned(),
        c if c.is_uppercase() => format!("the capital letter `{c}`"),
        c => format!("the character `{c}`"),
    };
    let mended: String =
        mode.trim().to_lowercase().chars().map(|c| if is_mode_character(c) { c } else { '-' }).collect();
    help(
        format!("prompt mode contains {name}"),
        format!("use lower-case letters, digits, `_`, `-`, `.` and `/`: `{mended}`"),
    )
}

/// Whether a mode may contain this character.
pub(crate) fn is_mode_character(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-' | '.' | '/')
}

pub(crate) fn max_tokens_zero() -> String {
    help("`max_tokens` must be at least 1", "leave it out for the provider's own limit")
}

pub(crate) fn temperature_range() -> String {
    help("`temperature` must be from 0 to 2", "write `temperature = 0.2`")
}

pub(crate) fn model_empty() -> String {
    help("`model` must not be empty", "leave it out to use the provider's default")
}

pub(crate) fn unknown_provider(prefix: &str, meant: &str) -> String {
    help(format!("unknown provider `{prefix}` in `model`"), format!("did you mean `{meant}`?"))
}

pub(crate) fn provider_colon(model: &str) -> String {
    help(
        "provider and model are separated by `/` in `model`",
        format!("write `model = \"{}\"`", model.replacen(':', "/", 1)),
    )
}

pub(crate) fn no_return_type() -> String {
    help("a prompt function must return a prompt", "add `-> Prompt<T>`, or `-> String` for free text")
}

pub(crate) fn returns_impl() -> String {
    help("name the type a prompt function returns", "write `-> Prompt<T>`, or `-> String` for free text")
}

pub(crate) fn output_borrows() -> String {
    help("the output of a prompt must own its data", "use `String`")
}

pub(crate) fn prompt_borrows() -> String {
    help("what a prompt function returns cannot borrow from its arguments", "return `String`")
}
