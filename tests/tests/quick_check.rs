//! The quick check of an answer's text against the check of its tree: one verdict, whatever the schema and the text.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::fmt;
use std::fmt::Write as _;

use codex_ai::Schema;
use proptest::prelude::*;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value, json};

/// Reads a tree of JSON with no key twice, by a reader that is not the library's.
struct Tree;

impl<'de> DeserializeSeed<'de> for Tree {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Tree {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(Tree)? {
            items.push(item);
        }
        Ok(items.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut all = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            if all.insert(key, map.next_value_seed(Tree)?).is_some() {
                return Err(A::Error::custom("a key is there twice"));
            }
        }
        Ok(all.into())
    }
}

/// The verdict of the tree.
fn by_tree(schema: &Schema, text: &str) -> bool {
    let mut parser = serde_json::Deserializer::from_str(text);
    let value = Tree.deserialize(&mut parser).and_then(|value| parser.end().map(|()| value));
    value.is_ok_and(|value| schema.validate(&value).is_ok())
}

/// The verdict of the quick check, whose texts are read by `serde_json` as well: of all that can be read, what looks the
/// least at them.
fn is_followed_by(schema: &Schema, text: &str) -> bool {
    codex_ai::__private::is_followed_by(schema, text) && serde_json::from_str::<IgnoredAny>(text).is_ok()
}

/// Choices that are made while a text is written; when they are used up, the plain ones.
struct Choices<'a>(&'a [u8]);

impl Choices<'_> {
    fn next(&mut self, below: u8) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        // Most are plain, so that most texts stay right.
        first.checked_sub(160).map_or(0, |n| n % below)
    }
}

/// Writes a value in one of the forms in which a model might.
fn write_value(value: &Value, choices: &mut Choices<'_>, text: &mut String) {
    space(choices, text);
    match value {
        Value::Number(number) => write_number(number, choices, text),
        Value::String(string) => write_string(string, choices, text),
        Value::Array(items) => {
            text.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    text.push(',');
                }
                write_value(item, choices, text);
            }
            space(choices, text);
            text.push(']');
        }
        Value::Object(map) => {
            text.push('{');
            for (i, (key, inner)) in map.iter().enumerate() {
                if i > 0 {
                    text.push(',');
                }
                // Now and then a key twice.
                for again in (0..=u8::from(choices.next(9) == 8)).rev() {
                    space(choices, text);
                    write_string(key, choices, text);
                    space(choices, text);
                    text.push(':');
                    write_value(inner, choices, text);
                    if again > 0 {
                        text.push(',');
                    }
                }
            }
            space(choices, text);
            text.push('}');
        }
        other => write!(text, "{other}").unwrap(),
    }
    space(choices, text);
}

fn space(choices: &mut Choices<'_>, text: &mut String) {
    text.push_str(["", " ", "\n\t", "\r\n"][usize::from(choices.next(4))]);
}

fn write_number(number: &serde_json::Number, choices: &mut Choices<'_>, text: &mut String) {
    let plain = number.to_string();
    let whole = number.is_i64() || number.is_u64();
    match (choices.next(8), whole) {
        (1, true) => write!(text, "{plain}.0"),
        (2, true) => write!(text, "{plain}e0"),
        (3, true) => write!(text, "{plain}0e-1"),
        (4, true) if plain == "0" => write!(text, "-0"),
        (5, _) => write!(text, "{plain}00000000000000000000"),
        (6, true) => write!(text, "0{plain}"),
        (7, true) => write!(text, "{plain}e400"),
        _ => write!(text, "{plain}"),
    }
    .unwrap();
}

fn write_string(string: &str, choices: &mut Choices<'_>, text: &mut String) {
    text.push('"');
    for c in string.chars() {
        match choices.next(5) {
            1 | 2 => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(text, "\\u{unit:04X}").unwrap();
                }
            }
            3 => text.push_str("\\ud83d"),
            4 => text.push_str("\\/"),
            _ => match c {
                '"' | '\\' => text.extend(['\\', c]),
                c if c < ' ' => write!(text, "\\u{:04x}", u32::from(c)).unwrap(),
                c => text.push(c),
            },
        }
    }
    text.push('"');
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof![6 => "[abc]", 1 => Just("é😀".to_owned()), 1 => Just("\"\\\n".to_owned()), 1 => Just(String::new())]
}

