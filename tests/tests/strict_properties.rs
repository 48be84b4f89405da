//! Random types: their strict form is legal, takes nothing that the type refuses and refuses nothing that it takes.

use codex_ai::Schema;
use codex_ai_tests::strict_lint::breaches;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Schemas of the shapes that Rust types have. What is told in words only is left out: the wire cannot check it.
fn any_type(with_choices: bool) -> impl Strategy<Value = Value> {
    let choice = u32::from(with_choices);
    let leaf = prop_oneof![
        Just(json!({ "type": "string" })),
        Just(json!({ "type": "boolean", "description": "Yes or no" })),
        Just(json!({ "type": "integer", "format": "int64" })),
        (0_u8..5, 5_u8..9)
            .prop_map(|(low, high)| json!({ "type": "integer", "format": "uint8", "minimum": low, "maximum": high })),
        Just(json!({ "type": "number", "format": "double", "exclusiveMaximum": 5 })),
        Just(json!({ "type": "string", "enum": ["a", "b", "c"] })),
        Just(json!({ "oneOf": [{ "const": "x", "description": "An x" }, { "type": "string", "enum": ["y", "z"] }] })),
        Just(json!({ "type": ["string", "null"] })),
        Just(json!({ "type": ["integer", "null"], "format": "int8" })),
        Just(json!({ "enum": ["a", 1, null] })),
        Just(json!({ "type": "null" })),
        Just(json!({ "$ref": "#/$defs/A" })),
        Just(json!({ "$ref": "#/$defs/B", "description": "Described" })),
        Just(json!({ "anyOf": [{ "$ref": "#" }, { "type": "null" }] })),
    ];
    leaf.prop_recursive(3, 24, 4, move |inner| {
        let fields = prop::collection::vec((prop::sample::select(vec!["a", "b", "c d", "tag"]), inner.clone(), 0..4_u8), 0..4);
        let object = fields.prop_map(|fields| {
            let required: Vec<_> = fields.iter().filter(|(_, _, kind)| *kind > 0).map(|(name, ..)| *name).collect();
            let all: Map<_, _> = fields.iter().map(|(name, schema, _)| ((*name).to_owned(), schema.clone())).collect();
            let required: Vec<_> = all.keys().filter(|name| required.contains(&name.as_str())).cloned().collect();
            json!({ "type": "object", "properties": all, "required": required })
        });
        prop_oneof![
            3 => object.clone(),
            1 => (object.clone(), Just("t"), 0..3_usize).prop_map(|(mut object, tag, variant)| {
                object["properties"][tag] = json!({ "type": "string", "const": format!("v{variant}") });
                object["required"].as_array_mut().expect("a list").push(json!(tag));
                object
            }),
            1 => (inner.clone(), 0..2_u8, 2..4_u8).prop_map(|(items, low, high)| json!({ "type": "array", "items": items, "minItems": low, "maxItems": high })),
            choice => prop::collection::vec(inner.clone(), 1..4).prop_map(|forms| json!({ "anyOf": forms, "description": "One of several." })),
            1 => object.clone().prop_map(|object| json!({ "allOf": [object], "description": "All" })),
            choice => (object.clone(), object.clone(), object.clone()).prop_map(|(base, a, b)| {
                let mut base = base;
                base["anyOf"] = json!([a, b]);
                base
            }),
            1 => (object).prop_map(|mut object| {
                object["$ref"] = json!("#/$defs/A");
                object
            }),
        ]
    })
}

fn any_root(with_choices: bool) -> impl Strategy<Value = Value> {
    let part = || any_type(with_choices);
    (part(), part(), part()).prop_map(|(field, other, b)| {
        json!({
            "type": "object", "properties": { "field": field, "other": other }, "required": ["field"],
            "$defs": { "A": { "type": "object", "properties": { "n": { "type": "integer" }, "b": { "$ref": "#/$defs/B" } }, "required": ["n"] }, "B": b }
        })
    })
}

/// Random numbers, as many as a value may take.
struct Dice<'d> {
    numbers: &'d [u16],
    thrown: usize,
}

impl Dice<'_> {
    fn roll(&mut self, sides: usize) -> usize {
        self.thrown += 1;
        usize::from(self.numbers[self.thrown % self.numbers.len()]) % sides
    }
}

