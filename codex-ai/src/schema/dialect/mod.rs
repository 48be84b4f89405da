//! The form of a schema that a vendor takes, written by the rules of the vendor's dialect.
//!
//! What the dialect has is sent; what it lacks goes into the description in short words, once, and is checked here when
//! the answer comes; what can be neither is a problem with its path in the type: a value that the type takes and the
//! vendor's form does not would be lost silently. Shapes that the vendor has not are written as others before. Remarks (`title`, `examples`, `x-*` ..) are left out.

mod choice;
mod endless;
mod keyword;
mod notes;
mod object;
mod ordering;
mod rules;
mod scalar;

use std::collections::{HashMap, HashSet, VecDeque};

use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::validate::path::{self, Step};
use super::validate::refs::References;
use crate::error::Problem;
use keyword::Rules;
pub(super) use rules::{Counts, Dialect, Null, Objects, Patterns, Referring};

/// Schemas inside schemas; a definition starts anew.
const DEEPEST: usize = 100;

/// More schemas than this are not translated: definitions that are written out where they are used can multiply.
const MOST_SCHEMAS: usize = 20_000;

/// How many definitions are written out inside one another before they are referred to.
const MOST_INLINED: usize = 3;

/// The form of a usable schema in a dialect, the same each time.
///
/// # Errors
/// Everything that the dialect cannot hold, each with its path in the type.
pub(super) fn translate(schema: &Value, dialect: &'static Dialect) -> Result<Value, Vec<Problem>> {
    let mut translator = Translator::new(schema, dialect);
    let mut wire = translator.document();
    if translator.problems.is_empty() {
        translator.problems.extend(endless::check(&wire, dialect));
    }
    if !translator.problems.is_empty() {
        return Err(translator.problems);
    }
    if dialect.ordering {
        ordering::write(&mut wire);
    }
    Ok(wire)
}

/// A schema as it is sent.
///
/// # Errors
/// When it cannot be written, which does not happen.
pub(super) fn raw(wire: &Value) -> Result<Box<RawValue>, Vec<Problem>> {
    serde_json::value::to_raw_value(wire).map_err(|error| vec![Problem::new("", error.to_string())])
}

/// A schema being written: its keywords.
type Keywords = Map<String, Value>;

struct Translator<'s> {
    dialect: &'static Dialect,
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
    /// Whether something refers to the whole schema.
    refers_to_root: bool,
    problems: Vec<Problem>,
}

impl<'s> Translator<'s> {
    fn new(schema: &'s Value, dialect: &'static Dialect) -> Self {
        let references = References::of(schema);
        // A root that is but a reference is what it refers to, and both have one name.
        let mut root = schema;
        let mut chain = vec![std::ptr::from_ref(schema)];
        let mut named = "Root";
        while let Some((target, reference)) =
            keyword::only_reference(root).and_then(|reference| Some((references.resolve(root, reference)?, reference)))
        {
            chain.push(target);
            (root, named) = (target, reference);
        }
        let mut taken = HashSet::new();
        let name = match dialect.references {
            Referring::Definitions => {
                let name = keyword::name_of(named);
                taken.insert(name.clone());
                format!("#/$defs/{name}")
            }
            _ => "#".to_owned(),
        };
        Self {
            dialect,
            root,
            references,
            names: chain.into_iter().map(|schema| (schema, name.clone())).collect(),
            taken,
            queue: VecDeque::new(),
            open: Vec::new(),
            depth: 0,
            translated: 0,
            refers_to_root: false,
            problems: Vec::new(),
        }
    }

