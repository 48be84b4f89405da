//! JSON without a schema that was cut off anywhere: what there is of it is shown.

use std::process::ExitCode;

use codex_ai::partial::PartialReader;
use codex_ai_tests::data::{Suite, suite};
use serde_json::Value;

const CASES: &str = "cases/partial-json.json";

fn main() -> ExitCode {
    suite("partial_json", &[CASES], &[], |suite| {
        for (i, case) in suite.cases(CASES) {
            let name = case["name"].as_str().map_or_else(|| format!("partial-json {i}"), str::to_owned);
            check(suite, &name, &case);
        }
    })
}

/// The text in one piece, and cut at every character: what is shown is the same.
fn check(suite: &mut Suite, name: &str, case: &Value) {
    let input = case["input"].as_str().unwrap_or_default();
    let expected = case.get("expected");
    let result = check_pieces([input].into_iter(), expected)
        .and_then(|()| check_pieces(input.split("").filter(|piece| !piece.is_empty()), expected));
    suite.case(name, result);
}

fn check_pieces<'a>(pieces: impl Iterator<Item = &'a str>, expected: Option<&Value>) -> Result<(), String> {
    let mut reader = PartialReader::any();
    pieces.for_each(|piece| reader.push(piece));
    let shown = reader.snapshot();
    let is_equal = match (expected, &shown) {
        (None, None) => true,
        (Some(expected), Some(shown)) => same(expected, shown),
        _ => false,
    };
    if is_equal { Ok(()) } else { Err(format!("{shown:?} instead of {expected:?}")) }
}

/// Whether they are equal, numbers by their value.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}