/// A value of a strict schema; `None` where it would become too large.
fn value_of(schema: &Value, root: &Value, dice: &mut Dice<'_>, depth: usize) -> Option<Value> {
    dice.thrown += 1;
    if depth > 20 || dice.thrown > 500 {
        return None;
    }
    if let Some(reference) = schema["$ref"].as_str() {
        return value_of(root.pointer(&reference[1..])?, root, dice, depth + 1);
    }
    if let Some(forms) = schema["anyOf"].as_array() {
        // Deep inside, the last form: it is the null of an option.
        let form = if depth > 6 { forms.len() - 1 } else { dice.roll(forms.len()) };
        return value_of(&forms[form], root, dice, depth + 1);
    }
    if let Some(values) = schema["enum"].as_array() {
        return Some(values[dice.roll(values.len())].clone());
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds[dice.roll(kinds.len())].as_str()?,
        kind => kind.as_str()?,
    };
    Some(match kind {
        "null" => Value::Null,
        "boolean" => json!(dice.roll(2) == 1),
        "string" => json!(["", "a", "é"][dice.roll(3)]),
        "integer" => {
            let low = schema["minimum"].as_i64().unwrap_or(-3);
            let high = schema["maximum"].as_i64().unwrap_or(low + 9);
            json!(low + i64::try_from(dice.roll(usize::try_from(high - low + 1).ok()?)).ok()?)
        }
        "number" => json!(f64::from(u32::try_from(dice.roll(20)).ok()?) / 4.0 - 2.0),
        "array" => {
            let low = usize::try_from(schema["minItems"].as_u64()?).ok()?;
            let high = usize::try_from(schema["maxItems"].as_u64()?).ok()?;
            let count = if depth > 6 { low } else { low + dice.roll(high - low + 1) };
            let items = (0..count).map(|_| value_of(&schema["items"], root, dice, depth + 1));
            Value::Array(items.collect::<Option<_>>()?)
        }
        "object" => {
            let fields = schema["properties"].as_object()?.iter();
            let fields = fields.map(|(name, field)| Some((name.clone(), value_of(field, root, dice, depth + 1)?)));
            Value::Object(fields.collect::<Option<_>>()?)
        }
        _ => return None,
    })
}

/// The value with one of its scalars replaced.
fn with_scalar(value: &mut Value, scalar: Value, dice: &mut Dice<'_>) {
    match value {
        Value::Array(items) if !items.is_empty() => {
            let place = dice.roll(items.len());
            with_scalar(&mut items[place], scalar, dice);
        }
        Value::Object(fields) if !fields.is_empty() => {
            let place = dice.roll(fields.len());
            fields.values_mut().skip(place).take(1).for_each(|field| with_scalar(field, scalar.clone(), dice));
        }
        Value::Array(_) | Value::Object(_) => {}
        old => *old = scalar,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 350, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_strict_form_refuses_nothing_that_the_type_takes(schema in any_root(false), dice in prop::collection::vec(any::<u16>(), 64)) {
        let Ok(canonical) = Schema::new("T", schema) else { return Ok(()) };
        let Ok(form) = canonical.wire(codex_ai::schema::WireForm::OpenAiStrict) else { return Ok(()) };
        let wire: Value = serde_json::from_str(form.as_raw().get()).expect("JSON");
        let as_schema = Schema::new("W", wire.clone()).expect("the strict form is a schema");
        let scalars = json!([null, true, "a", "x", "z", "é", "v1", -3, 0, 1, 5, 8, 127, 1.0, 2.5, 5.5]);
        for (start, scalar) in scalars.as_array().into_iter().flatten().enumerate() {
            let mut dice = Dice { numbers: &dice[start..], thrown: 0 };
            let Some(mut value) = value_of(&wire, &wire, &mut dice, 0) else { continue };
            with_scalar(&mut value, scalar.clone(), &mut dice);
            // The fields are those of the wire, and the numbers those of an `i8`, whose range the type itself does not tell.
            let own = form.decode(value).expect("no key is there twice");
            if canonical.validate(&own).is_ok() {
                let value = form.encode(own).expect("a form");
                let verdict = as_schema.validate(&value);
                prop_assert_eq!(verdict, Ok(()), "{} for {}", value, wire);
            }
        }
    }

    #[test]
    fn the_strict_form_is_legal_and_takes_nothing_else(schema in any_root(true), dice in prop::collection::vec(any::<u16>(), 64)) {
        let Ok(canonical) = Schema::new("T", schema.clone()) else { return Ok(()) };
        let form = match canonical.wire(codex_ai::schema::WireForm::OpenAiStrict) {
            Ok(form) => form,
            Err(error) => {
                let known = |message: &str| ["accepts no value", "combines", "levels of objects", "too large", "never ends"].iter().any(|w| message.contains(w));
                prop_assert!(error.problems().iter().all(|p| known(&p.message)), "{}", error);
                return Ok(());
            }
        };
        let wire = serde_json::from_str::<Value>(form.as_raw().get()).expect("JSON");
        prop_assert_eq!(breaches(&wire), Vec::<String>::new(), "{}", wire);
        let as_schema = Schema::new("W", wire.clone()).expect("the strict form is a schema");
        for start in 0..8 {
            let mut dice = Dice { numbers: &dice[start * 8..], thrown: 0 };
            let Some(value) = value_of(&wire, &wire, &mut dice, 0) else { continue };
            // Bounds that were put together are more than is looked at above.
            if as_schema.validate(&value).is_err() {
                continue;
            }
            let own = form.decode(value.clone()).expect("no key is there twice");
            prop_assert_eq!(canonical.validate(&own), Ok(()), "{} by {} for {}", own, value, wire);
        }
    }
}
