//! Random schemas of the kinds that schemars makes of Rust types; every value must be valid by an independent validator.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use crate::examples::{INVOICE, NEWS, TICKET};
use crate::texts::PIECES;
use crate::{ask, problems, request};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn values_are_valid_for_schemas_of_rust_types(schema in root(), prompt in prompt()) {
        let reply = ask(&request(&prompt, schema.clone())).map_err(|error| TestCaseError::fail(format!("{error}\n{schema}")))?;
        let value: Value = serde_json::from_str(&reply.text()).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let problems = problems(&schema, &value);
        prop_assert!(problems.is_empty(), "{problems:?}\nvalue {value}\nschema {schema}");
    }
}

fn prompt() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => select(vec![NEWS, TICKET, INVOICE, "", "Name: Ada\nAge: 36\nTags: a, b, c\n1: yes\n2: no"]).prop_map(str::to_owned),
        1 => "\\PC{0,200}",
        1 => vec(select(PIECES), 0..40).prop_map(|pieces| pieces.concat()),
        1 => "([A-Z][a-z]{1,8}: [a-z0-9 .]{0,12}\n){0,12}",
    ]
}

/// A schema with the types that were cut out of it put under `$defs`.
fn root() -> impl Strategy<Value = Value> {
    shape().prop_map(|mut schema| {
        let mut definitions = Map::new();
        hoist(&mut schema, &mut definitions);
        if !definitions.is_empty() {
            // A root that is a bare reference has its definitions beside it, as schemars writes it.
            match schema.as_object_mut() {
                Some(root) => root.insert("$defs".to_owned(), Value::Object(definitions)),
                None => return json!({ "$defs": definitions }),
            };
        }
        schema
    })
}

/// Moves every `{"$define": schema}` into the definitions and leaves a reference; `{"$self": n}` inside is a reference to it.
fn hoist(schema: &mut Value, definitions: &mut Map<String, Value>) {
    match schema {
        Value::Object(map) => {
            if let Some(mut inner) = map.remove("$define") {
                let name = format!("T{}", definitions.len());
                let reference = json!(format!("#/$defs/{name}"));
                definitions.insert(name.clone(), Value::Null);
                point_to(&mut inner, &reference);
                hoist(&mut inner, definitions);
                definitions.insert(name, inner);
                map.insert("$ref".to_owned(), reference);
            } else {
                map.values_mut().for_each(|value| hoist(value, definitions));
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| hoist(value, definitions)),
        _ => {}
    }
}

fn point_to(schema: &mut Value, reference: &Value) {
    match schema {
        Value::Object(map) if map.contains_key("$self") => *schema = json!({ "$ref": reference }),
        Value::Object(map) if map.contains_key("$define") => {}
        Value::Object(map) => map.values_mut().for_each(|value| point_to(value, reference)),
        Value::Array(values) => values.iter_mut().for_each(|value| point_to(value, reference)),
        _ => {}
    }
}

fn shape() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(4, 48, 5, |inner| {
        prop_oneof![
            4 => structure(inner.clone()),
            2 => structure(inner.clone()).prop_map(|schema| json!({ "$define": schema })),
            2 => list(inner.clone()),
            1 => vec(inner.clone(), 1..4).prop_map(|items| {
                let length = items.len();
                json!({ "type": "array", "prefixItems": items, "minItems": length, "maxItems": length })
            }),
            2 => optional(inner.clone()),
            2 => map(inner.clone()),
            3 => tagged(inner.clone()),
            1 => vec(inner.clone(), 1..4).prop_map(|branches| json!({ "anyOf": branches })),
            1 => recursive(inner.clone()),
            1 => flattened(inner),
        ]
    })
}

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => string(),
        3 => number(),
        1 => Just(json!({ "type": "boolean" })),
        1 => Just(json!({ "type": "null" })),
        1 => Just(json!({})),
        2 => unit_enum(),
    ]
}

