//! How deep the smallest value of a schema is: what makes recursion end.

use std::collections::HashMap;

use serde_json::Value;

use super::goal::{Keywords, reference, resolve, whole};

/// For every schema of a document the depth of its smallest value; a schema that needs endless nesting has none.
#[derive(Debug)]
pub(super) struct Heights<'s> {
    root: &'s Value,
    known: HashMap<*const Keywords, usize>,
    /// Whether the document was small enough to be worked out.
    complete: bool,
}

/// Schemas whose smallest value is deeper than this count as endless.
pub(super) const DEEPEST: usize = 64;

/// Larger documents are not worked out; their values are made without this help, within the bound on their size.
const MOST_SCHEMAS: usize = 50_000;

impl<'s> Heights<'s> {
    pub(super) fn of(root: &'s Value) -> Self {
        let mut schemas = Vec::new();
        collect(root, &mut schemas);
        let complete = schemas.len() < MOST_SCHEMAS;
        let mut heights = Self { root, known: HashMap::new(), complete };
        if !complete {
            return heights;
        }
        // A height depends on smaller ones only, so after n rounds all heights up to n are right.
        for _ in 0..=DEEPEST {
            let mut changed = false;
            // Parts come before what holds them when walked backwards, which settles most in one round.
            for &keywords in schemas.iter().rev() {
                if heights.known.contains_key(&std::ptr::from_ref(keywords)) {
                    continue;
                }
                if let Some(height) = heights.work_out(keywords) {
                    heights.known.insert(keywords, height);
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
        heights
    }

    /// The depth of the smallest value, if there is one.
    pub(super) fn get(&self, schema: &Value) -> Option<usize> {
        match schema {
            _ if !self.complete => Some(0),
            Value::Object(keywords) => self.known.get(&std::ptr::from_ref(keywords)).copied(),
            Value::Bool(false) => None,
            _ => Some(0),
        }
    }

    /// The height if those of all parts that it needs are known.
    fn work_out(&self, keywords: &Keywords) -> Option<usize> {
        let mut height = 0;
        if let Some(target) = reference(keywords) {
            // A reference that leads nowhere is reported where it is met.
            height = resolve(self.root, target).map_or(Some(0), |target| self.get(target))?;
        }
        for schema in list(keywords, "allOf") {
            height = height.max(self.get(schema)?);
        }
        for name in ["anyOf", "oneOf"] {
            if keywords.contains_key(name) {
                height = height.max(list(keywords, name).filter_map(|schema| self.get(schema)).min()?);
            }
        }
        if keywords.contains_key("const") || keywords.contains_key("enum") {
            return Some(height);
        }
        let own = match (needs(keywords, "object", "properties"), needs(keywords, "array", "items")) {
            (true, _) => self.object(keywords)?,
            (_, true) => self.array(keywords)?,
            _ => 0,
        };
        let height = height.max(own);
        (height <= DEEPEST).then_some(height)
    }

    fn object(&self, keywords: &Keywords) -> Option<usize> {
        let properties = keywords.get("properties");
        let required = keywords.get("required").and_then(Value::as_array).into_iter().flatten();
        let mut height = 0;
        for schema in required.filter_map(|name| properties?.get(name.as_str()?)) {
            height = height.max(1 + self.get(schema)?);
        }
        Some(height)
    }

    fn array(&self, keywords: &Keywords) -> Option<usize> {
        let least = keywords.get("minItems").and_then(whole).unwrap_or(0) as usize;
        let mut height = 0;
        let prefix = list(keywords, "prefixItems").count();
        for schema in list(keywords, "prefixItems").take(least) {
            height = height.max(1 + self.get(schema)?);
        }
        if least > prefix
            && let Some(items) = keywords.get("items")
        {
            height = height.max(1 + self.get(items)?);
        }
        Some(height)
    }
}

fn list<'k>(keywords: &'k Keywords, name: &str) -> impl Iterator<Item = &'k Value> {
    keywords.get(name).and_then(Value::as_array).into_iter().flatten()
}

/// Whether values must be of this type: it is the only one named, or none is and the keyword speaks of it.
fn needs(keywords: &Keywords, name: &str, keyword: &str) -> bool {
    match keywords.get("type") {
        Some(Value::String(only)) => only == name,
        Some(Value::Array(names)) => names.iter().all(|other| other == name),
        _ => keywords.contains_key(keyword),
    }
}

fn collect<'s>(root: &'s Value, found: &mut Vec<&'s Keywords>) {
    let mut open = vec![root];
    while let Some(value) = open.pop() {
        match value {
            // Every object is taken for a schema: a few too many do no harm, and no keyword can be forgotten.
            Value::Object(keywords) if found.len() < MOST_SCHEMAS => {
                found.push(keywords);
                open.extend(keywords.values());
            }
            Value::Array(values) => open.extend(values),
            _ => {}
        }
    }
}
