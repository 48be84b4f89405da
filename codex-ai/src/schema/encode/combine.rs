//! Schemas that several keywords put together: `allOf`, `$ref` beside others, a choice beside properties. They are worked
//! out into the plain schemas that they amount to.

use serde_json::Value;

use super::build::{Builder, Built};
use super::keyword::{self, Keywords, decides, remarks};
use super::merge::merge;

/// Why a combination has no plain form.
type Reason = String;

/// No more forms than this: three flattened enums of ten variants are a thousand.
const MOST_FORMS: usize = 64;

/// No more schemas than this are put together in one type: in a type that combines itself with itself it never ends.
const MOST_COMBINED: usize = 1_000;

impl Builder<'_> {
    /// A combination as the one plain schema that it amounts to, or as a choice of several.
    pub(super) fn combined(&mut self, map: &Keywords, schema: &Value, at: &str) -> Built {
        let mut forms = match self.forms(map, schema) {
            Ok(forms) => forms,
            Err(reason) => {
                self.problem(at, reason);
                return Built::same(Value::Null);
            }
        };
        let mut seen: Vec<Keywords> = Vec::with_capacity(forms.len());
        forms.retain(|form| {
            let is_new = !seen.contains(form);
            if is_new {
                seen.push(form.clone());
            }
            is_new
        });
        if let [form] = forms.as_mut_slice() {
            let mut whole = remarks(map);
            for (keyword, value) in std::mem::take(form) {
                whole.entry(keyword).or_insert(value);
            }
            return self.schema(&Value::Object(whole), at);
        }
        if forms.is_empty() {
            return Built::same(Value::Bool(false));
        }
        let forms: Vec<_> = forms.into_iter().map(Value::Object).collect();
        self.choice(&forms, "anyOf", remarks(map), at)
    }

    /// The plain schemas of which a value has to follow one; none where no value can.
    fn forms(&mut self, map: &Keywords, from: &Value) -> Result<Vec<Keywords>, Reason> {
        // What is not looked at by any part is settled when all are together.
        let last = |keyword: &str| keyword::COMBINING.contains(&keyword) || keyword == "unevaluatedProperties";
        let base = map.iter().filter(|(keyword, _)| decides(keyword) && !last(keyword));
        let mut forms: Vec<Keywords> = vec![base.map(|(keyword, value)| (keyword.clone(), value.clone())).collect()];
        for keyword in ["$ref", "$dynamicRef"] {
            if let Some(reference) = map.get(keyword).and_then(Value::as_str) {
                let target = self.references.resolve(from, reference).ok_or("refers to nothing")?;
                forms = product(&forms, &self.forms_of(target)?)?;
            }
        }
        for part in map.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            forms = product(&forms, &self.forms_of(part)?)?;
        }
        for keyword in ["anyOf", "oneOf"] {
            if let Some(choice) = map.get(keyword).and_then(Value::as_array) {
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
        if let Some(unevaluated) = map.get("unevaluatedProperties") {
            for form in &mut forms {
                form.entry("additionalProperties").or_insert_with(|| unevaluated.clone());
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
                let mut forms = self.forms(map, schema)?;
                if let Some(words) = map.get("description").and_then(Value::as_str) {
                    for form in &mut forms {
                        form.entry("description").or_insert_with(|| words.into());
                    }
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
            forms.extend(merge(left, right, 0));
        }
    }
    Ok(forms)
}
