//! Schemas that several keywords put together: `allOf`, `$ref` beside others, a choice beside properties. They are worked
//! out into the plain schemas that they amount to, as the vendors have few or none of them.

use std::collections::HashSet;

use serde_json::{Map, Number, Value, json};

use super::keyword::{ALSO, Rules};
use super::{Keywords, Translator, describe, scalar};

/// No more forms than this: three flattened enums of ten variants are a thousand.
const MOST_FORMS: usize = 64;

/// No more schemas than this are put together in one type: in a type that combines itself with itself it never ends.
const MOST_COMBINED: usize = 1_000;

/// Why a combination has no plain form.
type Reason = String;

impl Translator<'_> {
    /// A combination as the one plain schema that it amounts to, or as a choice of several.
    pub(super) fn combined(&mut self, rules: &Rules<'_>, schema: &Value, at: &str) -> Value {
        let forms = match self.forms(rules, schema) {
            Ok(forms) => forms,
            Err(reason) => {
                self.problem(at, reason);
                return Value::Null;
            }
        };
        let mut written = Vec::with_capacity(forms.len());
        for form in forms {
            let form = self.schema(&Value::Object(form), at);
            if !written.contains(&form) {
                written.push(form);
            }
        }
        let mut written = self.one_of(written, at);
        if let Value::Object(out) = &mut written {
            describe(out, rules.description(), &[]);
        }
        written
    }

    /// The plain schemas of which a value has to follow one.
    fn forms(&mut self, rules: &Rules<'_>, from: &Value) -> Result<Vec<Keywords>, Reason> {
        let combining = ["$ref", "$dynamicRef", "allOf", "anyOf", "oneOf"];
        let base = rules.keywords().filter(|(keyword, _)| !combining.contains(&keyword.as_str()));
        let mut base: Keywords = base.map(|(keyword, value)| (keyword.clone(), value.clone())).collect();
        // Conditions are one thing of three keywords, and may stand in several parts.
        if let Some(condition) = base.shift_remove("if") {
            let mut whole = Keywords::from_iter([("if".to_owned(), condition)]);
            for keyword in ["then", "else"] {
                whole.extend(base.shift_remove(keyword).map(|branch| (keyword.to_owned(), branch)));
            }
            base.insert(ALSO.to_owned(), json!([whole]));
        }
        let mut forms = vec![base];
        for keyword in ["$ref", "$dynamicRef"] {
            if let Some(reference) = rules.get(keyword).and_then(Value::as_str) {
                let target = self.references.resolve(from, reference).ok_or("refers to nothing")?;
                forms = product(&forms, &self.forms_of(target)?)?;
            }
        }
        for part in rules.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            forms = product(&forms, &self.forms_of(part)?)?;
        }
        for keyword in ["anyOf", "oneOf"] {
            if let Some(choice) = rules.get(keyword).and_then(Value::as_array) {
                let mut any = Vec::new();
                for form in choice {
                    any.extend(self.forms_of(form)?);
                    if any.len() > MOST_FORMS {
                        return Err(too_many());
                    }
                }
                forms = product(&forms, &any)?;
            }
        }
        Ok(forms)
    }

    fn forms_of(&mut self, schema: &Value) -> Result<Vec<Keywords>, Reason> {
        self.combined += 1;
        if self.combined > MOST_COMBINED {
            return Err(format!("combines more than {MOST_COMBINED} schemas"));
        }
        match schema {
            Value::Bool(false) => Ok(Vec::new()),
            Value::Object(map) => {
                let rules = Rules::of(map);
                let mut forms = self.forms(&rules, schema)?;
                for form in &mut forms {
                    describe(form, rules.description(), &[]);
                }
                Ok(forms)
            }
            _ => Ok(vec![Keywords::new()]),
        }
    }
}

fn too_many() -> Reason {
    format!("combines more than {MOST_FORMS} forms")
}

/// Each form of one side with each of the other; those that exclude one another are left out.
fn product(left: &[Keywords], right: &[Keywords]) -> Result<Vec<Keywords>, Reason> {
    if left.len() * right.len() > MOST_FORMS {
        return Err(too_many());
    }
    let mut forms = Vec::new();
    for left in left {
        for right in right {
            forms.extend(merge(left, right)?);
        }
    }
    Ok(forms)
}

