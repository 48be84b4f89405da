//! The names in the paths of checks are those by which serde itself reads: a value made by serde fails each check at the
//! path where serde put the field.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]
#![allow(non_snake_case, reason = "to see what becomes of the names")]

use codex_ai::{LlmSchema, ToolCall};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the form of a check")]
fn no(_: &u8) -> Result<(), &'static str> {
    Err("no")
}

/// Reads what serde writes, and compares the paths of all `7`s with those of the problems.
#[track_caller]
fn agree<T: LlmSchema + Serialize + 'static>(value: &T) {
    let json = serde_json::to_value(value).unwrap();
    let mut expected = Vec::new();
    sevens(&json, String::new(), &mut expected);
    let error = ToolCall::new("1", "x", json.to_string()).read::<T>().err().unwrap();
    let mut found: Vec<_> = error.problems().iter().map(|problem| problem.path.clone()).collect();
    expected.sort();
    found.sort();
    assert_eq!(found, expected, "{json}");
    assert!(!found.is_empty());
}

fn sevens(value: &Value, path: String, found: &mut Vec<String>) {
    match value {
        Value::Number(number) if number.as_u64() == Some(7) => found.push(path),
        Value::Object(fields) => {
            for (name, value) in fields {
                let plain = name.chars().all(|c| c.is_alphanumeric() || "_-".contains(c))
                    && name.starts_with(|c: char| c.is_alphabetic() || c == '_');
                let step = match (plain, path.is_empty()) {
                    (true, true) => name.clone(),
                    (true, false) => format!("{path}.{name}"),
                    (false, true) => format!("$[{name:?}]"),
                    (false, false) => format!("{path}[{name:?}]"),
                };
                sevens(value, step, found);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let start = if path.is_empty() { "$" } else { &path };
                sevens(item, format!("{start}[{index}]"), found);
            }
        }
        _ => {}
    }
}

macro_rules! cases {
    ($($name:ident $case:literal)*) => {$(
        #[test]
        fn $name() {
            #[derive(Serialize, Deserialize, LlmSchema)]
            #[serde(rename_all = $case)]
            struct Fields {
                #[llm(check = no)]
                a: u8,
                #[llm(check = no)]
                one_two: u8,
                #[llm(check = no)]
                _hidden__x_: u8,
                #[llm(check = no)]
                r#type: u8,
                #[llm(check = no)]
                x1_y2z: u8,
                #[llm(check = no)]
                camelCase: u8,
                #[llm(check = no)]
                größe: u8,
            }
            agree(&Fields { a: 7, one_two: 7, _hidden__x_: 7, r#type: 7, x1_y2z: 7, camelCase: 7, größe: 7 });

            #[derive(Serialize, Deserialize, LlmSchema)]
            #[serde(rename_all = $case, rename_all_fields = $case)]
            #[allow(non_camel_case_types, reason = "to see what becomes of it")]
            enum Variants {
                OneTwo { #[llm(check = no)] one_two: u8 },
                A(#[llm(check = no)] u8),
                HTTPServer2(#[llm(check = no)] u8, #[llm(check = no)] u8),
                snake_case { #[llm(check = no)] a: u8 },
                #[serde(rename = "as it is", rename_all = "SCREAMING-KEBAB-CASE")]
                Named { #[llm(check = no)] one_two: u8, #[serde(rename = "b b")] #[llm(check = no)] c: u8 },
            }
            agree(&Variants::OneTwo { one_two: 7 });
            agree(&Variants::A(7));
            agree(&Variants::HTTPServer2(7, 7));
            agree(&Variants::snake_case { a: 7 });
            agree(&Variants::Named { one_two: 7, c: 7 });
        }
    )*};
}

cases! {
    lower "lowercase"
    upper "UPPERCASE"
    pascal "PascalCase"
    camel "camelCase"
    snake "snake_case"
    screaming_snake "SCREAMING_SNAKE_CASE"
    kebab "kebab-case"
    screaming_kebab "SCREAMING-KEBAB-CASE"
}

#[derive(Serialize, Deserialize, LlmSchema)]
struct Plain {
    #[llm(check = no)]
    one_two: u8,
}

#[test]
fn no_rule() {
    agree(&Plain { one_two: 7 });
}

/// Reading and writing may differ; reading counts.
#[test]
fn the_side_that_reads() {
    #[derive(Deserialize, LlmSchema)]
    #[serde(rename_all(serialize = "UPPERCASE", deserialize = "kebab-case"))]
    #[allow(dead_code, reason = "only checked")]
    struct Sides {
        #[llm(check = no)]
        one_two: u8,
        #[llm(check = no)]
        #[serde(rename(serialize = "out", deserialize = "in"))]
        three: u8,
        #[llm(check = no)]
        #[serde(rename(serialize = "out"))]
        four_five: u8,
    }
    let error = ToolCall::new("1", "x", r#"{"one-two":1,"in":1,"four-five":1}"#).read::<Sides>().err().unwrap();
    let paths: Vec<_> = error.problems().iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(paths, ["one-two", "in", "four-five"]);
}
