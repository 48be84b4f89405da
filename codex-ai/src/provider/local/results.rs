//! Results of tools as material.

use serde_json::Value;

use crate::message::ToolResult;

/// What the tools gave back: text as it is, JSON as labelled lines, one beside the other where it is to be `prose`. What
/// failed is left out, unless all did.
pub(super) fn material(results: &[&ToolResult], prose: bool) -> String {
    let fine: Vec<&ToolResult> = results.iter().filter(|result| !result.is_error).copied().collect();
    let told = if fine.is_empty() { results } else { fine.as_slice() };
    let texts: Vec<String> = told.iter().map(|result| text(&result.output, prose)).collect();
    texts.join("\n\n")
}

fn text(output: &str, prose: bool) -> String {
    match serde_json::from_str::<Value>(output) {
        Ok(value @ (Value::Object(_) | Value::Array(_))) => {
            let mut lines = Vec::new();
            flatten("", &value, &mut lines);
            lines.join(if prose { ", " } else { "\n" })
        }
        _ => output.to_owned(),
    }
}

/// A line for each value that is not nested, with the names around it. The parser of JSON limits the depth.
fn flatten(name: &str, value: &Value, lines: &mut Vec<String>) {
    let labelled = |text: &str| if name.is_empty() { text.to_owned() } else { format!("{name}: {text}") };
    match value {
        Value::Null => {}
        Value::String(text) => lines.push(labelled(text)),
        Value::Object(map) => {
            for (key, value) in map {
                let name = if name.is_empty() { key.clone() } else { format!("{name} {key}") };
                flatten(&name, value, lines);
            }
        }
        Value::Array(values) if values.iter().all(|value| !value.is_object() && !value.is_array()) => {
            let texts = values.iter().map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
            lines.push(labelled(&texts.collect::<Vec<_>>().join(", ")));
        }
        Value::Array(values) => values.iter().for_each(|value| flatten(name, value, lines)),
        other => lines.push(labelled(&other.to_string())),
    }
}