    /// The whole: the root, then the definitions that it needs.
    fn document(&mut self) -> Value {
        if !self.references.is_one_document() {
            self.lacks("", "holds several schemas with an `$id`", "one");
            return Value::Null;
        }
        let mut root = self.definition(self.root, "");
        if let Some(kind) = kind_of_root(&root).filter(|_| self.dialect.object_root) {
            self.lacks("", &format!("the root is {kind}"), "an object");
        }
        let mut definitions = Keywords::new();
        while let Some((name, schema, at)) = self.queue.pop_front() {
            let definition = self.definition(schema, &at);
            definitions.insert(name, definition);
        }
        if self.refers_to_root && self.dialect.references == Referring::Definitions {
            let name = self.names[&std::ptr::from_ref(self.root)].clone();
            let whole = std::mem::replace(&mut root, json!({ "$ref": name }));
            definitions.insert(name.trim_start_matches("#/$defs/").to_owned(), whole);
        }
        if let (Value::Object(root), false) = (&mut root, definitions.is_empty()) {
            root.insert("$defs".to_owned(), Value::Object(definitions));
        }
        root
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

    /// Notes that the dialect cannot hold something, and what it wants instead.
    fn lacks(&mut self, at: &str, what: &str, wanted: &str) {
        self.problem(at, format!("{what}, {} wants {wanted}", self.dialect.name));
    }

    /// One schema. Where it cannot be held there is a problem, and the result is of no use.
    fn schema(&mut self, schema: &Value, at: &str) -> Value {
        self.translated += 1;
        if self.depth >= DEEPEST || self.translated > MOST_SCHEMAS {
            self.problem("", format!("is too large for {}", self.dialect.name));
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
        if self.dialect.any {
            return json!({});
        }
        self.lacks(at, "can be any value", "a type");
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
            // The shapes are rewritten before, so that there is none.
            self.lacks(at, "combines several schemas", "one");
            return Value::Null;
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
        if description.is_none() && self.dialect.references != Referring::Inline {
            return json!({ "$ref": self.name_of(target, reference, at) });
        }
        let address = std::ptr::from_ref(target);
        let is_open = self.open.contains(&address);
        let written_out = match self.dialect.references {
            Referring::Written => !is_open && self.open.len() <= MOST_INLINED,
            Referring::Root | Referring::Definitions => false,
            Referring::Inline => true,
        };
        if written_out && is_open {
            self.lacks(at, "contains itself", "types that do not");
            return Value::Null;
        }
        if !written_out {
            let inner = json!({ "$ref": self.name_of(target, reference, at) });
            return json!({ "description": description, "anyOf": [inner] });
        }
        self.open.push(address);
        let mut written = self.schema(target, at);
        self.open.pop();
        if let Value::Object(out) = &mut written {
            describe(out, description, &[]);
        }
        written
    }

    /// What a reference to the schema is written as.
    fn name_of(&mut self, target: &'s Value, reference: &str, at: &str) -> String {
        if let Some(name) = self.names.get(&std::ptr::from_ref(target)) {
            self.refers_to_root |= std::ptr::eq(target, self.root);
            return name.clone();
        }
        let plain = keyword::name_of(reference);
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
        let mut notes = Vec::new();
        if !self.conditions(rules, &mut notes, at) {
            return Value::Null;
        }
        let mut written =
            if rules.has_any(&["enum", "const"]) { self.values(rules, at) } else { self.typed(rules, &mut notes, at) };
        if let Value::Object(out) = &mut written {
            describe(out, rules.description(), &notes);
        }
        written
    }

    /// A schema by its types.
    fn typed(&mut self, rules: &Rules<'_>, notes: &mut Vec<String>, at: &str) -> Value {
        let types = rules.types();
        if types.is_empty() && self.dialect.any {
            notes.extend(notes::of_any(rules));
        }
        let mut forms = Vec::new();
        for name in types.iter().filter(|name| **name != "null") {
            forms.push(match *name {
                "object" => self.object(rules, at),
                "array" => self.array(rules, at),
                scalar => scalar::translate(scalar, rules, self.dialect),
            });
        }
        let nullable = types.contains(&"null");
        match (forms.len(), nullable) {
            (0, true) => json!({ "type": "null" }),
            (0, false) => self.anything(at),
            _ => self.any_of(forms, nullable),
        }
    }

    /// One of several forms, or null.
    fn any_of(&self, mut forms: Vec<Value>, nullable: bool) -> Value {
        if forms.len() == 1 {
            let form = forms.remove(0);
            return if nullable { or_null(form, self.dialect) } else { form };
        }
        match self.dialect.null {
            Null::Keyword if nullable => json!({ "anyOf": forms, "nullable": true }),
            Null::Listed if nullable => {
                forms.push(json!({ "type": "null" }));
                json!({ "anyOf": forms })
            }
            _ => json!({ "anyOf": forms }),
        }
    }
}

/// The form, or null.
fn or_null(mut form: Value, dialect: &Dialect) -> Value {
    if dialect.null == Null::Keyword {
        if let Value::Object(out) = &mut form {
            out.insert("nullable".to_owned(), true.into());
        }
        return form;
    }
    let kind = form.get("type").and_then(Value::as_str);
    let has_room = form.get("enum").is_none() || dialect.enums.contains(&"null");
    if let Some(scalar @ ("string" | "number" | "integer" | "boolean")) = kind.filter(|_| has_room) {
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
    format!("{}[]", root(at))
}

/// The path, where something follows that needs one.
fn root(at: &str) -> &str {
    if at.is_empty() { "$" } else { at }
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