fn string() -> impl Strategy<Value = Value> {
    let patterns = vec![
        "^[A-Z]{2}-\\d{4}$",
        "^\\d+ (true|false)$",
        "^[Hh]ello",
        "substring\\.\\.\\.",
        "^(0|[1-9]\\d*)\\.\\d+$",
        "^[^@]+@[^@]+$",
        "^#[0-9a-fA-F]{6}$",
        "^\\S+$",
        "^(GET|POST|PUT)$",
        "^[a-z][a-z0-9_]{0,30}$",
        "^\\p{Lu}\\w*$",
        "^$",
        "^[\\w.-]+/[\\w.-]+$",
        "\\bfox\\b",
    ];
    let formats = vec![
        "date",
        "date-time",
        "time",
        "duration",
        "email",
        "hostname",
        "ipv4",
        "ipv6",
        "uuid",
        "uri",
        "partial-date-time",
        "partial-time",
        "ip",
        "zoned-date-time",
        "regex",
        "uri-reference",
        "json-pointer",
        "made-up",
    ];
    prop_oneof![
        3 => Just(json!({ "type": "string" })),
        1 => Just(json!({ "type": "string", "minLength": 1, "maxLength": 1 })),
        2 => (0..40u32, 0..60u32).prop_map(|(least, more)| json!({ "type": "string", "minLength": least, "maxLength": least + more })),
        2 => select(patterns).prop_map(|pattern| json!({ "type": "string", "pattern": pattern })),
        2 => select(formats).prop_map(|format| json!({ "type": "string", "format": format })),
        1 => (5..30u32).prop_map(|least| json!({ "type": "string", "pattern": "^[a-z]+$", "minLength": least, "maxLength": least + 1 })),
    ]
}

fn number() -> impl Strategy<Value = Value> {
    let formats = vec![
        json!({ "type": "integer", "format": "int8", "minimum": -128, "maximum": 127 }),
        json!({ "type": "integer", "format": "uint16", "minimum": 0, "maximum": 65_535 }),
        json!({ "type": "integer", "format": "int32" }),
        json!({ "type": "integer", "format": "int64" }),
        json!({ "type": "integer", "format": "uint64", "minimum": 0 }),
        json!({ "type": "integer", "format": "uint128", "minimum": 0 }),
        json!({ "type": "integer", "format": "uint32", "minimum": 1 }),
        json!({ "type": "integer", "format": "int16", "minimum": -32_768, "maximum": 32_767, "not": { "const": 0 } }),
        json!({ "type": "number", "format": "double" }),
        json!({ "type": "number", "format": "float" }),
    ];
    prop_oneof![
        2 => select(formats),
        1 => (-1_000..1_000i64, 0..50i64).prop_map(|(least, more)| json!({ "type": "integer", "minimum": least, "maximum": least + more })),
        1 => (-1_000..1_000i64, 2..50i64).prop_map(|(least, more)| {
            json!({ "type": "integer", "exclusiveMinimum": least, "exclusiveMaximum": least + more })
        }),
        1 => (1..40i64, 1..1_000i64).prop_map(|(step, least)| json!({ "type": "integer", "minimum": least, "multipleOf": step })),
        1 => (-50.0..50.0f64, 0.01..9.0f64).prop_map(|(least, more)| {
            json!({ "type": "number", "exclusiveMinimum": least, "maximum": least + more })
        }),
        1 => select(vec![0.01, 0.25, 0.5, 2.5]).prop_map(|step| json!({ "type": "number", "minimum": 0.1, "multipleOf": step })),
    ]
}

fn unit_enum() -> impl Strategy<Value = Value> {
    let names =
        vec(select(vec!["Low", "High", "Billing", "Bug", "Other", "in_progress", "Positive", "Red", "5"]), 1..6)
            .prop_map(unique);
    let documented = names.clone().prop_map(|names| {
        let variants = names
            .iter()
            .map(|name| json!({ "type": "string", "const": name, "description": format!("It is {name}.") }));
        json!({ "oneOf": variants.collect::<Vec<_>>() })
    });
    prop_oneof![names.prop_map(|names| json!({ "type": "string", "enum": names })), documented]
}