/// A word of a text, small enough for schemas and values to meet.
fn word() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[ab/]{0,3}", 1 => Just("é😀".to_owned()), 1 => Just("2025-01-31".to_owned())]
}

fn number() -> impl Strategy<Value = Value> {
    prop_oneof![
        6 => (-3_i64..6).prop_map(Value::from),
        3 => (-6_i32..12).prop_map(|n| json!(f64::from(n) / 4.0)),
        1 => prop::sample::select(vec![
            json!(i64::MIN), json!(i64::MAX), json!(u64::MAX), json!(1e300), json!(-1e-300), json!(0.1), json!(-0.0),
            json!(18_446_744_073_709_551_616.0), json!(9_007_199_254_740_993_i64),
        ]),
    ]
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf =
        prop_oneof![Just(Value::Null), any::<bool>().prop_map(Value::from), number(), word().prop_map(Value::from)];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((key(), inner), 0..4).prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

/// A schema of any keywords, and a value that has nothing to do with it.
fn any_schema() -> impl Strategy<Value = Value> {
    let types = || {
        prop::sample::select(vec!["null", "boolean", "integer", "number", "string", "array", "object"])
            .prop_map(Value::from)
    };
    let leaf = prop_oneof![any::<bool>().prop_map(Value::from), types().prop_map(|name| json!({ "type": name }))];
    let part = leaf.prop_recursive(4, 32, 4, move |inner| {
        let inner = inner.boxed();
        let list = || prop::collection::vec(inner.clone(), 1..4).prop_map(Value::from).boxed();
        let map = || {
            prop::collection::vec((key(), inner.clone()), 0..4)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect()))
                .boxed()
        };
        let count = || (0_u64..4).prop_map(Value::from).boxed();
        let names = || prop::collection::hash_set(key(), 0..3).prop_map(|names| json!(names)).boxed();
        let keywords = vec![
            ("type", types().boxed()),
            (
                "type",
                prop::collection::hash_set("null|boolean|integer|number|string|array|object", 1..4)
                    .prop_map(|names| json!(names))
                    .boxed(),
            ),
            ("enum", prop::collection::vec(any_value(), 1..4).prop_map(Value::from).boxed()),
            ("const", any_value().boxed()),
            ("minimum", number().boxed()),
            ("exclusiveMaximum", number().boxed()),
            ("multipleOf", prop::sample::select(vec![json!(1), json!(2), json!(0.1), json!(2.5)]).boxed()),
            ("minLength", count()),
            ("maxLength", count()),
            ("pattern", prop::sample::select(vec!["^a", "b$", "^.{2}$"]).prop_map(Value::from).boxed()),
            ("format", Just(json!("date")).boxed()),
            ("items", inner.clone()),
            ("prefixItems", list()),
            ("contains", inner.clone()),
            ("minItems", count()),
            ("maxItems", count()),
            ("uniqueItems", any::<bool>().prop_map(Value::from).boxed()),
            ("unevaluatedItems", inner.clone()),
            ("properties", map()),
            ("properties", map()),
            ("required", names()),
            ("additionalProperties", inner.clone()),
            ("patternProperties", inner.clone().prop_map(|schema| json!({ "^a": schema })).boxed()),
            ("propertyNames", Just(json!({ "maxLength": 1 })).boxed()),
            ("minProperties", count()),
            ("maxProperties", count()),
            ("dependentRequired", names().prop_map(|names| json!({ "a": names })).boxed()),
            ("dependentSchemas", map()),
            ("unevaluatedProperties", inner.clone()),
            ("allOf", list()),
            ("anyOf", list()),
            ("anyOf", list()),
            ("oneOf", list()),
            ("oneOf", list()),
            ("not", inner.clone()),
            ("if", inner.clone()),
            ("then", inner.clone()),
            ("else", inner.clone()),
            ("$ref", prop::sample::select(vec!["#", "#/$defs/a", "#/$defs/b"]).prop_map(Value::from).boxed()),
            ("$ref", prop::sample::select(vec!["#/$defs/a", "#/$defs/b"]).prop_map(Value::from).boxed()),
        ];
        let keyword = prop::strategy::Union::new(
            keywords.into_iter().map(|(name, value)| value.prop_map(move |value| (name.to_owned(), value)).boxed()),
        );
        prop::collection::vec(keyword, 1..4).prop_map(|pairs| Value::Object(pairs.into_iter().collect()))
    });
    (part.clone(), part.clone(), part).prop_map(|(root, a, b)| match root {
        Value::Object(mut root) => {
            root.insert("$defs".to_owned(), json!({ "a": a, "b": b }));
            Value::Object(root)
        }
        other => other,
    })
}

