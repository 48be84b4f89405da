//! The types themselves.

use std::fmt::Write;

use serde_json::{Map, Value};

use super::comments::description;
use super::names::{DEEPEST, Names};
use super::notes;

type Object = Map<String, Value>;

/// Words that name no definition.
pub(super) const WORDS: [&str; 9] = ["string", "int", "number", "bool", "null", "any", "never", "true", "false"];

pub(super) struct Writer<'a> {
    names: &'a Names<'a>,
    out: String,
}

/// How tightly what stands around a type binds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Around {
    Nothing,
    Union,
    Both,
    List,
}

impl<'a> Writer<'a> {
    pub(super) fn new(names: &'a Names<'a>) -> Self {
        Self { names, out: String::new() }
    }

    pub(super) fn document(mut self, root: &Value) -> String {
        let root_name = self.names.name("#").map(str::to_owned);
        match root_name {
            Some(name) => self.out.push_str(&name),
            None => {
                self.comment_above(root);
                self.written(root, Around::Nothing, 0);
            }
        }
        let names = self.names;
        for (name, schema) in names.definitions() {
            self.out.push('\n');
            self.comment_above(schema);
            let _ = write!(self.out, "{name} = ");
            self.written(schema, Around::Nothing, 0);
        }
        self.out.truncate(self.out.trim_end().len());
        self.out
    }

    /// A schema where it is used; a definition with a name is that name.
    fn used(&mut self, schema: &Value, around: Around, depth: usize) {
        if self.names.is_root(schema)
            && let Some(name) = self.names.name("#")
        {
            self.out.push_str(name);
            return;
        }
        self.written(schema, around, depth);
    }

