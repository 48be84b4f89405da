//! Random types and values: what a type takes goes through every vendor's wire and comes back the same.

use std::collections::HashMap;

use codex_ai::Schema;
use codex_ai::schema::WireForm;
use codex_ai_tests::encoding::equal_but_for_nulls;
use codex_ai_tests::forms::Form;
use codex_ai_tests::random_values::{Dice, any_value, value_of};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

const FORMS: [WireForm; 5] =
    [WireForm::Plain, WireForm::OpenAiStrict, WireForm::Anthropic, WireForm::Gemini, WireForm::GeminiOpenApi];

/// Schemas of the shapes that Rust types have, and of some that only people write.
fn any_type() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!({ "type": "string" })),
        Just(json!({ "type": "boolean" })),
        Just(json!({ "type": "integer", "format": "int64" })),
        Just(json!({ "type": "integer", "format": "int128" })),
        Just(json!({ "type": "number" })),
        Just(json!({ "type": "string", "enum": ["a", "b"] })),
        Just(json!({ "type": ["string", "null"] })),
        Just(json!({ "type": "null" })),
        Just(json!({ "enum": ["a", [1], { "b": null }, null] })),
        Just(json!(true)),
        Just(json!({ "description": "Anything." })),
        Just(json!({ "$ref": "#/$defs/A" })),
        Just(json!({ "$ref": "#/$defs/B", "description": "Described" })),
        Just(json!({ "anyOf": [{ "$ref": "#" }, { "type": "null" }] })),
    ];
    leaf.prop_recursive(3, 24, 4, move |inner| {
        let fields = prop::collection::vec(
            (prop::sample::select(vec!["a", "b", "0", "value", "others"]), inner.clone(), 0..3_u8),
            0..4,
        );
        let object = fields.prop_map(|fields| {
            let all: Map<_, _> = fields.iter().map(|(name, schema, _)| ((*name).to_owned(), schema.clone())).collect();
            let is_required = |name: &String| fields.iter().any(|(n, _, kind)| n == name && *kind > 0);
            let required: Vec<_> = all.keys().filter(|name| is_required(name)).cloned().collect();
            json!({ "type": "object", "properties": all, "required": required })
        });
        prop_oneof![
            4 => object.clone(),
            2 => inner.clone().prop_map(|items| json!({ "type": "array", "items": items })),
            2 => inner.clone().prop_map(|values| json!({ "type": "object", "additionalProperties": values })),
            1 => inner.clone().prop_map(|values| json!({ "type": "object", "patternProperties": { "^\\d+$": values }, "additionalProperties": false })),
            1 => (object.clone(), inner.clone()).prop_map(|(mut object, values)| {
                object["additionalProperties"] = values;
                object
            }),
            2 => (prop::collection::vec(inner.clone(), 1..4), 0..2_usize).prop_map(|(items, optional)| {
                let (least, most) = (items.len().saturating_sub(optional), items.len());
                json!({ "type": "array", "prefixItems": items, "minItems": least, "maxItems": most })
            }),
            1 => prop::collection::vec(inner.clone(), 1..3).prop_map(|items| json!({ "type": "array", "prefixItems": items, "items": { "type": "integer" } })),
            2 => prop::collection::vec(inner.clone(), 1..4).prop_map(|forms| json!({ "anyOf": forms })),
            1 => (object.clone(), object.clone(), object.clone()).prop_map(|(mut base, a, b)| {
                base["anyOf"] = json!([a, b]);
                base
            }),
            1 => object.prop_map(|mut object| {
                object["$ref"] = json!("#/$defs/A");
                object
            }),
            1 => inner.prop_map(|items| json!({ "type": ["array", "object", "null"], "items": items })),
        ]
    })
}

fn any_root() -> impl Strategy<Value = Value> {
    (any_type(), any_type()).prop_map(|(root, b)| {
        let mut root = if root.is_object() { root } else { json!({}) };
        root["$defs"] = json!({
            "A": { "type": "object", "properties": { "n": { "type": "integer" }, "b": { "$ref": "#/$defs/B" } }, "required": ["n"] },
            "B": b
        });
        root
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_a_type_takes_comes_back(schema in any_root(), dice in prop::collection::vec(any::<u16>(), 64)) {
        let Ok(own) = Schema::new("T", schema.clone()) else { return Ok(()) };
        let mut sent_by_form: HashMap<WireForm, Schema> = HashMap::new();
        for start in 0..6 {
            let mut dice = Dice::new(&dice[start * 8..]);
            let Some(value) = value_of(&schema, &schema, &mut dice, 0) else { continue };
            if own.validate(&value).is_err() {
                continue;
            }
            for form in FORMS {
                let wire = match own.wire(form) {
                    Ok(wire) => wire,
                    Err(error) => {
                        let known = |message: &str| ["no value", "combines", "levels", "too large", "never ends", "itself"].iter().any(|w| message.contains(w));
                        prop_assert!(error.problems().iter().all(|p| known(&p.message) && !p.path.is_empty()), "{} for {}", error, schema);
                        continue;
                    }
                };
                let written = match wire.encode(value.clone()) {
                    Ok(written) => written,
                    Err(error) => {
                        // Objects are closed on the wire, and forms that overlap may look alike there.
                        let known = |message: &str| ["is not named", "looks like"].iter().any(|w| message.contains(w));
                        prop_assert!(error.problems().iter().all(|p| known(&p.message)), "{:?}: {} for {} of {}", form, error, value, schema);
                        continue;
                    }
                };
                {
                    let sent = match sent_by_form.get(&form) {
                        Some(sent) => sent,
                        None => {
                            let sent: Value = serde_json::from_str(wire.as_raw().get()).expect("JSON");
                            let is_open_api = form == WireForm::GeminiOpenApi;
                            let sent = if is_open_api { Form::GeminiOpenApi.to_json_schema(&sent) } else { sent };
                            sent_by_form.entry(form).or_insert(Schema::new("W", sent).expect("a schema"))
                        }
                    };
                    prop_assert_eq!(sent.validate(&written), Ok(()), "{:?}: {} as {} for {} of {}", form, value, written, wire.as_raw(), schema);
                }
                let read = wire.decode(written.clone()).expect("no key is there twice");
                prop_assert!(equal_but_for_nulls(&read, &value), "{:?}: {} became {} by {} for {} of {}", form, value, read, written, wire.as_raw(), schema);
                prop_assert_eq!(own.validate(&read), Ok(()), "{:?}: {} by {} of {}", form, read, written, schema);
            }
        }
    }

    #[test]
    fn what_is_in_no_form_does_no_harm(schema in any_root(), dice in prop::collection::vec(any::<u16>(), 64)) {
        let Ok(own) = Schema::new("T", schema) else { return Ok(()) };
        let mut dice = Dice::new(&dice);
        for form in FORMS {
            let Ok(wire) = own.wire(form) else { continue };
            let value = json!({ "value": any_value(&mut dice), "a": any_value(&mut dice), "others": any_value(&mut dice) });
            let _ = wire.decode(value);
            let _ = wire.decode(any_value(&mut dice));
        }
    }
}
