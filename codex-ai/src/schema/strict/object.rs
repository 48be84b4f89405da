//! Objects and lists.

use serde_json::{Value, json};

use super::keyword::Rules;
use super::{Keywords, Translator, describe, item, property};
use crate::schema::validate::words;

impl Translator<'_> {
    /// An object with named fields: closed, all of them required.
    pub(super) fn object(&mut self, rules: &Rules<'_>, at: &str) -> Value {
        let properties = rules.get("properties").and_then(Value::as_object);
        let names = || properties.into_iter().flat_map(|map| map.keys());
        if has_free_keys(rules) {
            let message = if names().next().is_some() {
                "takes free keys beside its own, strict mode wants named fields only"
            } else {
                "is a map with free keys, strict mode wants named fields"
            };
            self.problem(at, message);
        }
        let required: Vec<_> =
            rules.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let mut fields = Keywords::new();
        for (name, schema) in properties.into_iter().flatten() {
            let is_required = required.contains(&name.as_str());
            if *schema == Value::Bool(false) && !is_required {
                // A field that may not be there is left out.
                continue;
            }
            let path = property(at, name);
            let field = match default_in_words(schema).filter(|_| !is_required) {
                Some(words) => self.schema(&with_words(schema, &words), &path),
                None => self.schema(schema, &path),
            };
            fields.insert(name.clone(), field);
        }
        for name in required.iter().filter(|name| !properties.is_some_and(|map| map.contains_key(**name))) {
            self.anything(&property(at, name));
        }
        self.check_counts(rules, fields.len() as u64, at);
        let all: Vec<_> = fields.keys().cloned().collect();
        json!({ "type": "object", "properties": fields, "required": all, "additionalProperties": false })
    }

    /// With all fields there, the number of keys is known; `dependentRequired` is met as well.
    fn check_counts(&mut self, rules: &Rules<'_>, fields: u64, at: &str) {
        let too_few = rules.count("minProperties").is_some_and(|fewest| fields < fewest);
        let too_many = rules.count("maxProperties").is_some_and(|most| fields > most);
        if too_few || too_many {
            self.problem(at, "limits the number of its keys, strict mode always has all fields");
        }
        if rules.get("propertyNames").is_some() && !has_free_keys(rules) {
            self.problem(at, "limits the names of its keys (`propertyNames`), which strict mode does not hold");
        }
    }

    /// A list of items of one type.
    pub(super) fn array(&mut self, rules: &Rules<'_>, at: &str) -> Value {
        let mut out = Keywords::new();
        out.insert("type".to_owned(), "array".into());
        if rules.get("prefixItems").is_some() || rules.get("items").is_some_and(Value::is_array) {
            self.problem(at, "is a tuple, strict mode wants a list whose items have one type, or an object");
            return Value::Null;
        }
        let items = match rules.get("items") {
            Some(items) => self.schema(items, &item(at)),
            None => self.anything(&item(at)),
        };
        out.insert("items".to_owned(), items);
        for keyword in ["minItems", "maxItems"] {
            if let Some(count) = rules.get(keyword) {
                out.insert(keyword.to_owned(), count.clone());
            }
        }
        let mut notes = Vec::new();
        if rules.get("uniqueItems") == Some(&Value::Bool(true)) {
            notes.push("No item twice.".to_owned());
        }
        if let Some(contains) = rules.get("contains") {
            match (contains.get("const"), rules.get("minContains"), rules.get("maxContains")) {
                (Some(value), None, None) => notes.push(format!("Must contain {}.", words::quoted(value))),
                _ => self.problem(at, "wants certain items (`contains`), which strict mode does not hold"),
            }
        }
        describe(&mut out, None, &notes);
        Value::Object(out)
    }
}

/// Whether keys without a name of their own are part of the type. An object about which nothing is said has none: so
/// schemars writes a struct without fields, while it says `additionalProperties` for a map.
fn has_free_keys(rules: &Rules<'_>) -> bool {
    let open = |keyword: &str| rules.get(keyword).is_some_and(|schema| *schema != Value::Bool(false));
    let patterns = rules.get("patternProperties").and_then(Value::as_object).is_some_and(|map| !map.is_empty());
    open("additionalProperties") || open("unevaluatedProperties") || patterns
}

/// What is taken where the value is absent, for a field that the wire always has.
fn default_in_words(schema: &Value) -> Option<String> {
    let default = schema.get("default").filter(|default| !default.is_null())?;
    Some(format!("The default is {}.", words::cut(&default.to_string())))
}

/// The schema with something added to its description.
fn with_words(schema: &Value, words: &str) -> Value {
    let mut schema = schema.clone();
    if let Value::Object(map) = &mut schema {
        let own = map.shift_remove("description");
        let mut described = Keywords::new();
        describe(&mut described, own.as_ref().and_then(Value::as_str), &[words.to_owned()]);
        map.extend(described);
    }
    schema
}
