//! The form of a schema that Gemini takes as `responseJsonSchema`.
//!
//! Source of the rules: Google's reference of that field (Gemini API, v1beta). Gemini looks at a part of JSON Schema: types, `enum` of strings and numbers, properties, items, bounds of numbers and lists,
//! `anyOf`, and references, beside which nothing else may stand. What it does not look at is said in the description in
//! words, or as the keyword itself, and is checked here when the answer comes. What cannot be said so is a problem.

use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use crate::error::Problem;

/// Schemas inside schemas.
const DEEPEST: usize = 100;

/// More schemas than this are not translated: what an `allOf` refers to is written out, and can multiply.
const MOST_SCHEMAS: usize = 20_000;

/// The keywords that go as they are.
const TAKEN: [&str; 12] = [
    "$id", "$anchor", "$ref", "type", "title", "minItems", "maxItems", "minimum", "maximum", "required", "enum",
    "format",
];

/// The formats of strings that Gemini knows.
const FORMATS: [&str; 3] = ["date-time", "date", "time"];

/// Gemini's form of a usable schema, the same bytes each time.
///
/// # Errors
/// Everything that Gemini cannot be told, each with its path in the schema.
pub(super) fn compile(schema: &Value) -> Result<Box<RawValue>, Vec<Problem>> {
    let mut translator = Translator { root: schema, translated: 0, problems: Vec::new() };
    let wire = translator.schema(schema, "", 0);
    if !translator.problems.is_empty() {
        return Err(translator.problems);
    }
    serde_json::value::to_raw_value(&wire).map_err(|error| vec![Problem::new("", error.to_string())])
}

struct Translator<'s> {
    root: &'s Value,
    translated: usize,
    problems: Vec<Problem>,
}

