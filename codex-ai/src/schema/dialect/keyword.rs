//! What the keywords of one schema say, remarks apart.

use serde_json::{Map, Value};

use crate::schema::keyword::{self, decides};
use crate::schema::validate::words;

/// The keywords of a schema that matter here: those that decide, and the description.
pub(super) struct Rules<'m> {
    map: &'m Map<String, Value>,
}

impl<'m> Rules<'m> {
    pub(super) fn of(map: &'m Map<String, Value>) -> Self {
        Self { map }
    }

    /// The keywords that decide, in their order.
    pub(super) fn keywords(&self) -> impl Iterator<Item = (&'m String, &'m Value)> + use<'m> {
        self.map.iter().filter(|(keyword, _)| decides(keyword))
    }

    /// The value of a keyword that decides.
    pub(super) fn get(&self, keyword: &str) -> Option<&'m Value> {
        self.map.get(keyword)
    }

    /// The keyword's value, where no other one decides.
    pub(super) fn only(&self, keyword: &str) -> Option<&'m Value> {
        self.get(keyword).filter(|_| self.keywords().count() == 1)
    }

    pub(super) fn has_any(&self, keywords: &[&str]) -> bool {
        keywords.iter().any(|keyword| self.map.contains_key(*keyword))
    }

    pub(super) fn description(&self) -> Option<&'m str> {
        self.map.get("description").and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
    }

    pub(super) fn count(&self, keyword: &str) -> Option<u64> {
        keyword::count(self.map, keyword)
    }

    /// The types by name; where none is named, those that the keywords speak of if they speak of one.
    pub(super) fn types(&self) -> Vec<&'m str> {
        match self.get("type") {
            Some(Value::String(name)) => vec![name],
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
            _ if self.has_any(&["properties", "required", "additionalProperties", "patternProperties"]) => {
                vec!["object"]
            }
            _ if self.has_any(&["items", "prefixItems"]) => vec!["array"],
            _ => Vec::new(),
        }
    }
}

/// The reference, where a schema is nothing else.
pub(super) fn only_reference(schema: &Value) -> Option<&str> {
    let map = schema.as_object()?;
    let reference = map.get("$ref")?.as_str()?;
    let alone = map.keys().all(|keyword| keyword == "$ref" || keyword != "description" && !decides(keyword));
    alone.then_some(reference)
}

/// A name for what a reference leads to.
pub(super) fn name_of(reference: &str) -> String {
    let last = reference.rsplit(['/', '#']).next().unwrap_or_default();
    let plain: String = last.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
    if plain.is_empty() { "Part".to_owned() } else { plain }
}

/// What a `not` excludes.
pub(super) enum Excluded {
    /// These values, in words.
    Values(String),
    /// Everything.
    All,
    /// A form that words do not tell shortly.
    Other,
}

pub(super) fn excluded(not: &Value) -> Excluded {
    let Value::Object(map) = not else {
        return if *not == Value::Bool(true) { Excluded::All } else { Excluded::Other };
    };
    let rules = Rules::of(map);
    if rules.keywords().next().is_none() {
        return Excluded::All;
    }
    let values = match (rules.only("const"), rules.only("enum")) {
        (Some(value), _) => std::slice::from_ref(value),
        (_, Some(Value::Array(values))) => values.as_slice(),
        _ => return Excluded::Other,
    };
    Excluded::Values(values.iter().map(words::quoted).collect::<Vec<_>>().join(", "))
}
