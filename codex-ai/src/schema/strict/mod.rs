//! The form of a schema that OpenAI's strict mode takes.
//!
//! Source of the rules: OpenAI's guide "Structured model outputs", section "Supported schemas", read in November 2026,
//! and what the official SDK 3.52 sends. Every object is closed and every property required; an optional property is
//! nullable, as it is in Rust; where a default stands in for an absent value, the description tells it. What strict mode
//! cannot check goes into the description in words and is checked here when the answer comes. What it cannot hold is a
//! problem with its path in the type: a value that the type takes and the wire form does not would be lost silently.

mod choice;
mod endless;
mod flatten;
mod keyword;
mod limits;
mod object;
mod scalar;

use std::collections::{HashMap, HashSet, VecDeque};

use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::validate::path::{self, Step};
use super::validate::refs::References;
use crate::error::Problem;
use keyword::Rules;

/// Schemas inside schemas; a definition starts anew.
const DEEPEST: usize = 100;

/// More schemas than this are not translated: definitions that are written out where they are used can multiply.
const MOST_SCHEMAS: usize = 20_000;

/// How many definitions are written out inside one another before they are referred to.
const MOST_INLINED: usize = 3;

/// The strict form of a usable schema, the same bytes each time.
///
/// # Errors
/// Everything that strict mode cannot hold, each with its path in the type.
pub(super) fn compile(schema: &Value) -> Result<Box<RawValue>, Vec<Problem>> {
    let mut translator = Translator::new(schema);
    let wire = translator.document();
    if translator.problems.is_empty() {
        translator.problems = limits::check(&wire);
        translator.problems.extend(endless::check(&wire));
    }
    if !translator.problems.is_empty() {
        return Err(translator.problems);
    }
    serde_json::value::to_raw_value(&wire).map_err(|error| vec![Problem::new("", error.to_string())])
}

/// A schema being written: its keywords.
type Keywords = Map<String, Value>;

struct Translator<'s> {
    root: &'s Value,
    references: References<'s>,
    /// What a reference to a schema is written as, by the schema's address.
    names: HashMap<*const Value, String>,
    taken: HashSet<String>,
    /// The definitions that are referred to and still to be written, each with its name and the path of its first use.
    queue: VecDeque<(String, &'s Value, String)>,
    /// The definitions whose content is being written.
    open: Vec<*const Value>,
    depth: usize,
    translated: usize,
    combined: usize,
    problems: Vec<Problem>,
}

impl<'s> Translator<'s> {
    fn new(schema: &'s Value) -> Self {
        let references = References::of(schema);
        let mut names = HashMap::from([(std::ptr::from_ref(schema), "#".to_owned())]);
        // A root that is but a reference is what it refers to, and both are called `#`.
        let mut root = schema;
        while let Some(target) = keyword::only_reference(root).and_then(|to| references.resolve(root, to)) {
            names.insert(target, "#".to_owned());
            root = target;
        }
        Self {
            root,
            references,
            names,
            taken: HashSet::new(),
            queue: VecDeque::new(),
            open: Vec::new(),
            depth: 0,
            translated: 0,
            combined: 0,
            problems: Vec::new(),
        }
    }

    /// The whole: the root, then the definitions that it needs.
    fn document(&mut self) -> Value {
        if !self.references.is_one_document() {
            self.problem("", "holds several schemas with an `$id`, strict mode wants one");
            return Value::Null;
        }
        let root = self.definition(self.root, "");
        if let Some(kind) = kind_of_root(&root) {
            self.problem("", format!("the root is {kind}, strict mode wants an object"));
        }
        let mut root = match root {
            Value::Object(root) => root,
            _ => Keywords::new(),
        };
        let mut definitions = Keywords::new();
        while let Some((name, schema, at)) = self.queue.pop_front() {
            let definition = self.definition(schema, &at);
            definitions.insert(name, definition);
        }
        if !definitions.is_empty() {
            root.insert("$defs".to_owned(), Value::Object(definitions));
        }
        Value::Object(root)
    }

