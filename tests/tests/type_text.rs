//! The short text of a type: short, the same each time, and with everything in it that the schema says.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]
#![allow(clippy::print_stdout, reason = "the figures are for people")]

mod type_text_parser;

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use codex_ai::{LlmSchema, Schema};
use serde::Deserialize;
use serde_json::{Value, json};
use type_text_parser::{Comparison, parse};

fn text(schema: Value) -> String {
    let schema = Schema::new("Answer", schema).unwrap();
    let text = schema.type_text().to_owned();
    Comparison::new(&parse(&text), schema.as_value()).run();
    text
}

#[test]
fn says_it_as_people_write_types() {
    /// What a busy reader needs to know.
    #[derive(Deserialize, LlmSchema)]
    #[allow(dead_code, reason = "only the schema is looked at")]
    struct Summary {
        /// One sentence, no jargon.
        headline: String,
        #[llm(min_items = 1, max_items = 7)]
        points: Vec<Point>,
        mood: Option<Mood>,
        places: HashMap<String, (u8, f32)>,
        more: Vec<Summary>,
        #[serde(default)]
        anything: Value,
        id: u64,
    }

    /// One thing to say.
    #[derive(Deserialize, LlmSchema)]
    #[allow(dead_code, reason = "only the schema is looked at")]
    struct Point {
        #[llm(max_length = 80)]
        text: String,
        #[llm(min = 0.0, max = 1.0)]
        weight: Option<f64>,
    }

    #[derive(Deserialize, LlmSchema)]
    #[serde(rename_all = "lowercase")]
    enum Mood {
        Good,
        /// With a reason for it.
        Bad,
    }

    let schema = Schema::of::<Summary>();
    let text = schema.type_text();
    Comparison::new(&parse(text), schema.as_value()).run();
    let expected = "\
Summary
// What a busy reader needs to know.
Summary = {
headline: string // One sentence, no jargon.
points: {text: string (at most 80 characters), weight?: number | null (0.0 to 1.0)}[] (1 to 7 items) // One thing to say.
mood?: 
| \"good\"
| \"bad\" // With a reason for it.
| null
places: {[string]: [int (0 to 255), number]}
more: Summary[]
anything?: any (default null)
id: int (at least 0)
}";
    assert_eq!(text, expected);
}

