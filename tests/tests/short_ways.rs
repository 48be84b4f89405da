//! Most answers go a short way, and the long way takes over where it does not lead: both must say the same.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::borrow::Cow;
use std::fmt::Display;

use codex_ai::schema::Json;
use codex_ai::wire::openai_responses::decode_reply;
use codex_ai::{ErrorKind, Leniency, LlmSchema, Part, PromptOutput, Reply, Schema};
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Any value that follows the schema with this number.
#[derive(Debug, Deserialize, PartialEq)]
#[serde(transparent)]
struct Any<const N: usize>(Value);

impl<const N: usize> schemars::JsonSchema for Any<N> {
    fn schema_name() -> Cow<'static, str> {
        format!("Any{N}").into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schema(N).try_into().unwrap()
    }
}

impl<const N: usize> LlmSchema for Any<N> {
    type Form = Json;
    type Partial = codex_ai::partial::Whole;
}

/// Reads to the letter.
fn read<T: PromptOutput>(reply: &Reply) -> codex_ai::Result<T> {
    T::read(reply, Leniency::Exact).map(|parsed| parsed.value)
}

/// Schemas with every keyword that changes which way is gone.
fn schema(number: usize) -> Value {
    let object = |properties: Value| json!({ "type": "object", "properties": properties });
    match number {
        0 => {
            json!({ "type": "object", "properties": { "a": { "type": "integer" }, "b": { "type": ["string", "null"] } },
            "required": ["a"], "additionalProperties": false })
        }
        1 => json!({ "type": "object", "properties": { "a": { "enum": ["x", 1, null] }, "b": { "const": [1] } },
            "additionalProperties": { "type": "boolean" }, "minProperties": 1, "maxProperties": 3 }),
        2 => {
            json!({ "anyOf": [object(json!({ "a": { "minimum": 1 } })), { "type": "null" }, { "type": "array", "items": { "type": "string" } }] })
        }
        3 => {
            json!({ "oneOf": [{ "type": "object", "required": ["a"] }, { "type": "object", "required": ["b"] }, { "type": "string", "minLength": 2 }] })
        }
        4 => {
            json!({ "type": "array", "prefixItems": [{ "type": "integer" }], "items": { "type": "string" }, "minItems": 1, "maxItems": 3 })
        }
        5 => json!({ "type": "array", "uniqueItems": true }),
        6 => {
            json!({ "$ref": "#/$defs/x", "maxProperties": 1, "$defs": { "x": object(json!({ "a": { "$ref": "#/$defs/x" } })) } })
        }
        7 => json!({ "properties": { "a": { "not": { "type": "string" } } }, "patternProperties": { "^b": false } }),
        8 => json!({ "type": ["number", "string"], "maximum": 1, "pattern": "^x" }),
        _ => json!({ "properties": { "a": false, "b": { "properties": { "a": true }, "required": ["a", "c"] } },
            "propertyNames": { "maxLength": 1 } }),
    }
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-1_i64..3).prop_map(Value::from),
        proptest::sample::select(vec![0.5, 1.0, -2.0, 1e20]).prop_map(Value::from),
        proptest::sample::select(vec!["", "x", "xy", "é\"\\\n"]).prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        let key = proptest::sample::select(vec!["a", "b", "c", "bb"]);
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(key, inner, 0..4).prop_map(|map| map
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value))
                .collect::<Map<_, _>>()
                .into()),
        ]
    })
}

fn agree<const N: usize>(value: &Value) -> Result<(), TestCaseError> {
    let follows = Schema::of::<Any<N>>().validate(value).is_ok();
    let read = read::<Any<N>>(&Reply::from_text("m", serde_json::to_string_pretty(value).unwrap()));
    prop_assert_eq!(read.is_ok(), follows, "schema {}: {}", N, value);
    if let Ok(read) = read {
        prop_assert_eq!(&read.0, value);
    }
    Ok(())
}