    /// A schema in full.
    fn written(&mut self, schema: &Value, around: Around, depth: usize) {
        let object = match schema {
            Value::Bool(false) => return self.out.push_str("never"),
            Value::Object(object) if depth <= DEEPEST => object,
            Value::Object(_) => {
                self.out.push_str("any (deeper than this text goes)");
                return;
            }
            _ => return self.out.push_str("any"),
        };
        let parts = self.conjuncts(object);
        let notes = notes::of(object, is_nullable(object));
        let inner = match parts.len() {
            0 | 1 => around,
            _ => around.max(Around::Both),
        };
        let grouped = parts.len() > 1 && around >= Around::List;
        if grouped {
            self.out.push('(');
        }
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                self.out.push_str(" & ");
            }
            self.part(part, object, inner, depth);
        }
        if parts.is_empty() {
            self.out.push_str("any");
        }
        if grouped {
            self.out.push(')');
        }
        if !notes.is_empty() {
            let _ = write!(self.out, " ({})", notes.join(", "));
        }
    }

    /// What must hold all at once.
    fn conjuncts<'s>(&self, object: &'s Object) -> Vec<Conjunct<'s>> {
        let mut parts = Vec::new();
        if let Some(Value::String(reference)) = object.get("$ref") {
            parts.push(Conjunct::Reference(reference));
        }
        if let Some(value) = object.get("const") {
            parts.push(Conjunct::Values(std::slice::from_ref(value)));
        } else if let Some(Value::Array(values)) = object.get("enum") {
            parts.push(Conjunct::Values(values));
        } else if has_shape(object) {
            parts.push(Conjunct::Types);
        }
        for name in ["anyOf", "oneOf"] {
            if let Some(Value::Array(branches)) = object.get(name) {
                parts.push(Conjunct::Union(branches));
            }
        }
        if let Some(Value::Array(all)) = object.get("allOf") {
            parts.extend(all.iter().map(Conjunct::Schema));
        }
        parts
    }

    fn part(&mut self, part: &Conjunct<'_>, object: &Object, around: Around, depth: usize) {
        match part {
            Conjunct::Reference(reference) => match (self.names.name(reference), self.names.target(reference)) {
                (Some(name), _) => self.out.push_str(name),
                (None, Some(target)) => self.used(target, around, depth + 1),
                (None, None) => self.out.push_str("any"),
            },
            Conjunct::Values(values) => self.union(values.len(), around, |writer, at| {
                let _ = write!(writer.out, "{}", values[at]);
            }),
            Conjunct::Union(branches) => {
                let documented = branches.iter().any(|branch| description(branch).is_some());
                let grouped = branches.len() > 1 && around >= Around::Both;
                if grouped {
                    self.out.push('(');
                }
                for (at, branch) in branches.iter().enumerate() {
                    match (documented, at) {
                        (true, _) => self.out.push_str("\n| "),
                        (false, 0) => {}
                        (false, _) if self.out.ends_with('\n') => self.out.push_str("| "),
                        (false, _) => self.out.push_str(" | "),
                    }
                    self.used(branch, if branches.len() > 1 { Around::Union } else { around }, depth + 1);
                    self.comment_after(branch);
                }
                if documented {
                    self.out.push('\n');
                }
                if grouped {
                    self.out.push(')');
                }
            }
            Conjunct::Schema(schema) => self.used(schema, around, depth + 1),
            Conjunct::Types => {
                let types: Vec<&str> = match object.get("type") {
                    Some(Value::String(kind)) => vec![kind],
                    Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
                    _ if object.contains_key("items") || object.contains_key("prefixItems") => vec!["array"],
                    _ => vec!["object"],
                };
                self.union(types.len(), around, |writer, at| {
                    let inner = if types.len() > 1 { Around::Union } else { around };
                    writer.typed(types[at], object, inner, depth);
                });
            }
        }
    }

    /// Alternatives, in parentheses where something binds tighter.
    fn union(&mut self, count: usize, around: Around, mut write: impl FnMut(&mut Self, usize)) {
        let grouped = count > 1 && around >= Around::Both;
        if grouped {
            self.out.push('(');
        }
        for at in 0..count {
            if at > 0 {
                self.out.push_str(" | ");
            }
            write(self, at);
        }
        if count == 0 {
            self.out.push_str("never");
        }
        if grouped {
            self.out.push(')');
        }
    }

    fn typed(&mut self, kind: &str, object: &Object, around: Around, depth: usize) {
        match kind {
            "integer" => self.out.push_str("int"),
            "boolean" => self.out.push_str("bool"),
            "array" => self.array(object, around, depth),
            "object" => self.object(object, depth),
            other => self.out.push_str(other),
        }
    }

    fn array(&mut self, object: &Object, _: Around, depth: usize) {
        let items = object.get("items");
        if let Some(Value::Array(first)) = object.get("prefixItems") {
            self.out.push('[');
            for (at, item) in first.iter().enumerate() {
                if at > 0 {
                    self.out.push_str(", ");
                }
                self.used(item, Around::Nothing, depth + 1);
            }
            if let Some(rest) = items.filter(|rest| *rest != &Value::Bool(false)) {
                self.out.push_str(", ...");
                self.used(rest, Around::Nothing, depth + 1);
            }
            self.out.push(']');
            return;
        }
        let start = self.out.len();
        self.used(items.unwrap_or(&Value::Bool(true)), Around::List, depth + 1);
        // A note belongs to the item and not to the list.
        if self.out.ends_with(')') && self.out[start..].contains(" (") {
            self.out.insert(start, '(');
            self.out.push(')');
        }
        self.out.push_str("[]");
    }

    fn object(&mut self, object: &Object, depth: usize) {
        let required = |name: &str| {
            let list = object.get("required").and_then(Value::as_array);
            list.is_some_and(|list| list.iter().any(|own| own == name))
        };
        let properties = object.get("properties").and_then(Value::as_object);
        let extra: Vec<&String> = match object.get("required") {
            Some(Value::Array(list)) => list
                .iter()
                .filter_map(|name| match name {
                    Value::String(name) if !properties.is_some_and(|p| p.contains_key(name)) => Some(name),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        };
        let patterns = object.get("patternProperties").and_then(Value::as_object);
        let others = match object.get("additionalProperties") {
            Some(Value::Bool(false)) => None,
            // An object of which nothing is said takes any key.
            None if properties.is_none() && patterns.is_none() => Some(&Value::Bool(true)),
            other => other,
        };
        let count = properties.map_or(0, Map::len) + extra.len() + patterns.map_or(0, Map::len);
        let is_plain = |schema: &Value| is_short(schema) && self.names.comment(schema).is_none();
        let short = properties.is_none_or(|all| all.len() <= 3 && all.values().all(is_plain));
        let (open, between, close) = if short || count == 0 { ("{", ", ", "}") } else { ("{\n", "\n", "\n}") };
        self.out.push_str(open);
        let mut first = true;
        let mut next = |out: &mut String| {
            if !std::mem::take(&mut first) {
                // The last of several alternatives has ended its line.
                out.push_str(if out.ends_with('\n') { between.trim_start_matches('\n') } else { between });
            }
        };
        for (name, schema) in properties.into_iter().flatten() {
            next(&mut self.out);
            self.key(name);
            self.out.push_str(if required(name) { ": " } else { "?: " });
            self.used(schema, Around::Nothing, depth + 1);
            self.comment_after(schema);
        }
        for name in extra {
            next(&mut self.out);
            self.key(name);
            self.out.push_str(": any");
        }
        for (pattern, schema) in patterns.into_iter().flatten() {
            next(&mut self.out);
            let _ = write!(self.out, "[string (matching {})]: ", Value::from(pattern.as_str()));
            self.used(schema, Around::Nothing, depth + 1);
        }
        if let Some(others) = others {
            next(&mut self.out);
            self.out.push('[');
            match object.get("propertyNames") {
                Some(names) => self.used(names, Around::Nothing, depth + 1),
                None => self.out.push_str("string"),
            }
            self.out.push_str("]: ");
            self.used(others, Around::Nothing, depth + 1);
        }
        self.out.push_str(if self.out.ends_with('\n') { close.trim_start() } else { close });
    }

    fn key(&mut self, name: &str) {
        let plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '$')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '$' | '-'));
        if plain {
            self.out.push_str(name);
        } else {
            let _ = write!(self.out, "{}", Value::from(name));
        }
    }

    fn comment_after(&mut self, schema: &Value) {
        if let Some(text) = self.names.comment(schema) {
            let _ = write!(self.out, " // {text}");
        }
    }

    fn comment_above(&mut self, schema: &Value) {
        if let Some(text) = self.names.comment(schema) {
            let _ = writeln!(self.out, "// {text}");
        }
    }
}

