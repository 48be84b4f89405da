//! Objects and lists.

use serde_json::{Map, Value};

use super::keyword::Rules;
use super::{Counts, Keywords, Objects, Translator, describe, item, notes, property, root};
use crate::schema::validate::words;

impl Translator<'_> {
    /// An object with its properties, and its other keys where the dialect has them.
    pub(super) fn object(&mut self, rules: &Rules<'_>, at: &str) -> Value {
        let others = self.other_keys(rules, at);
        let properties = rules.get("properties").and_then(Value::as_object);
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
            let field = match default_in_words(schema) {
                Some(words) => self.schema(&with_words(schema, &words), &path),
                None => self.schema(schema, &path),
            };
            fields.insert(name.clone(), field);
        }
        for name in required.iter().filter(|name| !properties.is_some_and(|map| map.contains_key(**name))) {
            let field = self.anything(&property(at, name));
            fields.insert((*name).to_owned(), field);
        }
        let all_required = self.dialect.all_required;
        let required = fields.keys().filter(|name| all_required || required.contains(&name.as_str()));
        let required: Vec<_> = required.cloned().collect();
        let most = (self.dialect.objects != Objects::Open).then_some(fields.len());
        // Where all are required, some are null in place of being absent.
        let always = if all_required { &[][..] } else { &required };
        let notes = notes::of_object(rules, always, most);
        let mut out = Keywords::new();
        out.insert("type".to_owned(), "object".into());
        if !fields.is_empty() || self.dialect.objects != Objects::Open {
            out.insert("properties".to_owned(), Value::Object(fields));
        }
        if !required.is_empty() || all_required {
            out.insert("required".to_owned(), required.into());
        }
        match self.dialect.objects {
            Objects::Closed => {
                out.insert("additionalProperties".to_owned(), false.into());
            }
            Objects::Named => {}
            Objects::Open => out.extend(others.map(|others| ("additionalProperties".to_owned(), others))),
        }
        describe(&mut out, None, &notes);
        Value::Object(out)
    }

    /// What the keys without a name of their own hold, if that is said.
    fn other_keys(&mut self, rules: &Rules<'_>, at: &str) -> Option<Value> {
        if self.dialect.objects != Objects::Open {
            if has_free_keys(rules) {
                let is_map = rules.get("properties").and_then(Value::as_object).is_none_or(Map::is_empty);
                let what = if is_map { "is a map with free keys" } else { "takes free keys beside its own" };
                self.lacks(at, what, if is_map { "named fields" } else { "named fields only" });
            }
            return None;
        }
        let said = rules.get("additionalProperties").or_else(|| rules.get("unevaluatedProperties"));
        let path = property(at, "*");
        match said? {
            Value::Bool(said) => Some(Value::Bool(*said)),
            said => Some(self.schema(said, &path)),
        }
    }

    /// A list of items of one type, or of a type for each place where the dialect has that.
    pub(super) fn array(&mut self, rules: &Rules<'_>, at: &str) -> Value {
        let mut out = Keywords::new();
        out.insert("type".to_owned(), "array".into());
        let older = rules.get("items").filter(|items| items.is_array());
        let places = rules.get("prefixItems").or(older).and_then(Value::as_array);
        let items = if older.is_some() { rules.get("additionalItems") } else { rules.get("items") };
        let mut most = rules.count("maxItems");
        if let Some(places) = places {
            if !self.dialect.tuples {
                self.lacks(at, "is a tuple", "a list whose items have one type, or an object");
                return Value::Null;
            }
            let written = places.iter().enumerate().map(|(i, place)| self.schema(place, &format!("{}[{i}]", root(at))));
            out.insert("prefixItems".to_owned(), written.collect());
        }
        match items {
            // Nothing comes after the places.
            Some(Value::Bool(false)) => {
                let places = places.map_or(0, Vec::len) as u64;
                most = Some(most.map_or(places, |most| most.min(places)));
                if places == 0 {
                    let any = self.anything(&item(at));
                    out.insert("items".to_owned(), any);
                }
            }
            Some(items) => {
                let items = self.schema(items, &item(at));
                out.insert("items".to_owned(), items);
            }
            None if places.is_some() => {}
            None => {
                let items = self.anything(&item(at));
                out.insert("items".to_owned(), items);
            }
        }
        let least = rules.count("minItems").filter(|least| *least > 0);
        let mut notes = Vec::new();
        if self.dialect.counts == Counts::AtLeastOne {
            out.extend(least.map(|_| ("minItems".to_owned(), 1.into())));
            notes.extend(notes::between(least.filter(|least| *least > 1 || most.is_some()), most, "item", "items"));
        } else {
            out.extend(least.map(|least| ("minItems".to_owned(), least.into())));
            out.extend(most.map(|most| ("maxItems".to_owned(), most.into())));
        }
        notes.extend(notes::of_array(rules));
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

/// What is taken where the value is absent, for a field that may be.
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
