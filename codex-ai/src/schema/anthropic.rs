//! The form of a schema that Anthropic's structured output takes.
//!
//! Source of the rules: what the official SDK 2.11 (November 2026) makes of a schema. Every object is closed, optional
//! properties stay optional, `oneOf` becomes `anyOf`. What the vendor cannot check goes into the description and is
//! checked here when the answer comes. Where closing the objects would rule out what the type takes (fields beside a
//! choice of other fields), the form that OpenAI's strict mode takes is used: it has such types written out.

use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::strict;
use super::validate::path::{self, Step};
use crate::error::Problem;

/// Schemas inside schemas.
const DEEPEST: usize = 100;

/// The string formats that the vendor checks.
const FORMATS: [&str; 10] =
    ["date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"];

/// Keywords that say nothing about values.
const SILENT: [&str; 10] =
    ["$schema", "$id", "$anchor", "$comment", "$defs", "definitions", "title", "description", "deprecated", "readOnly"];

/// The form of a usable schema, the same bytes each time.
///
/// # Errors
/// Everything that the vendor cannot hold, each with its path in the type.
pub(super) fn compile(schema: &Value) -> Result<Box<RawValue>, Vec<Problem>> {
    let mut translator = Translator::default();
    let mut wire = translator.document(schema);
    if translator.is_mixed
        && let Some(strict) = strict::compile(schema).ok().and_then(|raw| serde_json::from_str(raw.get()).ok())
    {
        translator = Translator::default();
        wire = translator.document(&strict);
    }
    if !translator.problems.is_empty() {
        return Err(translator.problems);
    }
    serde_json::value::to_raw_value(&wire).map_err(|error| vec![Problem::new("", error.to_string())])
}

type Keywords = Map<String, Value>;

#[derive(Default)]
struct Translator {
    problems: Vec<Problem>,
    /// Whether a choice stands beside other keywords, or several schemas hold at once.
    is_mixed: bool,
    /// Whether something refers to the whole schema, and the name that the whole then has.
    refers_to_root: bool,
    root_name: String,
    depth: usize,
}

impl Translator {
    fn document(&mut self, schema: &Value) -> Value {
        let definitions = schema.get("$defs").and_then(Value::as_object);
        self.root_name = "Root".to_owned();
        while definitions.is_some_and(|definitions| definitions.contains_key(&self.root_name)) {
            self.root_name.push('_');
        }
        let mut root = self.schema(schema, "");
        let mut written = Keywords::new();
        for (name, definition) in definitions.into_iter().flatten() {
            let definition = self.schema(definition, name);
            written.insert(name.clone(), definition);
        }
        if self.refers_to_root {
            let whole = std::mem::replace(&mut root, json!({ "$ref": format!("#/$defs/{}", self.root_name) }));
            written.insert(self.root_name.clone(), whole);
        }
        if let (Value::Object(root), false) = (&mut root, written.is_empty()) {
            root.insert("$defs".to_owned(), Value::Object(written));
        }
        root
    }

    fn problem(&mut self, at: &str, message: &str) -> Value {
        let problem = Problem::new(at, message);
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
        Value::Null
    }

    /// One schema. Where it cannot be held there is a problem, and the result is of no use.
    fn schema(&mut self, schema: &Value, at: &str) -> Value {
        if self.depth >= DEEPEST {
            return self.problem("", "is nested too deeply");
        }
        self.depth += 1;
        let written = match schema {
            Value::Object(map) => self.keywords(map, at),
            Value::Bool(false) => self.problem(at, "takes no value at all"),
            _ => self.problem(at, "takes any value, the vendor wants a type"),
        };
        self.depth -= 1;
        written
    }

