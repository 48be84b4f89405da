//! Every message to a user. Nothing else writes prose.
//!
//! Form: one sentence, lower case, no stop, code in backticks; at most one line `= help:` that says what to type.

pub(crate) mod needs;

use crate::keys::Spec;
use crate::suggest::nearest;

fn help(message: impl Into<String>, help: impl AsRef<str>) -> String {
    format!("{}\n= help: {}", message.into(), help.as_ref())
}

// Where the attribute stands.

pub(crate) fn not_a_function() -> String {
    help("`#[prompt]` can only be used on an `async fn`", "for a type the model returns, use `#[derive(LlmSchema)]`")
}

pub(crate) fn not_async(name: &str) -> String {
    help("a prompt function must be `async`", format!("write `async fn {name}(..)`"))
}

pub(crate) fn is_unsafe() -> String {
    help("a prompt function cannot be `unsafe`", "move the unsafe code into a helper and call that")
}

pub(crate) fn is_qualified(qualifier: &str) -> String {
    help(format!("a prompt function cannot be `{qualifier}`"), format!("remove `{qualifier}`"))
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

pub(crate) fn method_receiver(mutable: bool) -> String {
    let changes = if mutable { ", and put what changes behind a `Mutex`" } else { "" };
    help("a prompt shares its value with other calls", format!("write `&self`{changes}"))
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

pub(crate) fn generic(parameter: &str) -> String {
    help(
        format!("a prompt function cannot be generic over `{parameter}`"),
        "name a concrete type; the registry holds one function, and lifetimes are fine",
    )
}

pub(crate) fn where_clause() -> String {
    help("a prompt function cannot have a `where` clause", "remove it; the types of a prompt are concrete")
}

pub(crate) fn applied_twice() -> String {
    help("`#[prompt]` is applied twice", "one function has one mode; call it from a second one")
}

pub(crate) fn variadic() -> String {
    help("a prompt function cannot be variadic", "take a slice: `&[T]`")
}

// Arguments.

pub(crate) fn argument_pattern() -> String {
    help("prompt arguments must have a name", "the name becomes a field and a JSON key: write `pair: (u8, u8)`")
}

pub(crate) fn argument_underscore() -> String {
    help("prompt arguments must have a name", "to ignore it, write `_text: &str`")
}

pub(crate) fn argument_mutable() -> String {
    help("prompt arguments are read-only, `&mut` is not supported", "take the value instead")
}

pub(crate) fn argument_impl() -> String {
    help("`impl Trait` is not supported in a prompt argument", "name the type, for text use `&str`")
}

pub(crate) fn argument_cfg() -> String {
    help("`#[cfg]` on a single prompt argument is not supported", "put it on the function and write two versions")
}

pub(crate) fn argument_reserved(name: &str) -> String {
    help(
        format!("`{name}` is a method of every prompt builder"),
        format!("rename it; `#[arg(rename = \"{name}\")]` keeps the JSON key"),
    )
}

pub(crate) fn argument_static() -> String {
    help(
        "a `'static` reference cannot come from JSON arguments",
        "leave the lifetime out, or add `json = false` to `#[prompt]`",
    )
}

pub(crate) fn two_arguments(name: &str) -> String {
    help(format!("two arguments are called `{name}` in JSON"), "give one of them another `rename`")
}

// Keys.

pub(crate) fn unknown_key(key: &str, spec: &Spec) -> String {
    let message = format!("unknown key `{key}` in `{}`", spec.attribute);
    if spec.attribute == "#[llm]" && SERDE_KEYS.contains(&key) {
        return help(message, format!("write `#[serde({key}{})]`: it is read there", serde_value(key)));
    }
    match usual(key).filter(|meant| spec.keys.contains(meant)).or_else(|| nearest(key, spec.keys)) {
        Some(meant) => help(message, format!("did you mean `{meant}`?")),
        None => help(message, format!("known keys are {}", list(spec.keys))),
    }
}

/// Keys that say what serde does with a field or a type, and mean the same in a schema.
const SERDE_KEYS: [&str; 6] = ["default", "rename", "rename_all", "skip", "flatten", "tag"];

fn serde_value(key: &str) -> &'static str {
    if matches!(key, "rename" | "rename_all" | "tag") { " = \"..\"" } else { "" }
}

/// What other crates and JSON Schema call a key.
fn usual(key: &str) -> Option<&'static str> {
    Some(match key {
        "minimum" | "ge" | "gte" => "min",
        "maximum" | "le" | "lte" => "max",
        "regex" => "pattern",
        "desc" | "doc" | "docs" => "description",
        _ => return None,
    })
}

pub(crate) fn duplicate_key(key: &str) -> String {
    help(format!("`{key}` is given twice"), "remove one")
}

pub(crate) fn expected_key_value(spec: &Spec) -> String {
    help("expected `key = value`", format!("write `{}`", spec.example))
}