/// A schema as a derive makes it, and a value that follows it, unless two forms of a `oneOf` take it.
fn typical() -> impl Strategy<Value = (Value, Value)> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(|b| (json!({ "type": "boolean" }), b.into())),
        (-3_i64..9).prop_map(|n| (json!({ "type": "integer", "minimum": -3, "format": "int64" }), n.into())),
        number().prop_map(|n| (json!({ "type": "number" }), n)),
        word().prop_map(|w| (json!({ "type": "string", "maxLength": 20 }), w.into())),
        prop::sample::select(vec!["a", "b", "é😀"]).prop_map(|w| (json!({ "enum": ["a", "b", "é😀"] }), w.into())),
        Just((json!({ "type": "string", "format": "date" }), json!("2025-01-31"))),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let option = (inner.clone(), any::<bool>(), any::<bool>()).prop_map(|((schema, value), none, one)| {
            let name = if one { "oneOf" } else { "anyOf" };
            (json!({ name: [schema, { "type": "null" }] }), if none { Value::Null } else { value })
        });
        let list = (inner.clone(), 0_usize..3).prop_map(|((schema, value), count)| {
            (json!({ "type": "array", "items": schema, "maxItems": 3 }), vec![value; count].into())
        });
        let map = prop::collection::hash_map(key(), inner.clone(), 0..2).prop_map(|entries| {
            let schema = entries.values().next().map_or(json!({}), |(schema, _)| schema.clone());
            let values: Map<_, _> = entries.into_iter().map(|(key, (_, value))| (key, value)).collect();
            (json!({ "type": "object", "additionalProperties": schema }), values.into())
        });
        let object = (prop::collection::hash_map(key(), (inner, any::<bool>(), any::<bool>()), 0..5), any::<bool>())
            .prop_map(|(fields, closed)| {
                let (mut properties, mut values, mut required) = (Map::new(), Map::new(), Vec::new());
                for (key, ((schema, value), needed, there)) in fields {
                    properties.insert(key.clone(), schema);
                    if needed || there {
                        values.insert(key.clone(), value);
                    }
                    if needed {
                        required.push(key);
                    }
                }
                let mut schema = json!({ "type": "object", "properties": properties, "required": required });
                if closed {
                    schema["additionalProperties"] = false.into();
                }
                (schema, values.into())
            });
        prop_oneof![1 => option, 1 => list, 1 => map, 3 => object]
    })
}

