//! `anyOf`, `oneOf`, `enum` and `const`.

use serde_json::{Value, json};

use super::keyword::Rules;
use super::{Dialect, Keywords, Null, Translator, describe, scalar};
use crate::schema::keyword::tag_first;
use crate::schema::validate::Validator;

/// The keywords that can rule out a value of an `enum` beside them.
const FILTERS: [&str; 10] = [
    "type",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "format",
];

impl Translator<'_> {
    /// A choice of forms. `oneOf` becomes `anyOf`, which strict mode knows; that a value has one form only is checked here.
    pub(super) fn choice(&mut self, forms: &[Value], description: Option<&str>, at: &str) -> Value {
        let forms: Vec<_> = forms.iter().filter(|form| !accepts_nothing(form)).collect();
        let mut written = if let Some(named) = named_values(&forms, self.dialect) {
            named
        } else {
            let written = forms.iter().map(|form| self.schema(form, at)).collect();
            self.one_of(written, at)
        };
        if description.is_some() && written.get("$ref").is_some() {
            written = json!({ "anyOf": [written] });
        }
        if let Value::Object(out) = &mut written {
            describe(out, description, &[]);
        }
        written
    }

    /// A choice of forms that are written already.
    pub(super) fn one_of(&mut self, mut written: Vec<Value>, at: &str) -> Value {
        tag_first(&mut written);
        if written.is_empty() {
            return self.nothing(at);
        }
        if self.dialect.null == Null::Keyword {
            let all = written.len();
            written.retain(|form| form.get("type").is_none_or(|name| name != "null"));
            let nullable = written.len() < all;
            if written.is_empty() {
                return json!({ "type": "null" });
            }
            return self.any_of(written, nullable);
        }
        self.any_of(written, false)
    }

    /// The values of `enum` and `const`, as one `enum` for each type.
    pub(super) fn values(&mut self, rules: &Rules<'_>, at: &str) -> Value {
        let mut values = match (rules.get("enum"), rules.get("const")) {
            (_, Some(value)) => vec![value.clone()],
            (Some(Value::Array(values)), None) => values.clone(),
            _ => Vec::new(),
        };
        let filter: Keywords = FILTERS
            .iter()
            .chain(if rules.get("const").is_some() { &["enum"][..] } else { &[] })
            .filter_map(|keyword| Some(((*keyword).to_owned(), rules.get(keyword)?.clone())))
            .collect();
        if let Ok(filter) = Validator::compile(&Value::Object(filter)) {
            values.retain(|value| filter.validate(value).is_ok());
        }
        let mut types: Vec<(&str, Vec<Value>)> = Vec::new();
        for value in values {
            let Some(name) = scalar::type_of(&value) else {
                self.lacks(at, "has a list or an object among its values", "strings or numbers");
                return Value::Null;
            };
            match types.iter_mut().find(|(known, _)| *known == name) {
                Some((_, values)) if values.contains(&value) => {}
                Some((_, values)) => values.push(value),
                None => types.push((name, vec![value])),
            }
        }
        let nullable = types.iter().any(|(name, _)| *name == "null");
        let forms: Vec<_> = types
            .into_iter()
            .filter(|(name, _)| *name != "null")
            .map(|(name, values)| scalar::choice_of(name, &values, self.dialect))
            .collect();
        match (forms.len(), nullable) {
            (0, true) => json!({ "type": "null" }),
            (0, false) => self.nothing(at),
            _ => self.any_of(forms, nullable),
        }
    }
}

fn accepts_nothing(form: &Value) -> bool {
    *form == Value::Bool(false)
}

/// An enum whose variants have no content, each perhaps with its meaning: one `enum`, the meanings in its description.
/// `None` for all other choices.
fn named_values(forms: &[&Value], dialect: &Dialect) -> Option<Value> {
    let mut values: Vec<Value> = Vec::new();
    // A line each: several meanings in one line run into one another.
    let mut meanings = Vec::new();
    for form in forms {
        let map = form.as_object()?;
        let rules = Rules::of(map);
        if !rules.keywords().all(|(keyword, _)| matches!(keyword.as_str(), "type" | "enum" | "const")) {
            return None;
        }
        let own = match (rules.get("enum"), rules.get("const")) {
            (Some(Value::Array(own)), None) => own.as_slice(),
            (None, Some(own)) => std::slice::from_ref(own),
            _ => return None,
        };
        if rules.get("type").is_some_and(|name| own.iter().any(|one| scalar::type_of(one) != name.as_str())) {
            return None;
        }
        let meaning = rules.description().or_else(|| map.get("title").and_then(Value::as_str));
        if let (Some(meaning), [one]) = (meaning, own) {
            let one = one.as_str().map_or_else(|| one.to_string(), str::to_owned);
            meanings.push(format!("{one}: {}", meaning.split_whitespace().collect::<Vec<_>>().join(" ")));
        }
        for value in own {
            if !values.contains(value) {
                values.push(value.clone());
            }
        }
    }
    let name = values.first().and_then(scalar::type_of)?;
    if name == "null" || values.iter().any(|value| scalar::type_of(value) != Some(name)) {
        return None;
    }
    let mut out = scalar::choice_of(name, &values, dialect);
    if let Value::Object(out) = &mut out {
        describe(out, Some(&meanings.join("\n")), &[]);
    }
    Some(out)
}