#[test]
fn bounds_and_what_has_no_word_are_said() {
    let schema = json!({
        "type": "object",
        "properties": {
            "a": { "type": "integer", "minimum": 1, "multipleOf": 5 },
            "b": { "type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1 },
            "c": { "type": "string", "minLength": 1, "pattern": "^(a|\"b\")\\)+$", "default": "a" },
            "d": { "type": "array", "items": { "type": "string", "format": "uuid" }, "uniqueItems": true, "minItems": 2 },
            "e": { "type": "object", "additionalProperties": { "type": "boolean" }, "minProperties": 1 },
            "f": { "not": { "const": "(" }, "examples": [1], "x-stream-done": true },
            "two words": { "enum": [1, null, "x\ny"] },
        },
        "required": ["two words", "g"],
    });
    let expected = "\
{
a?: int (at least 1, a multiple of 5)
b?: number (over 0, under 1)
c?: string (at least 1 character, matching \"^(a|\\\"b\\\")\\\\)+$\", default \"a\")
d?: (string (uuid))[] (at least 2 items, no two alike)
e?: {[string]: bool} (at least 1 key)
f?: any (as 1, not {\"const\":\"(\"})
\"two words\": 1 | null | \"x\\ny\"
g: any
}";
    assert_eq!(text(schema), expected);
}

#[test]
fn a_comment_ends_with_its_line() {
    let inner = json!({ "type": "object", "additionalProperties": { "type": "string", "description": "in\nner" } });
    let schema = json!({ "type": "object", "properties": { "a": inner, "b": { "type": "null" } } });
    assert_eq!(text(schema), "{\na?: {[string]: string} // in ner\nb?: null\n}");
    let choice = json!({ "oneOf": [{ "const": "a", "description": "first" }, { "const": "b" }] });
    let list = json!({ "type": "object", "properties": { "a": { "type": "array", "items": choice } } });
    assert_eq!(text(list), "{\na?: (\n| \"a\" // first\n| \"b\"\n)[]\n}");
}

#[test]
fn definitions_that_hold_themselves_or_are_used_twice_have_a_name() {
    let schema = json!({
        "type": "array",
        "items": { "$ref": "#/$defs/a b" },
        "$defs": {
            "a b": { "type": "object", "properties": { "next": { "anyOf": [{ "$ref": "#/$defs/a b" }, { "type": "null" }] },
                "x": { "$ref": "#/$defs/string" }, "y": { "$ref": "#/$defs/string" }, "root": { "$ref": "#" } } },
            "string": { "type": "object", "properties": { "only": { "$ref": "#/$defs/once" } } },
            "once": { "type": "string", "enum": ["o"] },
        },
    });
    let text = text(schema);
    assert!(text.starts_with("Answer\n") && text.contains("string2 = {\nonly?: \"o\"\n}"), "{text}");
}

#[test]
fn bytes_are_the_same_and_depth_has_a_bound() {
    let mut schema = json!({ "type": "string" });
    for _ in 0..150 {
        schema = json!({ "type": "array", "items": schema });
    }
    if let Ok(deep) = Schema::new("Deep", schema) {
        assert!(deep.type_text().contains("any (deeper than this text goes)"));
    }
    #[derive(Deserialize, LlmSchema)]
    #[allow(dead_code, reason = "only the schema is looked at")]
    struct Row {
        cells: BTreeMap<u32, Option<String>>,
    }
    let first = Schema::of::<Row>().type_text();
    for _ in 0..100 {
        let again = Schema::new("Row", Schema::of::<Row>().as_value().clone()).unwrap();
        assert_eq!(again.type_text(), first);
    }
}

/// Against the schemas of others: everything parses back, and the text is short.
#[test]
fn is_short_for_the_schemas_of_others() {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let folder = std::env::var_os("CODEX_AI_DATA").map_or_else(default, PathBuf::from);
    for file in ["cases/schemars-output.json", "cases/accepted-schemas.json"] {
        let Ok(json) = std::fs::read_to_string(folder.join(file)) else {
            println!("type_text: {file} is not there, skipped");
            continue;
        };
        let cases: Vec<Value> = serde_json::from_str(&json).unwrap();
        let (mut characters, mut tokens, mut count) = (0.0, 0.0, 0.0);
        for case in &cases {
            // Older drafts have other rules, and are no schemas of ours.
            let Ok(schema) = Schema::new("Answer", case["schema"].clone()) else { continue };
            let json = case["schema"].to_string();
            let text = schema.type_text();
            Comparison::new(&parse(text), schema.as_value()).run();
            characters += text.chars().count() as f64 / json.chars().count() as f64;
            tokens += rough_tokens(text) as f64 / rough_tokens(&json) as f64;
            count += 1.0;
        }
        let (characters, tokens) = (characters / count, tokens / count);
        println!(
            "type_text: {file}: {count} schemas, {:.1} % of the characters, {:.1} % of the tokens",
            characters * 100.0,
            tokens * 100.0
        );
        assert!(characters <= 0.4 && tokens <= 0.4, "{file}: {characters} {tokens}");
    }
}

/// Words of at most 6 letters, and signs one by one, as tokenizers roughly have it.
fn rough_tokens(text: &str) -> usize {
    let mut count = 0;
    let mut letters = 0;
    for c in text.chars() {
        if c.is_alphanumeric() {
            count += usize::from(letters % 6 == 0);
            letters += 1;
        } else {
            letters = 0;
            count += usize::from(c != ' ');
        }
    }
    count
}