pub(crate) fn key_takes_value(key: &str, spec: &Spec) -> String {
    let message = format!("`{key}` takes a value");
    match example(key).or_else(|| spec.example.starts_with(&format!("{key} ")).then_some(spec.example)) {
        Some(example) => help(message, format!("write `{example}`")),
        None => help(message, format!("write `{key} = ..`")),
    }
}

pub(crate) fn key_takes_list(key: &str) -> String {
    help(format!("`{key}` takes a list in parentheses"), format!("write `{}`", example(key).unwrap_or("key(..)")))
}

/// What to write for a key.
fn example(key: &str) -> Option<&'static str> {
    Some(match key {
        "mode" => "mode = \"x\"",
        "model" => "model = \"openai/gpt-5.6-luna\"",
        "temperature" => "temperature = 0.2",
        "max_tokens" => "max_tokens = 500",
        "marker" => "marker = Summarize",
        "json" => "json = false",
        "crate" => "crate = ::codex_ai",
        "rename" => "rename = \"text\"",
        "description" => "description = \"what it means\"",
        "min" => "min = 1",
        "max" => "max = 10",
        "min_length" => "min_length = 1",
        "max_length" => "max_length = 80",
        "min_items" => "min_items = 1",
        "max_items" => "max_items = 7",
        "pattern" => "pattern = \"^[a-z]+$\"",
        "format" => "format = \"email\"",
        "check" => "check = is_allowed",
        "validate" => "validate = is_consistent",
        "stream" => "stream = \"done\"",
        "tools" => "tools(look_up, refund)",
        "name" => "name = \"look_up\"",
        "requires" => "requires(images)",
        "strict" => "strict = \"openai\"",
        _ => return None,
    })
}

pub(crate) fn expected_string(key: &str, found: &str) -> String {
    let bare = found.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    let message = format!("expected a string for `{key}`");
    if bare && !found.is_empty() {
        help(message, format!("write `{key} = \"{found}\"`"))
    } else {
        help(message, format!("write `{}`", example(key).unwrap_or("key = \"..\"")))
    }
}

pub(crate) fn expected_number(key: &str) -> String {
    help(format!("expected a number for `{key}`"), format!("write `{}`", example(key).unwrap_or("key = 1")))
}

pub(crate) fn expected_count(key: &str) -> String {
    help(format!("expected a whole number for `{key}`"), format!("write `{}`", example(key).unwrap_or("key = 1")))
}

pub(crate) fn expected_bool(key: &str) -> String {
    help(format!("expected `true` or `false` for `{key}`"), format!("write `{key} = false`"))
}

pub(crate) fn expected_ident(key: &str, found: &str) -> String {
    let name = found.trim_matches('"');
    let good =
        name.chars().all(|c| c.is_alphanumeric() || c == '_') && name.chars().next().is_some_and(char::is_alphabetic);
    help(
        format!("expected an identifier for `{key}`"),
        format!("write `{key} = {}`", if good { name } else { "Summarize" }),
    )
}

pub(crate) fn expected_expression(key: &str) -> String {
    help(format!("expected an expression for `{key}`"), format!("write `{key} = 3`"))
}

pub(crate) fn crate_not_absolute(found: &str) -> String {
    let path = if found.is_empty() { "codex_ai" } else { found };
    help("`crate` must be an absolute path", format!("write `crate = ::{}`", path.trim_start_matches("crate::")))
}

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

// Return type.

pub(crate) fn no_return_type() -> String {
    help("a prompt function must return a prompt", "add `-> Prompt<T>`, or `-> String` for free text")
}

pub(crate) fn returns_impl() -> String {
    help("name the type a prompt function returns", "write `-> Prompt<T>`, or `-> String` for free text")
}

pub(crate) fn output_borrows() -> String {
    help("the output of a prompt must own its data", "use `String`")
}

// `#[derive(LlmSchema)]`.

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

// `#[tool]` and `tools(..)`.

/// A rule of prompts and tools, as it is told of a tool.
pub(crate) fn of_tools(message: String) -> String {
    message
        .replace("`#[prompt]`", "`#[tool]`")
        .replace("for a type the model returns, use `#[derive(LlmSchema)]`", "a model calls functions; put it on one")
        .replace("prompt function", "tool")
        .replace("prompt argument", "tool argument")
        .replace("the types of a prompt", "the types of a tool")
        .replace("the registry holds one function", "a model knows one function")
        .replace(", or add `json = false` to `#[tool]`", "")
        .replace("marker = Summarize", "marker = LookUp")
}

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

// The macro itself.

pub(crate) fn panicked(cause: &str) -> String {
    help(
        format!("a macro of `codex-ai` panicked: {cause}"),
        "this is a bug in `codex-ai`; please report it with the item that it stands on",
    )
}

fn list(keys: &[&str]) -> String {
    let quoted: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}