/// Puts other bytes into a text.
fn damaged(text: &str, damage: &[(prop::sample::Index, u8, u8)]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for (place, how, byte) in damage {
        if bytes.is_empty() {
            break;
        }
        let place = place.index(bytes.len());
        let byte = b"{}[]\",:0123456789.eE+-\\tfn ab\n"[usize::from(*byte) % 30];
        match how % 3 {
            0 => bytes[place] = byte,
            1 => bytes.insert(place, byte),
            _ => drop(bytes.remove(place)),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn of_any_schema_and_text_what_it_passes_follows_the_schema(
        schema in any_schema(),
        values in prop::collection::vec(any_value(), 1..12),
        choices in prop::collection::vec(any::<u8>(), 0..64),
        damage in prop::collection::vec(any::<(prop::sample::Index, u8, u8)>(), 0..2),
    ) {
        let Ok(compiled) = Schema::new("T", schema.clone()) else { return Ok(()) };
        for value in values {
            let mut text = String::new();
            write_value(&value, &mut Choices(&choices), &mut text);
            for text in [value.to_string(), damaged(&text, &damage), text] {
                prop_assert!(!is_followed_by(&compiled, &text) || by_tree(&compiled, &text), "{schema} {text}");
            }
        }
    }

    #[test]
    fn of_a_types_schema_its_verdict_is_that_of_the_tree(
        (schema, value) in typical(),
        (_, other) in typical(),
        choices in prop::collection::vec(any::<u8>(), 0..64),
        damage in prop::collection::vec(any::<(prop::sample::Index, u8, u8)>(), 1..3),
    ) {
        let compiled = Schema::new("T", schema.clone()).unwrap();
        for value in [&value, &other] {
            let mut text = String::new();
            write_value(value, &mut Choices(&choices), &mut text);
            for text in [value.to_string(), damaged(&text, &damage), text] {
                prop_assert_eq!(is_followed_by(&compiled, &text), by_tree(&compiled, &text), "{} {}", schema, text);
            }
        }
    }

    #[test]
    fn of_a_number_at_a_limit_the_verdict_is_that_of_the_tree(digits in "[1-9]\\.[0-9]{15,30}(e-?[1-9][0-9]?)?", limit in 0_usize..3) {
        let nearest: f64 = digits.parse().unwrap();
        let name = ["maximum", "minimum", "const"][limit];
        let compiled = Schema::new("T", json!({ name: nearest })).unwrap();
        prop_assert_eq!(is_followed_by(&compiled, &digits), by_tree(&compiled, &digits), "{} {}", name, digits);
    }
}

#[test]
fn the_edges_of_numbers_keys_and_depth() {
    let deep = |levels: usize| format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
    let texts = [
        "1.0",
        "1e2",
        "-0",
        "-0.0",
        "1e-400",
        "1e400",
        "-1e400",
        "0.1",
        "01",
        "+1",
        "1.",
        ".5",
        "NaN",
        "Infinity",
        "18446744073709551615",
        "18446744073709551616",
        "-9223372036854775809",
        "99999999999999999999e-20",
        "9007199254740993",
        "1E+2",
        "\"\\ud800\"",
        "\"\\ud83d\\ude00\"",
        "\"\u{0}\"",
        "\"\\u0000\"",
        "\u{feff}1",
        r#"{"a":1,"\u0061":1}"#,
        r#"{"\u0061":1}"#,
        r#"{"a":1,"a":1}"#,
        r#"{"z":1,"\u007a":1}"#,
        r#"{"a":1,}"#,
        "",
        " ",
        "1 2",
        "1,",
        "nul",
        "[1,]",
        "[1 2]",
        "{\"a\" 1}",
        "{a:1}",
        "\"\t\"",
        "// a\n1",
        "{\"a\":1}\u{a0}",
    ];
    let schemas = [
        json!(true),
        json!({}),
        json!({ "type": "integer" }),
        json!({ "type": "number", "multipleOf": 0.1 }),
        json!({ "type": "integer", "maximum": 100 }),
        json!({ "enum": [1, 100, 0, "😀", { "a": 1 }] }),
        json!({ "const": 9_007_199_254_740_992_i64 }),
        json!({ "type": "object", "properties": { "a": { "type": "integer" } }, "required": ["a"] }),
        json!({ "type": "object", "required": ["a"], "additionalProperties": false }),
        json!({ "type": "object", "maxProperties": 1 }),
        json!({ "type": ["object", "null"], "properties": { "a": false } }),
        json!({ "items": { "$ref": "#" }, "type": ["array", "integer"] }),
        json!({ "anyOf": [{ "type": "integer" }, { "type": "number" }, { "type": "string" }] }),
        json!({ "oneOf": [{ "type": "integer" }, { "type": "number" }, { "type": "string" }] }),
        json!({ "anyOf": [{ "type": "array", "items": { "$ref": "#" } }, { "type": "integer" }] }),
    ];
    let texts = texts.into_iter().map(str::to_owned).chain([126, 127, 128, 129, 5_000, 200_000].map(deep));
    for text in texts {
        for schema in &schemas {
            let compiled = Schema::new("T", schema.clone()).unwrap();
            let (quick, tree) = (is_followed_by(&compiled, &text), by_tree(&compiled, &text));
            let shown: String = text.chars().take(60).collect();
            assert!(quick == tree, "{schema} {shown}: {quick}, and the tree says {tree}");
        }
    }
}
