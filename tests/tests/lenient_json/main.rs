//! What models write, read by a schema as another project's well-liked parser reads it.

mod partial;

use std::process::ExitCode;

use codex_ai::{Leniency, Schema};
use codex_ai_tests::data::{Suite, suite};
use codex_ai_tests::same_json::is_same;
use serde_json::Value;

const CASES: &str = "cases/lenient-json.json";

const EXCEPTIONS: &[(&str, &str)] = &[
    (
        "basics/test_string",
        "a text in quotes that is JSON as it stands is read as JSON, without its quotes; the source keeps them",
    ),
    (
        "streaming/test_union_stream_done_list",
        "a list is expected, but the schema is that of one item: it was lost on the way from the source",
    ),
];

fn main() -> ExitCode {
    suite("lenient_json", &[CASES], EXCEPTIONS, |suite| {
        let cases = suite.cases(CASES);
        let (partial, whole): (Vec<_>, Vec<_>) =
            cases.into_iter().map(|(_, case)| case).partition(|case| case["partial"] == true);
        let (must_fail, must_pass): (Vec<_>, Vec<_>) = whole.into_iter().partition(|case| case["error"] == true);
        run(suite, &must_pass, value);
        suite.subtotal("values");
        run(suite, &must_fail, refusal);
        suite.subtotal("texts that must be refused");
        partial::run(suite, &partial);
        suite.subtotal("texts that are cut short");
        run(suite, &must_pass, partial::cut_in_two);
        run(suite, &must_fail, partial::cut_in_two);
    })
}

fn run(suite: &mut Suite, cases: &[Value], check: impl Fn(&Value) -> Result<(), String>) {
    for case in cases {
        suite.case(case["name"].as_str().unwrap_or("a case without a name"), check(case));
    }
}

fn value(case: &Value) -> Result<(), String> {
    let parsed = read(case).map_err(|error| format!("is refused: {error}"))?;
    if !is_same(&parsed.value, &case["expected"]) {
        return Err(format!("is {} instead of {}", parsed.value, case["expected"]));
    }
    let input = case["input"].as_str().unwrap_or_default();
    let is_valid = serde_json::from_str::<Value>(input).is_ok_and(|value| value == case["expected"]);
    if is_valid && !parsed.repairs.is_empty() {
        return Err(format!("was right as it came, but has repairs: {:?}", parsed.repairs));
    }
    Ok(())
}

fn refusal(case: &Value) -> Result<(), String> {
    match read(case) {
        Ok(parsed) => Err(format!("is read as {}: {:?}", parsed.value, parsed.repairs)),
        Err(error) if error.problems().is_empty() => Err(format!("is refused without a problem: {error}")),
        Err(_) => Ok(()),
    }
}

fn read(case: &Value) -> codex_ai::Result<codex_ai::Parsed<Value>> {
    let schema = Schema::new("Case", case["schema"].clone())?;
    schema.read(case["input"].as_str().unwrap_or_default(), Leniency::Lenient)
}
