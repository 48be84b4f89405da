//! `#[tool]` and `tools(..)`.

use super::help;

pub(crate) fn tool_twice() -> String {
    help("`#[tool]` is applied twice", "remove one")
}

pub(crate) fn tool_takes_self() -> String {
    help("a tool that is a method needs `#[prompts]` on its `impl` block", "write `#[prompts]` above `impl`")
}

pub(crate) fn tool_without_body(name: &str) -> String {
    help("a tool needs a body", format!("write `async fn {name}(..) {{ .. }}`"))
}

pub(crate) fn tool_returns_impl() -> String {
    help("name the type a tool returns", "write `-> String`, or a type with `serde::Serialize`")
}

pub(crate) fn tool_name_empty(function: &str) -> String {
    help("the name of a tool must not be empty", format!("leave `name` out to use the function name, `{function}`"))
}

pub(crate) fn tool_name_character(bad: char, name: &str) -> String {
    let kept: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
    let kept = if kept.chars().all(|c| c == '_') { "look_up".to_owned() } else { kept };
    help(
        format!("the name of a tool contains the character `{}`", bad.escape_debug()),
        format!("models take letters, digits, `_` and `-`: `name = \"{kept}\"`"),
    )
}

pub(crate) fn tool_name_long(length: usize, most: usize) -> String {
    help(
        format!("the name of a tool has {length} characters"),
        format!("models take {most}: shorten it with `name = \"..\"`"),
    )
}

pub(crate) fn tools_empty() -> String {
    help("`tools` names no tool", "remove it, or name functions with `#[tool]`: `tools(look_up, refund)`")
}

pub(crate) fn tools_path(found: &str) -> String {
    let name = found.trim_matches('"');
    let is_path = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | ':'));
    let example = if is_path { format!("tools({name})") } else { "tools(look_up, refund)".to_owned() };
    help("expected the path of a function with `#[tool]`", format!("write `{example}`"))
}

pub(crate) fn tools_twice(path: &str) -> String {
    help(format!("`{path}` is offered twice"), "remove one")
}