proptest! {
    #[test]
    fn a_text_is_taken_where_its_value_follows_the_schema(value in values()) {
        agree::<0>(&value)?;
        agree::<1>(&value)?;
        agree::<2>(&value)?;
        agree::<3>(&value)?;
        agree::<4>(&value)?;
        agree::<5>(&value)?;
        agree::<6>(&value)?;
        agree::<7>(&value)?;
        agree::<8>(&value)?;
        agree::<9>(&value)?;
    }
}

#[test]
fn a_key_that_is_there_twice_is_found_wherever_it_stands() {
    let refused = |text: &str| {
        let reply = Reply::from_text("m", text);
        for error in
            [read::<Any<0>>(&reply).unwrap_err(), read::<Any<7>>(&reply).map(|_| Any::<0>(Value::Null)).unwrap_err()]
        {
            assert_eq!(error.kind(), ErrorKind::InvalidOutput, "{text}");
        }
    };
    refused(r#"{"a":1,"a":1}"#);
    refused(r#"{"a":1,"\u0061":1}"#);
    refused(r#"{"a":1,"c":{"x":1,"x":2}}"#);
    refused(r#"{"a":1,"c":[{"x":1,"\u0078":2}]}"#);
    refused(r#"{"a":1} {"#);
}

/// The same body twice: with a number as vendors write it, and as only the long way reads it.
fn both_ways(items: &impl Display) -> Reply {
    let body = |tokens: &str| {
        format!(
            r#"{{"id":"r","object":"response","status":"completed","error":null,"incomplete_details":null,"model":"m","output":{items},"usage":{{"input_tokens":{tokens},"input_tokens_details":{{"cached_tokens":2}},"output_tokens":5,"output_tokens_details":{{"reasoning_tokens":1}}}}}}"#
        )
    };
    let short = decode_reply(body("3").as_bytes()).unwrap();
    let long = decode_reply(body("3.0").as_bytes()).unwrap();
    assert_eq!(short, long, "{items}");
    assert_eq!(short.usage.unwrap().input_tokens, 3);
    short
}

#[test]
fn an_answer_of_the_usual_shape_is_read_as_any_other() {
    let text = json!({ "type": "output_text", "text": "a\n\"é", "annotations": [], "logprobs": [] });
    let refusal = json!({ "type": "refusal", "refusal": "no" });
    let cited = json!({ "type": "output_text", "text": "a", "annotations": [{ "type": "url_citation" }] });
    let message = |content: &Value| json!({ "id": "1", "type": "message", "status": "completed", "content": content, "role": "assistant" });
    let with = |mut item: Value, key: &str, value: Value| {
        item[key] = value;
        item
    };
    let call = json!({ "id": "2", "type": "function_call", "status": "completed", "call_id": "c", "name": "f", "arguments": "{}" });
    let items = [
        message(&json!([text])),
        message(&json!([text, text, refusal])),
        message(&json!([])),
        message(&json!([cited])),
        message(&json!("plain")),
        message(&json!([{ "type": "new", "x": 1 }])),
        with(message(&json!([text])), "phase", json!("final_answer")),
        with(message(&json!([text])), "phase", json!("commentary")),
        with(message(&json!([text])), "phase", Value::Null),
        with(message(&json!([text])), "role", json!("user")),
        with(message(&json!([text])), "role", Value::Null),
        with(message(&json!([text])), "name", json!("n")),
        json!({ "type": "message", "content": [text] }),
        json!({ "role": "assistant", "content": [text] }),
        call.clone(),
        with(call.clone(), "call_id", Value::Null),
        with(call.clone(), "arguments", json!({ "x": 1 })),
        with(call.clone(), "namespace", json!("n")),
        with(call, "role", json!("assistant")),
        json!({ "id": "rs", "type": "reasoning", "summary": [], "encrypted_content": "gAAA" }),
        json!({ "id": "rs", "type": "reasoning", "summary": [{ "type": "summary_text", "text": "hm" }] }),
        json!({ "id": "ws", "type": "web_search_call", "status": "completed", "action": { "query": "q" } }),
        json!({ "type": "compaction" }),
        json!({ "id": "x" }),
        json!(7),
    ];
    for item in &items {
        both_ways(&json!([item]));
        both_ways(&json!([items[0], item, items[14]]));
    }
    let reply = both_ways(&json!([items[19], items[0]]));
    assert!(matches!(reply.parts.as_slice(), [Part::Raw(_), Part::Text(_)]), "{:?}", reply.parts);
}

/// A character as JSON may have it inside a string, in one of the ways there are.
fn escaped(letter: char, way: u8) -> String {
    let short = match letter {
        '"' | '\\' | '/' => Some(letter),
        '\n' => Some('n'),
        '\t' => Some('t'),
        '\r' => Some('r'),
        '\u{8}' => Some('b'),
        '\u{c}' => Some('f'),
        _ => None,
    };
    let needed = letter < ' ' || matches!(letter, '"' | '\\');
    match (way, short) {
        (0, _) | (1, None) if !needed => letter.to_string(),
        (0 | 1, Some(short)) => format!("\\{short}"),
        _ => letter.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
    }
}

proptest! {
    #[test]
    fn a_text_says_the_same_however_it_is_escaped(
        letters in proptest::collection::vec((prop_oneof![any::<char>(), proptest::sample::select(vec!['"', '\\', '/', '\n', '\t', '\r', '\u{8}', '\u{c}', 'a', 'é', '😀'])], 0_u8..20), 0..60)
    ) {
        let text: String = letters.iter().map(|(letter, _)| *letter).collect();
        // Code points are rare, or no text would be without one.
        let written: String = letters.iter().map(|(letter, way)| escaped(*letter, way.saturating_sub(17))).collect();
        // The text of a long answer goes a way of its own.
        for filler in ["", &"long ".repeat(500)] {
            let items = format!(r#"[{{"type":"message","content":[{{"type":"output_text","text":"{written}{filler}"}}]}}]"#);
            let reply = both_ways(&items);
            prop_assert_eq!(reply.text(), format!("{text}{filler}"));
        }
    }
}

#[test]
fn a_text_that_is_none_is_read_as_any_other() {
    let long = "long ".repeat(500);
    for wrong in [r"\ud800", r"a\ud83dx", r"\x", r"\", "a\nb", "a\u{1}b"] {
        let body = |tokens: &str| {
            format!(
                r#"{{"model":"m","output":[{{"type":"message","content":[{{"type":"output_text","text":"{long}{wrong}"}}]}}],"usage":{{"input_tokens":{tokens}}}}}"#
            )
        };
        let [short, long] =
            ["3", "3.0"].map(|tokens| decode_reply(body(tokens).as_bytes()).map_err(|error| error.kind()));
        assert_eq!(short, long, "{wrong}");
    }
}

#[test]
fn the_text_of_a_long_answer_stands_where_it_was() {
    let long = "said \"so\" ".repeat(400);
    let text = |text: &str| json!({ "type": "output_text", "text": text });
    let message = |content: Value| json!({ "type": "message", "content": content, "role": "assistant" });
    let cited = json!({ "type": "output_text", "annotations": [{ "type": "cited", "text": long }], "text": "short" });
    let thought = json!({ "type": "reasoning", "summary": [{ "type": "summary_text", "text": long }] });
    for items in [
        json!([message(json!([text(&long), text("two")]))]),
        json!([message(json!([text("one"), text(&long)]))]),
        json!([message(json!([text("one")])), message(json!([text(&long), text("\u{1}")]))]),
        json!([message(json!([text("\u{1}"), text(&long)]))]),
        json!([message(json!([text(r"\u0001"), text(&long)]))]),
        json!([message(json!([{ "text": "\u{1}", "type": "output_text" }, text(&long)]))]),
        json!([thought, message(json!([text(&long)]))]),
        json!([message(json!([cited]))]),
        json!([message(json!([{ "type": "output_text", "text": long, "annotations": [{ "text": "x" }] }]))]),
        json!([message(json!([{ "type": "refusal", "refusal": long }]))]),
        json!([{ "type": "other", "inner": { "type": "output_text", "text": long } }]),
    ] {
        both_ways(&items);
    }
}