    fn keywords(&mut self, map: &Keywords, at: &str) -> Value {
        if let Some(Value::Array(types)) = map.get("type")
            && !map.contains_key("enum")
            && !map.contains_key("const")
        {
            return self.one_of_types(map, types, at);
        }
        let mut out = Keywords::new();
        if let Some(title) = map.get("title") {
            out.insert("title".to_owned(), title.clone());
        }
        let used: &[&str] = if let Some(target) = map.get("$ref").and_then(Value::as_str) {
            self.reference(target, &mut out, at);
            &["$ref"]
        } else if let Some(value) = map.get("const") {
            self.scalars(std::slice::from_ref(value), at);
            out.insert("const".to_owned(), value.clone());
            &["const", "enum", "type"]
        } else if let Some(values) = map.get("enum") {
            self.scalars(values.as_array().map(Vec::as_slice).unwrap_or_default(), at);
            out.insert("enum".to_owned(), values.clone());
            &["enum", "type"]
        } else if let Some(Value::Array(forms)) = map.get("anyOf").or_else(|| map.get("oneOf")) {
            let others = ["properties", "required", "items", "allOf", "additionalProperties", "unevaluatedProperties"];
            let both = map.contains_key("anyOf") && map.contains_key("oneOf");
            if both || others.iter().any(|keyword| map.contains_key(*keyword)) {
                self.is_mixed = true;
                self.problem(at, "has fields beside a choice of other fields, which the vendor cannot hold");
            }
            let forms: Vec<_> = forms.iter().map(|form| self.schema(form, at)).collect();
            out.insert("anyOf".to_owned(), Value::Array(forms));
            &["anyOf", "oneOf", "type"]
        } else if let Some(Value::Array(all)) = map.get("allOf") {
            let alone = !["type", "properties", "items"].iter().any(|keyword| map.contains_key(*keyword));
            match all.as_slice() {
                [only] if alone => {
                    let only = self.schema(only, at);
                    out.insert("anyOf".to_owned(), json!([only]));
                }
                _ => {
                    self.is_mixed = true;
                    self.problem(at, "joins several schemas by `allOf`, which the vendor cannot hold");
                }
            }
            &["allOf"]
        } else {
            self.typed(map, &mut out, at)
        };
        let notes = map.iter().filter(|(keyword, value)| is_note(keyword, value, used));
        let notes: Vec<_> = notes.map(|(keyword, value)| format!("{keyword}: {value}")).collect();
        let described = describe(&mut out, map.get("description").and_then(Value::as_str), &notes);
        match (out.shift_remove("$ref"), described || out.contains_key("title")) {
            // Nothing may stand beside a reference.
            (Some(target), true) => {
                out.insert("anyOf".to_owned(), json!([{ "$ref": target }]));
            }
            (Some(target), false) => {
                out.insert("$ref".to_owned(), target);
            }
            (None, _) => {}
        }
        Value::Object(out)
    }

