//! The arguments of a prompt or a tool.

use super::{Subject, help};

pub(crate) fn argument_pattern(subject: Subject) -> String {
    let kind = subject.name();
    help(
        format!("{kind} arguments must have a name"),
        "the name becomes a field and a JSON key: write `pair: (u8, u8)`",
    )
}

pub(crate) fn argument_underscore(subject: Subject) -> String {
    let kind = subject.name();
    help(format!("{kind} arguments must have a name"), "to ignore it, write `_text: &str`")
}

pub(crate) fn argument_mutable(subject: Subject) -> String {
    let kind = subject.name();
    help(format!("{kind} arguments are read-only, `&mut` is not supported"), "take the value instead")
}

pub(crate) fn argument_impl(subject: Subject) -> String {
    let kind = subject.name();
    help(format!("`impl Trait` is not supported in a {kind} argument"), "name the type, for text use `&str`")
}

pub(crate) fn argument_unsized(subject: Subject, found: &str) -> String {
    let kind = subject.name();
    help(format!("a {kind} argument cannot be a bare `{found}`, its size is not known"), format!("write `&{found}`"))
}

pub(crate) fn argument_attribute(subject: Subject, name: &str) -> String {
    let kind = subject.name();
    let advice = match name {
        "default" => "write `#[arg(default = ..)]`",
        "rename" => "write `#[arg(rename = \"..\")]`",
        "llm" => "take a type with `#[derive(LlmSchema)]` and put it on a field there",
        _ => "an argument takes `#[arg(default = .., rename = \"..\")]`",
    };
    help(format!("`#[{name}]` does not belong on a {kind} argument"), advice)
}

pub(crate) fn argument_default_value(subject: Subject) -> String {
    let kind = subject.name();
    help(format!("a {kind} argument has its default in `#[arg]`"), "write `#[arg(default = ..)]` before the name")
}

pub(crate) fn argument_cfg(subject: Subject) -> String {
    let kind = subject.name();
    help(
        format!("`#[cfg]` on a single {kind} argument is not supported"),
        "put it on the function and write two versions",
    )
}

pub(crate) fn argument_reserved(name: &str) -> String {
    help(
        format!("`{name}` is a method of every prompt builder"),
        format!("rename it; `#[arg(rename = \"{name}\")]` keeps the JSON key"),
    )
}

pub(crate) fn argument_static(subject: Subject) -> String {
    help(
        "a `'static` reference cannot come from JSON arguments",
        match subject {
            Subject::Prompt => "leave the lifetime out, or add `json = false` to `#[prompt]`",
            Subject::Tool => "leave the lifetime out",
        },
    )
}

pub(crate) fn two_arguments(name: &str) -> String {
    help(format!("two arguments are called `{name}` in JSON"), "give one of them another `rename`")
}
