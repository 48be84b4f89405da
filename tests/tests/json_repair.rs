//! What another project's repair of JSON makes of broken texts: advice, since that one knows no schema and takes the last
//! of several values. Reports how often both agree, and fails on nothing but a crash.

use std::process::ExitCode;

use codex_ai::{Leniency, Schema};
use codex_ai_tests::data::suite;
use codex_ai_tests::same_json::is_same;
use serde_json::{Value, json};

const CASES: &str = "cases/json-repair.json";

const EXCEPTIONS: &[(&str, &str)] = &[(
    "",
    "advice: with several values in a text the source often keeps the last, it drops what it does not understand, and \
     without a schema there is no telling what was meant",
)];

fn main() -> ExitCode {
    suite("json_repair", &[CASES], EXCEPTIONS, |suite| {
        let cases = suite.cases(CASES);
        for (i, case) in &cases {
            let name = case["name"].as_str().map_or_else(|| format!("case {i}"), str::to_owned);
            let result = check(case);
            if let Err(reason) = &result {
                suite.skip(format!("differs in {name}: {reason}"));
            }
            suite.case(&name, result);
        }
        suite.subtotal(&format!("{} texts", cases.len()));
    })
}

fn check(case: &Value) -> Result<(), String> {
    // `true` is the schema of anything, which says no more than that.
    let schema = if case["schema"] == true { json!({}) } else { case["schema"].clone() };
    let schema = Schema::new("Any", schema).map_err(|error| error.to_string())?;
    let input = case["input"].as_str().unwrap_or_default();
    match (schema.read(input, Leniency::Lenient), case["error"] == true) {
        (Ok(parsed), false) if is_same(&parsed.value, &case["expected"]) => Ok(()),
        (Ok(parsed), false) => Err(format!("is {} instead of {}", parsed.value, case["expected"])),
        (Err(_), true) => Ok(()),
        (Ok(parsed), true) => Err(format!("is read as {}", parsed.value)),
        (Err(error), false) => Err(format!("is refused: {error}")),
    }
}
