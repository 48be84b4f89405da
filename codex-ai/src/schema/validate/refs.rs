//! Where a `$ref` leads: to a JSON pointer, an `$anchor` or an `$id` of the same document.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::{Map, Value};

/// A keyword that holds schemas, and the key or number of each.
#[derive(Clone, Copy)]
pub(in crate::schema) enum Held<'s> {
    /// The keyword's value is the schema.
    Alone,
    /// One of a list.
    At(usize),
    /// One of an object.
    Under(&'s str),
}

/// The schemas that stand directly in this one, each with its keyword.
pub(in crate::schema) fn subschemas(map: &Map<String, Value>) -> impl Iterator<Item = (&str, Held<'_>, &Value)> {
    map.iter().flat_map(|(keyword, value)| {
        let mut held = Vec::new();
        match (keyword.as_str(), value) {
            ("items" | "allOf" | "anyOf" | "oneOf" | "prefixItems", Value::Array(list)) => {
                held.extend(list.iter().enumerate().map(|(i, value)| (Held::At(i), value)));
            }
            (
                "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas",
                Value::Object(schemas),
            ) => held.extend(schemas.iter().map(|(key, value)| (Held::Under(key.as_str()), value))),
            (
                "items"
                | "additionalItems"
                | "contains"
                | "additionalProperties"
                | "propertyNames"
                | "unevaluatedItems"
                | "unevaluatedProperties"
                | "not"
                | "if"
                | "then"
                | "else",
                value,
            ) => held.push((Held::Alone, value)),
            _ => {}
        }
        held.into_iter().map(move |(place, value)| (keyword.as_str(), place, value))
    })
}

/// The names under which the schemas of a document can be found.
pub(crate) struct References<'s> {
    /// The document itself, then each schema in it that has an `$id`: its URI and place.
    resources: Vec<(Cow<'s, str>, &'s Value)>,
    /// Which resource a schema belongs to, by its address.
    owner: HashMap<*const Value, usize>,
    anchors: HashMap<(usize, &'s str), &'s Value>,
}

impl<'s> References<'s> {
    /// Goes through all schemas of the document once.
    pub(crate) fn of(document: &'s Value) -> Self {
        let mut found =
            Self { resources: vec![(Cow::Borrowed(""), document)], owner: HashMap::new(), anchors: HashMap::new() };
        let mut open = vec![(document, 0)];
        while let Some((schema, owner)) = open.pop() {
            let owner = found.enter(schema, owner);
            if let Value::Object(map) = schema {
                open.extend(subschemas(map).map(|(_, _, inner)| (inner, owner)));
            }
        }
        found
    }

    /// Notes the names of one schema; the resource that those inside belong to.
    fn enter(&mut self, schema: &'s Value, outer: usize) -> usize {
        let mut owner = outer;
        if let Some(id) = schema.get("$id").and_then(Value::as_str) {
            match id.strip_prefix('#') {
                // The older spelling of an anchor.
                Some(anchor) => {
                    self.anchors.insert((owner, anchor), schema);
                }
                None => {
                    let uri = join(&self.resources[outer].0, id.strip_suffix('#').unwrap_or(id));
                    if std::ptr::eq(schema, self.resources[0].1) {
                        self.resources[0].0 = uri;
                    } else {
                        owner = self.resources.len();
                        self.resources.push((uri, schema));
                    }
                }
            }
        }
        for keyword in ["$anchor", "$dynamicAnchor"] {
            if let Some(anchor) = schema.get(keyword).and_then(Value::as_str) {
                self.anchors.insert((owner, anchor), schema);
            }
        }
        self.owner.insert(schema, owner);
        owner
    }

    /// Whether the document holds others with an `$id` of their own.
    pub(in crate::schema) fn is_one_document(&self) -> bool {
        self.resources.len() == 1
    }

    /// The schema that a reference in the schema `from` leads to.
    pub(crate) fn resolve(&self, from: &Value, reference: &str) -> Option<&'s Value> {
        let owner = self.owner.get(&std::ptr::from_ref(from)).copied().unwrap_or(0);
        let (uri, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let target = if uri.is_empty() {
            owner
        } else {
            let uri = join(&self.resources[owner].0, uri);
            self.resources.iter().position(|(known, _)| *known == uri)?
        };
        let fragment = percent_decoded(fragment)?;
        if fragment.is_empty() || fragment.starts_with('/') {
            self.resources[target].1.pointer(&fragment)
        } else {
            self.anchors.get(&(target, fragment.as_ref())).copied()
        }
    }
}

/// A URI reference against its base (RFC 3986, section 5.2; `.` and `..` at its beginning only).
fn join<'s>(base: &str, reference: &'s str) -> Cow<'s, str> {
    let has_scheme = reference.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
    });
    if has_scheme || base.is_empty() {
        return reference.into();
    }
    let authority = base.find("://").map_or(0, |at| at + 3);
    let path = base[authority..].find('/').map_or(base.len(), |at| authority + at);
    let mut reference = reference;
    let mut up = 0;
    loop {
        if let Some(rest) = reference.strip_prefix("./") {
            reference = rest;
        } else if let Some(rest) = reference.strip_prefix("../") {
            (reference, up) = (rest, up + 1);
        } else {
            break;
        }
    }
    let mut keep =
        if reference.starts_with('/') { path } else { base[path..].rfind('/').map_or(path, |at| path + at + 1) };
    for _ in 0..up {
        // From behind the slash of one folder to behind that of the one above.
        keep = base[path..keep.max(path + 1) - 1].rfind('/').map_or(keep, |at| path + at + 1);
    }
    format!("{}{reference}", &base[..keep]).into()
}

/// The text with its `%XX` decoded; `None` where that is no text.
fn percent_decoded(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('%') {
        return Some(text.into());
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, others)) = rest.split_first() {
        rest = others;
        if first == b'%' {
            let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &rest[2..];
        } else {
            bytes.push(first);
        }
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}