    fn definition(&mut self, schema: &'s Value, at: &str) -> Value {
        self.open.push(schema);
        let definition = self.schema(schema, at);
        self.open.pop();
        definition
    }

    fn problem(&mut self, at: &str, message: impl Into<String>) {
        // What is written out in several places is still one thing to put right.
        let problem = Problem::new(at, message);
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    /// One schema. Where it cannot be held there is a problem, and the result is of no use.
    fn schema(&mut self, schema: &Value, at: &str) -> Value {
        self.translated += 1;
        if self.depth >= DEEPEST || self.translated > MOST_SCHEMAS {
            self.problem("", "is too large for strict mode");
            return Value::Null;
        }
        self.depth += 1;
        let result = match schema {
            Value::Object(map) => self.rules(&Rules::of(map), schema, at),
            Value::Bool(false) => self.nothing(at),
            _ => self.anything(at),
        };
        self.depth -= 1;
        result
    }

    fn anything(&mut self, at: &str) -> Value {
        self.problem(at, "can be any value, strict mode wants a type");
        Value::Null
    }

    fn nothing(&mut self, at: &str) -> Value {
        self.problem(at, "accepts no value at all");
        Value::Null
    }

    fn rules(&mut self, rules: &Rules<'_>, schema: &Value, at: &str) -> Value {
        if let Some(reference) = rules.only("$ref").and_then(Value::as_str) {
            return self.reference(schema, reference, rules.description(), at);
        }
        if let Some(forms) = rules.only("anyOf").or_else(|| rules.only("oneOf")).and_then(Value::as_array) {
            return self.choice(forms, rules.description(), at);
        }
        if rules.has_any(&["$ref", "$dynamicRef", "allOf", "anyOf", "oneOf"]) {
            return self.combined(rules, schema, at);
        }
        self.plain(rules, at)
    }

    /// A reference, as it is where it stands alone; beside a description its target is written out, since strict mode
    /// takes no keyword beside `$ref`.
    fn reference(&mut self, from: &Value, reference: &str, description: Option<&str>, at: &str) -> Value {
        let Some(mut target) = self.references.resolve(from, reference) else {
            self.problem(at, "refers to nothing");
            return Value::Null;
        };
        let mut reference = reference;
        while let Some((next, to)) =
            keyword::only_reference(target).and_then(|to| Some((self.references.resolve(target, to)?, to)))
        {
            (target, reference) = (next, to);
        }
        let Some(description) = description else {
            return json!({ "$ref": self.name_of(target, reference, at) });
        };
        let address = std::ptr::from_ref(target);
        if self.open.contains(&address) || self.open.len() > MOST_INLINED {
            let inner = json!({ "$ref": self.name_of(target, reference, at) });
            return json!({ "description": description, "anyOf": [inner] });
        }
        self.open.push(address);
        let mut written = self.schema(target, at);
        self.open.pop();
        if let Value::Object(out) = &mut written {
            describe(out, Some(description), &[]);
        }
        written
    }

    /// What a reference to the schema is written as.
    fn name_of(&mut self, target: &'s Value, reference: &str, at: &str) -> String {
        if let Some(name) = self.names.get(&std::ptr::from_ref(target)) {
            return name.clone();
        }
        let last = reference.rsplit(['/', '#']).next().unwrap_or_default();
        let plain: String = last.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
        let plain = if plain.is_empty() { "Part".to_owned() } else { plain };
        let mut name = plain.clone();
        for number in 2.. {
            if self.taken.insert(name.clone()) {
                break;
            }
            name = format!("{plain}_{number}");
        }
        let written = format!("#/$defs/{name}");
        self.names.insert(target, written.clone());
        self.queue.push_back((name, target, at.to_owned()));
        written
    }

    /// A schema without references and combinations: values, or types with their keywords.
    fn plain(&mut self, rules: &Rules<'_>, at: &str) -> Value {
        let branches = rules.get("if").is_some() && rules.has_any(&["then", "else"]);
        if branches || rules.get("dependentSchemas").and_then(Value::as_object).is_some_and(|map| !map.is_empty()) {
            let keyword = if branches { "if" } else { "dependentSchemas" };
            self.problem(at, format!("depends on conditions (`{keyword}`), which strict mode does not hold"));
            return Value::Null;
        }
        let mut notes = Vec::new();
        if let Some(not) = rules.get("not") {
            match keyword::excluded(not) {
                keyword::Excluded::Values(words) => notes.push(format!("Not {words}.")),
                keyword::Excluded::All => return self.nothing(at),
                keyword::Excluded::Other => {
                    self.problem(at, "excludes a form (`not`), which strict mode does not hold");
                    return Value::Null;
                }
            }
        }
        let mut written =
            if rules.has_any(&["enum", "const"]) { self.values(rules, at) } else { self.typed(rules, at) };
        if let Value::Object(out) = &mut written {
            describe(out, rules.description(), &notes);
        }
        written
    }

    /// A schema by its types.
    fn typed(&mut self, rules: &Rules<'_>, at: &str) -> Value {
        let types = rules.types();
        let mut forms = Vec::new();
        for name in types.iter().filter(|name| **name != "null") {
            forms.push(match *name {
                "object" => self.object(rules, at),
                "array" => self.array(rules, at),
                scalar => scalar::translate(scalar, rules),
            });
        }
        match (forms.len(), types.contains(&"null")) {
            (0, true) => json!({ "type": "null" }),
            (0, false) => self.anything(at),
            (1, false) => forms.remove(0),
            (1, true) => or_null(forms.remove(0)),
            (_, nullable) => {
                if nullable {
                    forms.push(json!({ "type": "null" }));
                }
                json!({ "anyOf": forms })
            }
        }
    }
}

/// The form, or null.
fn or_null(mut form: Value) -> Value {
    let kind = form.get("type").and_then(Value::as_str);
    if let Some(scalar @ ("string" | "number" | "integer" | "boolean")) = kind {
        let types = json!([scalar, "null"]);
        if let Value::Object(out) = &mut form {
            out.insert("type".to_owned(), types);
            if let Some(Value::Array(values)) = out.get_mut("enum") {
                values.push(Value::Null);
            }
        }
        return form;
    }
    json!({ "anyOf": [form, { "type": "null" }] })
}

/// Puts words in front of the description that is there, and notes, each a sentence, after it.
fn describe(out: &mut Keywords, words: Option<&str>, notes: &[String]) {
    let words = words.unwrap_or_default().trim();
    let before = match out.shift_remove("description") {
        Some(Value::String(text)) if text != words => text,
        _ => String::new(),
    };
    let mut text = words.to_owned();
    for more in [before.as_str()].into_iter().chain(notes.iter().map(String::as_str)).filter(|more| !more.is_empty()) {
        if !text.is_empty() {
            if text.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '`' | '"' | ')')) {
                text.push('.');
            }
            text.push(if more.contains('\n') { '\n' } else { ' ' });
        }
        text.push_str(more);
    }
    if !text.is_empty() {
        out.shift_insert(0, "description".to_owned(), Value::String(text));
    }
}

/// The path of a property.
fn property(at: &str, name: &str) -> String {
    let mut path = at.to_owned();
    path::push(&mut path, Step::Key(name));
    path
}

/// The path of the items of a list.
fn item(at: &str) -> String {
    format!("{}[]", if at.is_empty() { "$" } else { at })
}

/// What the root is, if it is no object.
fn kind_of_root(root: &Value) -> Option<String> {
    if root.get("anyOf").is_some() {
        return Some("a choice of forms".to_owned());
    }
    Some(match root.get("type") {
        Some(Value::String(name)) => match name.as_str() {
            "object" => return None,
            "array" => "a list".to_owned(),
            "integer" => "a whole number".to_owned(),
            "boolean" => "true or false".to_owned(),
            "null" => "null".to_owned(),
            other => format!("a {other}"),
        },
        Some(_) => "a value that may be null".to_owned(),
        None => return None,
    })
}
