//! Random values that likely follow a schema.

use serde_json::{Map, Value, json};

/// Random numbers, as many as a value may take.
#[derive(Debug)]
pub struct Dice<'d> {
    numbers: &'d [u16],
    thrown: usize,
}

impl<'d> Dice<'d> {
    /// Dice that fall so, over and over.
    pub fn new(numbers: &'d [u16]) -> Self {
        Self { numbers, thrown: 0 }
    }

    fn roll(&mut self, sides: usize) -> usize {
        self.thrown += 1;
        usize::from(self.numbers[self.thrown % self.numbers.len()]) % sides
    }
}

/// A value that likely follows the schema; `None` where it would become too large.
pub fn value_of(schema: &Value, root: &Value, dice: &mut Dice<'_>, depth: usize) -> Option<Value> {
    dice.thrown += 1;
    if depth > 12 || dice.thrown > 300 {
        return None;
    }
    let Value::Object(map) = schema else { return Some(any_value(dice)) };
    if let Some(value) = map.get("const") {
        return Some(value.clone());
    }
    if let Some(values) = map.get("enum").and_then(Value::as_array) {
        return Some(values[dice.roll(values.len())].clone());
    }
    let base = match map.get("$ref").and_then(Value::as_str) {
        Some(to) => Some(value_of(root.pointer(&to[1..])?, root, dice, depth + 1)?),
        None => match map.get("anyOf").or(map.get("oneOf")).and_then(Value::as_array) {
            // Deep inside, the last form: it is the null of an option.
            Some(forms) => {
                let form = if depth > 5 { forms.len() - 1 } else { dice.roll(forms.len()) };
                Some(value_of(&forms[form], root, dice, depth + 1)?)
            }
            None => None,
        },
    };
    let kind = match &map.get("type") {
        Some(Value::Array(kinds)) => kinds[dice.roll(kinds.len())].as_str()?,
        Some(kind) => kind.as_str()?,
        None => return Some(base.unwrap_or_else(|| any_value(dice))),
    };
    Some(match kind {
        "null" => Value::Null,
        "boolean" => json!(dice.roll(2) == 1),
        "string" => json!(["", "a", "5", "null", "é\""][dice.roll(5)]),
        // The widths of Rust's smaller integers are told by `format` alone.
        "integer" if map.get("format").is_none_or(|width| matches!(width.as_str(), Some("int64" | "int128"))) => {
            json!([-5_i64, 0, 1, 70_000, i64::MAX][dice.roll(5)])
        }
        "integer" => json!([-5, 0, 1, 100][dice.roll(4)]),
        "number" => json!([-1.5, 0.0, 2.0][dice.roll(3)]),
        "array" => {
            let prefix = map.get("prefixItems").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            let least = usize::try_from(map.get("minItems").and_then(Value::as_u64).unwrap_or(0)).ok()?;
            let most = map
                .get("maxItems")
                .and_then(Value::as_u64)
                .map_or(prefix.len() + 2, |n| usize::try_from(n).unwrap_or(0));
            let count = if depth > 5 { least } else { least + dice.roll(most - least + 1) };
            let schema = |at: usize| prefix.get(at).or(map.get("items")).unwrap_or(&Value::Bool(true));
            Value::Array((0..count).map(|at| value_of(schema(at), root, dice, depth + 1)).collect::<Option<_>>()?)
        }
        "object" => {
            let mut out = match base {
                Some(Value::Object(base)) => base,
                _ => Map::new(),
            };
            for part in map.get("allOf").and_then(Value::as_array).into_iter().flatten() {
                if let Value::Object(part) = value_of(part, root, dice, depth + 1)? {
                    out.extend(part);
                }
            }
            let required = map.get("required").and_then(Value::as_array);
            for (name, field) in map.get("properties").and_then(Value::as_object).into_iter().flatten() {
                let is_required = required.is_some_and(|names| names.contains(&json!(name)));
                if is_required || depth < 5 && dice.roll(2) == 1 {
                    out.insert(name.clone(), value_of(field, root, dice, depth + 1)?);
                }
            }
            let free = map.get("additionalProperties").filter(|schema| **schema != json!(false));
            let numbered = map.get("patternProperties").and_then(|map| map.get("^\\d+$"));
            if let (Some(schema), true) = (free.or(numbered), depth < 6) {
                for _ in 0..dice.roll(3) {
                    let names = if numbered.is_some() { ["0", "7", "12"] } else { ["k", "key", "other one"] };
                    out.insert(names[dice.roll(3)].to_owned(), value_of(schema, root, dice, depth + 1)?);
                }
            }
            Value::Object(out)
        }
        _ => return None,
    })
}

/// A value of any type.
pub fn any_value(dice: &mut Dice<'_>) -> Value {
    let all = json!([null, true, 5, 1.5, "text", "5", [], [1, "a"], {}, { "a": [null] }, { "key": "a", "value": 1 }]);
    all[dice.roll(11)].clone()
}