    /// The keywords of a schema with one type; returns those that are not to be told in words.
    fn typed(&mut self, map: &Keywords, out: &mut Keywords, at: &str) -> &'static [&'static str] {
        let kind = match map.get("type").and_then(Value::as_str) {
            Some(kind) => kind,
            None if map.contains_key("properties") => "object",
            None if map.contains_key("items") => "array",
            None => {
                self.problem(at, "takes any value, the vendor wants a type");
                return &[];
            }
        };
        out.insert("type".to_owned(), kind.into());
        match kind {
            "object" => {
                self.object(map, out, at);
                &["type", "properties", "required", "additionalProperties", "unevaluatedProperties"]
            }
            "array" => {
                self.array(map, out, at);
                let kept = map.get("minItems").and_then(Value::as_u64).is_some_and(|least| least <= 1);
                if kept { &["type", "items", "minItems"] } else { &["type", "items"] }
            }
            "string" => match map.get("format").and_then(Value::as_str) {
                Some(format) if FORMATS.contains(&format) => {
                    out.insert("format".to_owned(), format.into());
                    &["type", "format"]
                }
                _ => &["type"],
            },
            // The format of a number is the width of its Rust type.
            _ => &["type", "format"],
        }
    }

    fn object(&mut self, map: &Keywords, out: &mut Keywords, at: &str) {
        let is_open = |keyword: &str| map.get(keyword).is_some_and(|value| *value != Value::Bool(false));
        let has_patterns = map.get("patternProperties").and_then(Value::as_object).is_some_and(|map| !map.is_empty());
        if is_open("additionalProperties") || is_open("unevaluatedProperties") || has_patterns {
            self.problem(at, "has keys that are not known beforehand, use a list of objects with a key and a value");
        }
        let mut properties = Keywords::new();
        for (name, schema) in map.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let mut place = at.to_owned();
            path::push(&mut place, Step::Key(name));
            let schema = self.schema(schema, &place);
            properties.insert(name.clone(), schema);
        }
        out.insert("properties".to_owned(), Value::Object(properties));
        if let Some(required) = map.get("required") {
            out.insert("required".to_owned(), required.clone());
        }
        out.insert("additionalProperties".to_owned(), Value::Bool(false));
    }

    fn array(&mut self, map: &Keywords, out: &mut Keywords, at: &str) {
        if map.contains_key("prefixItems") || map.get("items").is_some_and(Value::is_array) {
            self.problem(at, "is a tuple, the vendor wants a list whose items have one type, or an object");
            return;
        }
        let items = self.schema(map.get("items").unwrap_or(&Value::Bool(true)), &format!("{at}[]"));
        out.insert("items".to_owned(), items);
        if let Some(least) = map.get("minItems").filter(|least| least.as_u64().is_some_and(|least| least <= 1)) {
            out.insert("minItems".to_owned(), least.clone());
        }
    }

    /// Several types: a form for each of them.
    fn one_of_types(&mut self, map: &Keywords, types: &[Value], at: &str) -> Value {
        let mut forms = Vec::with_capacity(types.len());
        for kind in types {
            let mut form = map.clone();
            form.insert("type".to_owned(), kind.clone());
            form.retain(|keyword, _| !matches!(keyword.as_str(), "title" | "description" | "default" | "$defs"));
            if kind == "null" {
                form.retain(|keyword, _| keyword == "type");
            }
            forms.push(self.schema(&Value::Object(form), at));
        }
        let mut out = Keywords::new();
        for keyword in ["title", "description"] {
            if let Some(value) = map.get(keyword) {
                out.insert(keyword.to_owned(), value.clone());
            }
        }
        out.insert("anyOf".to_owned(), Value::Array(forms));
        let default = map.get("default").filter(|default| !default.is_null());
        let notes: Vec<_> = default.iter().map(|default| format!("default: {default}")).collect();
        describe(&mut out, map.get("description").and_then(Value::as_str), &notes);
        Value::Object(out)
    }

    fn reference(&mut self, target: &str, out: &mut Keywords, at: &str) {
        if target == "#" {
            self.refers_to_root = true;
            out.insert("$ref".to_owned(), format!("#/$defs/{}", self.root_name).into());
        } else if target.strip_prefix("#/$defs/").is_some_and(|name| !name.contains('/')) {
            out.insert("$ref".to_owned(), target.into());
        } else {
            self.problem(at, "refers to something that is not in `$defs`");
        }
    }

    fn scalars(&mut self, values: &[Value], at: &str) {
        if values.iter().any(|value| value.is_array() || value.is_object()) {
            self.problem(at, "has a list or an object among its values, the vendor wants strings or numbers");
        }
    }
}

/// Whether a keyword is told in words.
fn is_note(keyword: &str, value: &Value, used: &[&str]) -> bool {
    let nothing = match keyword {
        "default" => value.is_null(),
        "uniqueItems" => *value == Value::Bool(false),
        "patternProperties" => true,
        _ => false,
    };
    !nothing && !used.contains(&keyword) && !SILENT.contains(&keyword)
}

/// Writes the description; returns whether there is one.
fn describe(out: &mut Keywords, own: Option<&str>, notes: &[String]) -> bool {
    let notes = if notes.is_empty() { String::new() } else { format!("{{{}}}", notes.join(", ")) };
    let text = match own {
        Some(own) if notes.is_empty() => own.to_owned(),
        Some(own) => format!("{own}\n\n{notes}"),
        None if notes.is_empty() => return false,
        None => notes,
    };
    out.insert("description".to_owned(), text.into());
    true
}