/// The schema of the values that follow both; `None` where there can be none.
fn merge(left: &Keywords, right: &Keywords) -> Result<Option<Keywords>, Reason> {
    let mut out = left.clone();
    let mut also = Vec::new();
    if !shut(left, right)? || !shut(right, left)? {
        return Ok(None);
    }
    for (keyword, theirs) in right {
        if keyword == ALSO {
            also.extend(theirs.as_array().into_iter().flatten().cloned());
            continue;
        }
        let Some(ours) = out.get(keyword).filter(|ours| *ours != theirs) else {
            if !out.contains_key(keyword) {
                out.insert(keyword.clone(), theirs.clone());
            }
            continue;
        };
        let both = match keyword.as_str() {
            "description" => {
                let mut both = Keywords::from_iter([("description".to_owned(), theirs.clone())]);
                describe(&mut both, ours.as_str(), &[]);
                both.shift_remove("description").unwrap_or_default()
            }
            "type" => match common_types(ours, theirs) {
                Some(types) => types,
                None => return Ok(None),
            },
            "properties" => properties(ours, theirs),
            "required" => union(ours, theirs),
            "enum" => match common_values(ours, theirs) {
                Some(values) => values,
                None => return Ok(None),
            },
            "const" => return Ok(None),
            "minimum" | "exclusiveMinimum" | "minLength" | "minItems" | "minProperties" => larger(ours, theirs, true),
            "maximum" | "exclusiveMaximum" | "maxLength" | "maxItems" | "maxProperties" => larger(ours, theirs, false),
            "uniqueItems" => Value::Bool(true),
            "additionalProperties" | "unevaluatedProperties" if is_open(ours) => theirs.clone(),
            "additionalProperties" | "unevaluatedProperties" if is_open(theirs) => ours.clone(),
            // The names outside are settled by `shut`.
            "additionalProperties" | "unevaluatedProperties"
                if *ours == Value::Bool(false) || *theirs == Value::Bool(false) =>
            {
                Value::Bool(false)
            }
            "items" => json!({ "allOf": [ours, theirs] }),
            "format" if ![ours, theirs].into_iter().filter_map(Value::as_str).any(scalar::is_number_format) => {
                also.push(json!({ keyword: theirs }));
                continue;
            }
            // Both hold, and there is one place: the second is told in words.
            "pattern" | "multipleOf" | "not" | "contains" | "minContains" | "maxContains" | "propertyNames"
            | "dependentRequired" | "dependentSchemas" => {
                also.push(json!({ keyword: theirs }));
                continue;
            }
            other => return Err(format!("combines several values of `{other}`, which has no plain form")),
        };
        out.insert(keyword.clone(), both);
    }
    if !also.is_empty() {
        out.entry(ALSO).or_insert_with(|| json!([]));
        if let Some(Value::Array(all)) = out.get_mut(ALSO) {
            all.extend(also);
        }
    }
    Ok(Some(out))
}

/// Whether a closed object leaves room for the other side: none where that needs a key which is not among its own.
///
/// # Errors
/// Where a key of the other side would have to go, as it may be there or not in one and may not in the other.
fn shut(closed: &Keywords, other: &Keywords) -> Result<bool, Reason> {
    if closed.get("additionalProperties") != Some(&Value::Bool(false)) {
        return Ok(true);
    }
    let known = |name: &str| closed.get("properties").is_some_and(|map| map.get(name).is_some());
    let required = other.get("required").and_then(Value::as_array);
    if required.into_iter().flatten().filter_map(Value::as_str).any(|name| !known(name)) {
        return Ok(false);
    }
    let names = other.get("properties").and_then(Value::as_object).into_iter().flat_map(Map::keys);
    match names.into_iter().find(|name| !known(name)) {
        Some(name) => Err(format!("combines a closed object with one that has `{name}`")),
        None => Ok(true),
    }
}

fn is_open(schema: &Value) -> bool {
    *schema == Value::Bool(true) || schema.as_object().is_some_and(Map::is_empty)
}

/// The types in both lists, where a whole number is a number. `None` when there is none.
fn common_types(ours: &Value, theirs: &Value) -> Option<Value> {
    fn names(types: &Value) -> Vec<&str> {
        match types {
            Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
            one => one.as_str().into_iter().collect(),
        }
    }
    let (ours, theirs) = (names(ours), names(theirs));
    let within = |name: &str, list: &[&str]| list.contains(&name) || name == "integer" && list.contains(&"number");
    let mut common: Vec<_> = ours.iter().copied().filter(|name| within(name, &theirs)).collect();
    common.extend(theirs.iter().copied().filter(|name| !ours.contains(name) && within(name, &ours)));
    match common.as_slice() {
        [] => None,
        [one] => Some(Value::from(*one)),
        several => Some(Value::from(several)),
    }
}

fn common_values(ours: &Value, theirs: &Value) -> Option<Value> {
    let theirs = theirs.as_array()?;
    let common: Vec<_> = ours.as_array()?.iter().filter(|value| theirs.contains(value)).cloned().collect();
    (!common.is_empty()).then_some(Value::Array(common))
}

/// The properties of both; one that both have must follow both.
fn properties(ours: &Value, theirs: &Value) -> Value {
    let mut all = ours.as_object().cloned().unwrap_or_default();
    for (name, schema) in theirs.as_object().into_iter().flatten() {
        match all.get_mut(name) {
            Some(own) if own == schema => {}
            Some(own) => *own = json!({ "allOf": [own.take(), schema] }),
            None => {
                all.insert(name.clone(), schema.clone());
            }
        }
    }
    Value::Object(all)
}

fn union(ours: &Value, theirs: &Value) -> Value {
    let mut seen = HashSet::new();
    let names = [ours, theirs].into_iter().filter_map(Value::as_array).flatten();
    names.filter(|name| seen.insert((*name).clone())).cloned().collect()
}

/// The larger of two numbers, or the smaller.
fn larger(ours: &Value, theirs: &Value, larger: bool) -> Value {
    let float = |value: &Value| value.as_number().and_then(Number::as_f64).unwrap_or_default();
    if (float(ours) >= float(theirs)) == larger { ours.clone() } else { theirs.clone() }
}
