//! Keys of all attributes, and the form of their values.

use super::{Subject, help, list};
use crate::keys::Spec;
use crate::suggest::nearest;

pub(crate) fn unknown_key(key: &str, spec: &Spec) -> String {
    let message = format!("unknown key `{key}` in `{}`", spec.attribute);
    if spec.attribute == "#[llm]" && SERDE_KEYS.contains(&key) {
        return help(message, format!("write `#[serde({key}{})]`: it is read there", serde_value(key)));
    }
    let lower = key.to_lowercase();
    match usual(&lower).filter(|meant| spec.keys.contains(meant)).or_else(|| nearest(&lower, spec.keys)) {
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
        "name" | "id" => "mode",
        "max_output_tokens" | "max_completion_tokens" => "max_tokens",
        "temp" => "temperature",
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
    let own = (key == "marker" && spec.attribute == "#[tool]").then_some("marker = LookUp");
    match own.or_else(|| example(key)).or_else(|| spec.example.starts_with(&format!("{key} ")).then_some(spec.example))
    {
        Some(example) => help(message, format!("write `{example}`")),
        None => help(message, format!("write `{key} = ..`")),
    }
}

pub(crate) fn missing_comma(key: &str) -> String {
    help(format!("expected `,` before `{key}`"), "separate keys by commas")
}

pub(crate) fn lonely_comma() -> String {
    help("expected a key before `,`", "remove one comma")
}

pub(crate) fn key_takes_list(key: &str) -> String {
    help(format!("`{key}` takes a list in parentheses"), format!("write `{}`", example(key).unwrap_or("key(..)")))
}

/// What to write for a key.
pub(super) fn example(key: &str) -> Option<&'static str> {
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
        "template" => "template = \"Summarise this:\\n\\n{{ text }}\"",
        "template_file" => "template_file = \"prompts/summarize.md\"",
        "cache" => "cache = true",
        "name" => "name = \"look_up\"",
        "requires" => "requires(images)",
        "strict" => "strict = \"openai\"",
        _ => return None,
    })
}

pub(crate) fn expected_string(key: &str, found: &str) -> String {
    let bare = found.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    let message = format!("expected a string for `{key}`");
    if is_constant(found) {
        return help(message, "write the text itself; a macro cannot read constants");
    }
    if bare && !found.is_empty() {
        help(message, format!("write `{key} = \"{found}\"`"))
    } else {
        help(message, format!("write `{}`", example(key).unwrap_or("key = \"..\"")))
    }
}

/// Whether it reads like the name of a constant: `MODE`.
fn is_constant(found: &str) -> bool {
    let is_name = found.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_' || c == ':');
    is_name && found.starts_with(|c: char| c.is_ascii_uppercase())
}

fn number(kind: &str, key: &str, found: &str) -> String {
    let message = format!("expected a {kind} for `{key}`");
    if is_constant(found) {
        return help(message, "write the number itself; a macro cannot read constants");
    }
    let bare = found.trim_matches('"');
    if bare != found && bare.parse::<f64>().is_ok_and(f64::is_finite) {
        return help(message, format!("write `{key} = {bare}`"));
    }
    help(message, format!("write `{}`", example(key).unwrap_or("key = 1")))
}

pub(crate) fn expected_number(key: &str, found: &str) -> String {
    number("number", key, found)
}

pub(crate) fn expected_count(key: &str, found: &str) -> String {
    number("whole number", key, found)
}

pub(crate) fn count_too_large(key: &str, most: u64) -> String {
    help(format!("`{key}` is too large"), format!("{most} is the most"))
}

pub(crate) fn expected_bool(key: &str) -> String {
    help(format!("expected `true` or `false` for `{key}`"), format!("write `{key} = false`"))
}

pub(crate) fn expected_ident(subject: Subject, key: &str, found: &str) -> String {
    let name = found.trim_matches('"');
    let good = syn::parse_str::<syn::Ident>(name).is_ok();
    help(
        format!("expected an identifier for `{key}`"),
        format!("write `{key} = {}`", if good { name } else { subject.marker() }),
    )
}

pub(crate) fn expected_expression(key: &str) -> String {
    help(format!("expected an expression for `{key}`"), format!("write `{key} = 3`"))
}

pub(crate) fn crate_not_absolute(found: &str) -> String {
    let path = if found.is_empty() { "codex_ai" } else { found };
    help("`crate` must be an absolute path", format!("write `crate = ::{}`", path.trim_start_matches("crate::")))
}