/// One of several things that must hold at once.
enum Conjunct<'s> {
    Reference(&'s str),
    Values(&'s [Value]),
    Union(&'s [Value]),
    Schema(&'s Value),
    Types,
}

fn has_shape(object: &Object) -> bool {
    let shaping =
        ["type", "properties", "items", "prefixItems", "patternProperties", "additionalProperties", "required"];
    shaping.iter().any(|name| object.contains_key(*name))
        // `required` alone beside branches is part of them.
        && (object.len() > 1 || !object.contains_key("required"))
}

/// Whether a property may share its line with others.
fn is_short(schema: &Value) -> bool {
    match schema {
        Value::Object(object) => {
            let nested = ["$ref", "properties", "anyOf", "oneOf", "allOf", "items", "prefixItems", "description"];
            !nested.iter().any(|name| object.contains_key(*name))
                && object.get("enum").and_then(Value::as_array).is_none_or(|values| values.len() <= 4)
        }
        _ => true,
    }
}

fn is_nullable(object: &Object) -> bool {
    let is_null = |value: &Value| value == "null" || value.get("type").is_some_and(|kind| kind == "null");
    let lists = ["type", "anyOf", "oneOf"].into_iter().filter_map(|name| object.get(name)?.as_array());
    lists.flatten().any(is_null)
}