impl Translator<'_> {
    fn schema(&mut self, schema: &Value, path: &str, depth: usize) -> Value {
        self.translated += 1;
        if self.translated > MOST_SCHEMAS {
            if self.translated == MOST_SCHEMAS + 1 {
                self.problem(
                    "",
                    format!("has more than {MOST_SCHEMAS} schemas, those written out in an `allOf` included"),
                );
            }
            return json!({});
        }
        let Value::Object(keywords) = schema else {
            if schema == &Value::Bool(false) {
                self.problem(path, "takes no value at all");
            }
            return json!({});
        };
        if depth > DEEPEST {
            self.problem(path, format!("is nested deeper than {DEEPEST} schemas"));
            // Once is enough: what refers to itself would be told at every turn.
            self.translated = MOST_SCHEMAS + 1;
            return json!({});
        }
        let mut out = Map::new();
        let mut notes = Vec::new();
        for (keyword, value) in keywords {
            self.keyword(keyword, value, keywords, path, depth, &mut out, &mut notes);
        }
        let description = keywords.get("description").and_then(Value::as_str).unwrap_or_default();
        let notes = notes.join(" ");
        let description =
            [description, &notes].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ");
        if !description.is_empty() {
            out.insert("description".to_owned(), description.into());
        }
        // Beside a reference nothing may stand.
        if out.contains_key("$ref") && out.keys().any(|name| !name.starts_with('$')) {
            let reference = out.shift_remove("$ref").unwrap_or_default();
            if out.contains_key("anyOf") {
                self.problem(path, "has a `$ref` beside a choice, which Gemini cannot be told");
            }
            out.insert("anyOf".to_owned(), json!([{ "$ref": reference }]));
        }
        Value::Object(out)
    }

    #[allow(clippy::too_many_arguments, reason = "the state of one schema that is being written")]
    fn keyword(
        &mut self,
        keyword: &str,
        value: &Value,
        all: &Map<String, Value>,
        path: &str,
        depth: usize,
        out: &mut Map<String, Value>,
        notes: &mut Vec<String>,
    ) {
        let depth = depth + 1;
        match keyword {
            "format" => match value.as_str() {
                Some(format) if FORMATS.contains(&format) => {
                    out.insert(keyword.to_owned(), value.clone());
                }
                // Those of numbers say what their bounds say.
                Some(format) if all.get("type").is_some_and(|kind| kind.to_string().contains("string")) => {
                    notes.push(format!("Format: {format}."));
                }
                _ => {}
            },
            "enum" | "const" => values(keyword, value, out, notes),
            "properties" | "$defs" | "definitions" => {
                let inner = value.as_object().into_iter().flatten().map(|(name, schema)| {
                    let path = if keyword == "properties" { join(path, name) } else { format!("{keyword}.{name}") };
                    (name.clone(), self.schema(schema, &path, depth))
                });
                out.insert(keyword.to_owned(), Value::Object(inner.collect()));
            }
            "items" => {
                let inner = self.schema(value, &format!("{path}[]"), depth);
                out.insert(keyword.to_owned(), inner);
            }
            "additionalProperties" if value.is_boolean() => {
                out.insert(keyword.to_owned(), value.clone());
            }
            "additionalProperties" => {
                let inner = self.schema(value, &join(path, "*"), depth);
                out.insert(keyword.to_owned(), inner);
            }
            "oneOf" if all.contains_key("anyOf") => notes.push(format!("JSON Schema oneOf: {value}.")),
            "anyOf" | "oneOf" | "prefixItems" => {
                let list = value.as_array().into_iter().flatten();
                let inner = list.map(|schema| self.schema(schema, path, depth)).collect();
                // Gemini takes both for the same, and some of its models look at `anyOf` alone.
                let name = if keyword == "oneOf" { "anyOf" } else { keyword };
                out.insert(name.to_owned(), Value::Array(inner));
            }
            "allOf" => self.all_of(value, path, depth, out),
            "exclusiveMinimum" => bound("minimum", 1, "Greater", value, all, out, notes),
            "exclusiveMaximum" => bound("maximum", -1, "Less", value, all, out, notes),
            "minLength" => notes.push(format!("At least {value} characters.")),
            "maxLength" => notes.push(format!("At most {value} characters.")),
            "pattern" => notes.push(format!("Matches the regular expression {}.", value.as_str().unwrap_or_default())),
            "multipleOf" => notes.push(format!("A multiple of {value}.")),
            "uniqueItems" if value == &Value::Bool(true) => notes.push("No item twice.".to_owned()),
            "minProperties" => notes.push(format!("At least {value} properties.")),
            "maxProperties" => notes.push(format!("At most {value} properties.")),
            "default" if !value.is_null() => notes.push(format!("Default: {value}.")),
            "examples" => notes.push(format!("Examples: {value}.")),
            "not"
            | "if"
            | "then"
            | "else"
            | "contains"
            | "minContains"
            | "maxContains"
            | "patternProperties"
            | "propertyNames"
            | "dependentRequired"
            | "dependentSchemas"
            | "unevaluatedProperties"
            | "unevaluatedItems"
            | "contentEncoding"
            | "contentMediaType" => {
                notes.push(format!("JSON Schema {keyword}: {value}."));
            }
            "$dynamicRef" => self.problem(path, "has a `$dynamicRef`, which Gemini does not follow"),
            _ if TAKEN.contains(&keyword) => {
                out.insert(keyword.to_owned(), value.clone());
            }
            _ => {}
        }
    }

    /// Objects that are all meant at once, as `#[serde(flatten)]` makes them, become one.
    fn all_of(&mut self, value: &Value, path: &str, depth: usize, out: &mut Map<String, Value>) {
        for schema in value.as_array().into_iter().flatten() {
            let target =
                schema.get("$ref").and_then(Value::as_str).and_then(|to| self.root.pointer(to.strip_prefix('#')?));
            let alone = schema.as_object().is_some_and(|schema| schema.len() == 1);
            let Value::Object(inner) = self.schema(target.filter(|_| alone).unwrap_or(schema), path, depth) else {
                continue;
            };
            for (keyword, value) in inner {
                match (out.get_mut(&keyword), value) {
                    (None, value) => {
                        out.insert(keyword, value);
                    }
                    (Some(known), value) if *known == value => {}
                    (Some(Value::Object(known)), Value::Object(more)) if keyword == "properties" => known.extend(more),
                    (Some(Value::Array(known)), Value::Array(more)) if keyword == "required" => {
                        let more: Vec<_> = more.into_iter().filter(|name| !known.contains(name)).collect();
                        known.extend(more);
                    }
                    (Some(_), _) if matches!(keyword.as_str(), "title" | "description") => {}
                    _ => self.problem(path, format!("has an `allOf` whose `{keyword}` cannot be put together")),
                }
            }
        }
    }

    fn problem(&mut self, path: &str, message: impl Into<String>) {
        self.problems.push(Problem::new(path, message));
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// The values of an `enum`, or the one of a `const`: Gemini takes strings and numbers.
fn values(keyword: &str, value: &Value, out: &mut Map<String, Value>, notes: &mut Vec<String>) {
    let list = match value {
        Value::Array(list) if keyword == "enum" => list.as_slice(),
        one => std::slice::from_ref(one),
    };
    if list.iter().all(|value| value.is_string() || value.is_number()) {
        out.insert("enum".to_owned(), Value::Array(list.to_vec()));
    } else if let [Value::Null] = list {
        out.insert("type".to_owned(), "null".into());
    } else {
        let list: Vec<_> = list.iter().map(Value::to_string).collect();
        notes.push(format!("One of: {}.", list.join(", ")));
    }
}

/// A bound that is not reached: the next whole number, or in words.
fn bound(
    name: &str,
    step: i64,
    word: &str,
    value: &Value,
    all: &Map<String, Value>,
    out: &mut Map<String, Value>,
    notes: &mut Vec<String>,
) {
    let whole = all.get("type").is_some_and(|kind| kind == "integer");
    match value.as_i64().and_then(|value| value.checked_add(step)).filter(|_| whole) {
        Some(next) if !all.contains_key(name) => {
            out.insert(name.to_owned(), next.into());
        }
        _ => notes.push(format!("{word} than {value}.")),
    }
}
