//! Where an attribute stands, and what the function is like.

use super::{Subject, help};

pub(crate) fn not_a_function(subject: Subject, keyword: &str) -> String {
    let attribute = subject.attribute();
    let advice = match (keyword, subject) {
        ("impl", _) => format!("put `#[prompts]` on the `impl` block, and `{attribute}` on the functions in it"),
        ("struct" | "enum" | "union" | "type", Subject::Prompt) => {
            "for a type the model returns, use `#[derive(LlmSchema)]`".to_owned()
        }
        ("struct" | "enum" | "union" | "type", Subject::Tool) => "a model calls functions; put it on one".to_owned(),
        (_, Subject::Prompt) => "put it on the function that makes the prompt".to_owned(),
        (_, Subject::Tool) => "put it on the function that the model calls".to_owned(),
    };
    help(format!("`{attribute}` can only be used on an `async fn`"), advice)
}

pub(crate) fn not_async(subject: Subject, name: &str) -> String {
    help(format!("a {subject} must be `async`"), format!("write `async fn {name}(..)`"))
}

pub(crate) fn is_unsafe(subject: Subject) -> String {
    help(format!("a {subject} cannot be `unsafe`"), "move the unsafe code into a helper and call that")
}

pub(crate) fn is_qualified(subject: Subject, qualifier: &str) -> String {
    help(format!("a {subject} cannot be `{qualifier}`"), format!("remove `{qualifier}`"))
}

pub(crate) fn takes_self() -> String {
    help(
        "`#[prompt]` alone does not support methods",
        "put `#[prompts]` on the `impl` block, or pass the state as an argument",
    )
}

pub(crate) fn mentions_self() -> String {
    help("`Self` is unknown here, the prompt is registered outside the `impl`", "put `#[prompts]` on the `impl` block")
}

pub(crate) fn method_receiver(subject: Subject, mutable: bool) -> String {
    let changes = if mutable { ", and put what changes behind a `Mutex`" } else { "" };
    help(format!("a {} shares its value with other calls", subject.name()), format!("write `&self`{changes}"))
}

pub(crate) fn marker_is_type(marker: &str) -> String {
    help(
        format!("the marker of this prompt would be called `{marker}`, as its type is"),
        format!("write `#[prompt(marker = {marker}Prompt)]`"),
    )
}

pub(crate) fn not_an_impl() -> String {
    help("`#[prompts]` can only be used on an `impl` block", "for a function, use `#[prompt]`")
}

pub(crate) fn trait_impl(ty: &str) -> String {
    help(
        "`#[prompts]` needs an inherent `impl` block",
        format!("write `impl {ty} {{ .. }}`, and call that from the trait's methods"),
    )
}

pub(crate) fn generic_impl(parameter: &str) -> String {
    help(
        format!("prompts cannot be methods of a type that is generic over `{parameter}`"),
        "name a concrete type, or hold a `Box<dyn Trait>`; the registry holds one function for each prompt",
    )
}

pub(crate) fn borrowing_impl(lifetime: &str) -> String {
    help(
        format!("a type with the lifetime `{lifetime}` cannot have prompts"),
        "own the data, or share it by `Arc`: what is mounted lives as long as the dispatcher",
    )
}

pub(crate) fn attribute_takes_list() -> String {
    help("expected `#[prompt]` or `#[prompt(key = value)]`", "write `#[prompt(mode = \"x\")]`")
}

pub(crate) fn no_prompt_inside() -> String {
    help(
        "no function in this `impl` is marked `#[prompt]`",
        "write `#[prompt]` above each function that is a prompt, or remove `#[prompts]`",
    )
}

pub(crate) fn no_body(name: &str) -> String {
    help("a prompt function needs a body", format!("write `async fn {name}(..) -> Prompt<T> {{ .. }}`"))
}

pub(crate) fn generic(subject: Subject, parameter: &str) -> String {
    let holder = match subject {
        Subject::Prompt => "the registry holds",
        Subject::Tool => "a model knows",
    };
    help(
        format!("a {subject} cannot be generic over `{parameter}`"),
        format!("name a concrete type; {holder} one function, and lifetimes are fine"),
    )
}

pub(crate) fn where_clause(subject: Subject) -> String {
    help(
        format!("a {subject} cannot have a `where` clause"),
        format!("remove it; the types of a {} are concrete", subject.name()),
    )
}

pub(crate) fn applied_twice() -> String {
    help("`#[prompt]` is applied twice", "one function has one mode; call it from a second one")
}

pub(crate) fn variadic(subject: Subject) -> String {
    help(format!("a {subject} cannot be variadic"), "take a slice: `&[T]`")
}