fn unique(mut names: Vec<&'static str>) -> Vec<&'static str> {
    let mut seen = std::collections::HashSet::new();
    names.retain(|name| seen.insert(*name));
    names
}

const NAMES: &[&str] = &[
    "name",
    "headline",
    "summary",
    "points",
    "email",
    "date",
    "total",
    "quantity",
    "city",
    "is_urgent",
    "tags",
    "author",
    "notes",
    "id",
    "url",
    "dueDate",
    "phone",
    "price",
    "a.b",
    "Größe",
];

fn fields(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = (Map<String, Value>, Vec<String>)> {
    vec((select(NAMES), inner, 0..4u8, any::<bool>()), 0..5).prop_map(|fields| {
        let mut properties = Map::new();
        let mut required = Vec::new();
        for (name, mut schema, kind, described) in fields {
            if properties.contains_key(name) {
                continue;
            }
            if kind < 3 {
                required.push(name.to_owned());
            } else if let Some(keywords) = schema.as_object_mut() {
                keywords.insert("default".to_owned(), Value::Null);
            }
            if described && let Some(keywords) = schema.as_object_mut() {
                keywords.insert("description".to_owned(), json!("What the text says about it."));
            }
            properties.insert(name.to_owned(), schema);
        }
        (properties, required)
    })
}

fn structure(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    (fields(inner), any::<bool>()).prop_map(|((properties, required), closed)| {
        let mut schema = json!({ "type": "object", "properties": properties, "required": required });
        if closed {
            schema["additionalProperties"] = json!(false);
        }
        schema
    })
}

fn list(inner: impl Strategy<Value = Value> + Clone) -> impl Strategy<Value = Value> {
    prop_oneof![
        2 => inner.clone().prop_map(|items| json!({ "type": "array", "items": items })),
        1 => inner.clone().prop_map(|items| json!({ "type": "array", "items": items, "uniqueItems": true })),
        1 => (inner.clone(), 0..4u32, 0..4u32).prop_map(|(items, least, more)| {
            json!({ "type": "array", "items": items, "minItems": least, "maxItems": least + more })
        }),
        1 => (0..9u32).prop_map(|least| {
            json!({ "type": "array", "items": { "type": "string" }, "minItems": least, "uniqueItems": true })
        }),
        1 => (0..9u32).prop_map(|least| {
            json!({ "type": "array", "items": { "type": "integer", "format": "uint8", "minimum": 0, "maximum": 255 }, "minItems": least, "uniqueItems": true })
        }),
        1 => inner.prop_map(|contains| json!({ "type": "array", "contains": contains, "minContains": 2 })),
    ]
}

fn optional(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    inner.prop_map(|mut schema| {
        let simple = schema.get("type").and_then(Value::as_str).filter(|name| *name != "null").map(str::to_owned);
        match simple.filter(|_| schema.get("enum").is_none()) {
            Some(name) => {
                schema["type"] = json!([name, "null"]);
                schema
            }
            None => json!({ "anyOf": [schema, { "type": "null" }] }),
        }
    })
}

fn map(inner: impl Strategy<Value = Value> + Clone) -> impl Strategy<Value = Value> {
    prop_oneof![
        2 => inner.clone().prop_map(|values| json!({ "type": "object", "additionalProperties": values })),
        1 => (inner.clone(), 0..4u32).prop_map(|(values, least)| {
            json!({ "type": "object", "additionalProperties": values, "minProperties": least, "maxProperties": least + 2 })
        }),
        1 => inner.clone().prop_map(|values| {
            json!({ "type": "object", "additionalProperties": false, "patternProperties": { "^-?\\d+$": values }, "minProperties": 1 })
        }),
        1 => inner.prop_map(|values| {
            json!({ "type": "object", "additionalProperties": values, "propertyNames": { "enum": ["low", "high"] }, "minProperties": 1 })
        }),
    ]
}

/// Enums in the four ways in which serde tags them.
fn tagged(inner: impl Strategy<Value = Value> + Clone) -> impl Strategy<Value = Value> {
    let variants = vec((select(vec!["Circle", "Square", "Refund", "Meeting", "Text"]), inner.clone()), 1..4);
    let external = variants.clone().prop_map(|variants| {
        let mut branches = vec![json!({ "type": "string", "enum": ["Unit"] })];
        for (name, schema) in distinct(variants) {
            branches.push(json!({ "type": "object", "properties": { name: schema }, "required": [name], "additionalProperties": false }));
        }
        json!({ "oneOf": branches })
    });
    let adjacent = variants.prop_map(|variants| {
        let mut branches = vec![json!({ "type": "object", "properties": { "t": { "type": "string", "const": "Unit" } }, "required": ["t"] })];
        for (name, schema) in distinct(variants) {
            let properties = json!({ "t": { "type": "string", "const": name }, "c": schema });
            branches.push(json!({ "type": "object", "properties": properties, "required": ["t", "c"] }));
        }
        json!({ "oneOf": branches })
    });
    let internal =
        vec((select(vec!["Circle", "Square", "Refund", "Meeting"]), fields(inner)), 1..4).prop_map(|variants| {
            let mut branches = Vec::new();
            for (name, (properties, mut required)) in distinct(variants) {
                let tag = json!({ "type": "string", "const": name });
                required.insert(0, "kind".to_owned());
                branches.push(if branches.len() % 2 == 0 {
                    let mut all = Map::from_iter([("kind".to_owned(), tag)]);
                    all.extend(properties);
                    json!({ "type": "object", "properties": all, "required": required })
                } else {
                    // A variant around a struct: the reference stands beside the tag.
                    let inner =
                        json!({ "type": "object", "properties": properties, "required": required[1..].to_vec() });
                    json!({ "type": "object", "properties": { "kind": tag }, "required": ["kind"], "$define": inner })
                });
            }
            json!({ "oneOf": branches })
        });
    prop_oneof![external, adjacent, internal]
}

fn distinct<T>(mut variants: Vec<(&'static str, T)>) -> Vec<(&'static str, T)> {
    let mut seen = std::collections::HashSet::new();
    variants.retain(|(name, _)| seen.insert(*name));
    variants
}

fn recursive(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    (inner, 0..3u8).prop_map(|(value, kind)| {
        let own = json!({ "$self": true });
        json!({ "$define": match kind {
            0 => json!({
                "type": "object",
                "properties": { "value": value, "next": { "anyOf": [own, { "type": "null" }] } },
                "required": ["value"],
            }),
            1 => json!({
                "type": "object",
                "properties": { "value": value, "children": { "type": "array", "items": own } },
                "required": ["value", "children"],
            }),
            _ => json!({ "oneOf": [
                { "type": "object", "properties": { "Both": { "type": "array", "prefixItems": [own, own], "minItems": 2, "maxItems": 2 } },
                  "required": ["Both"], "additionalProperties": false },
                { "type": "object", "properties": { "Leaf": value }, "required": ["Leaf"], "additionalProperties": false },
            ] }),
        } })
    })
}

/// A struct with a flattened enum, as schemars writes it, with and without `deny_unknown_fields`.
fn flattened(inner: impl Strategy<Value = Value> + Clone) -> impl Strategy<Value = Value> {
    (fields(inner.clone()), inner.clone(), inner, any::<bool>()).prop_map(|((properties, required), one, other, closed)| {
        let branch = |name: &str, schema: Value| json!({ "type": "object", "properties": { name: schema }, "required": [name] });
        let mut schema = json!({
            "type": "object", "properties": properties, "required": required,
            "allOf": [
                { "oneOf": [branch("First", one), branch("Second", json!({ "type": "null" }))] },
                { "anyOf": [branch("Third", other), {}] },
            ],
        });
        if closed {
            schema["unevaluatedProperties"] = json!(false);
        }
        schema
    })
}
