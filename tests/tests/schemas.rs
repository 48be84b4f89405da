//! Schemas of real types and of real traffic: each compiles, and becomes a legal strict schema or an error with paths.

use std::process::ExitCode;

use codex_ai::Schema;
use codex_ai_tests::data::{Suite, suite};
use codex_ai_tests::strict_lint::breaches;
use serde_json::{Value, json};

const FROM_SCHEMARS: &str = "cases/schemars-output.json";
const ACCEPTED: &str = "cases/accepted-schemas.json";

const EXCEPTIONS: &[(&str, &str)] = &[(
    "gemini generate tool.parameters ",
    "`type: STRING` is the OpenAPI dialect of `tool.parameters`, which no type of ours becomes before it is sent",
)];

fn main() -> ExitCode {
    suite("schemas", &[FROM_SCHEMARS, ACCEPTED], EXCEPTIONS, |suite| {
        from_schemars(suite);
        accepted(suite);
    })
}

fn from_schemars(suite: &mut Suite) {
    for (i, case) in suite.cases(FROM_SCHEMARS) {
        let name = case["name"].as_str().map_or_else(|| format!("schemars-output {i}"), str::to_owned);
        suite.case(&name, check(&case["schema"]).map(drop));
    }
}

/// A vendor took these. What it took in strict mode must be translated, too.
fn accepted(suite: &mut Suite) {
    for (i, case) in suite.cases(ACCEPTED) {
        let must_translate = case["provider"] == "openai" && case["strict"] == json!(true);
        let result = check(&case["schema"]).and_then(|translated| match translated {
            Err(error) if must_translate => Err(format!("was accepted, but is refused here: {error}")),
            _ => Ok(()),
        });
        let word = |key: &str| case[key].as_str().unwrap_or_default();
        suite.case(&format!("{} {} {} {i}", word("provider"), word("api"), word("where")), result);
    }
}

/// The strict form of the schema, or the error that tells why there is none.
///
/// # Errors
/// When the schema does not compile, when the strict form is not legal, when an error has no paths.
fn check(schema: &Value) -> Result<Result<Value, String>, String> {
    let schema = Schema::new("T", schema.clone()).map_err(|error| error.to_string())?;
    match schema.wire(codex_ai::schema::WireForm::OpenAiStrict).map(codex_ai::schema::WireSchema::as_raw) {
        Ok(wire) => {
            let wire: Value = serde_json::from_str(wire.get()).map_err(|error| error.to_string())?;
            let breaches = breaches(&wire);
            if breaches.is_empty() { Ok(Ok(wire)) } else { Err(format!("{} in {wire}", breaches.join("; "))) }
        }
        Err(error) if error.problems().is_empty() => Err(format!("no problems in the error: {error}")),
        Err(error) if error.problems().iter().any(|problem| problem.path.is_empty()) => {
            Err(format!("a problem without a path: {error}"))
        }
        Err(error) => Ok(Err(error.to_string())),
    }
}
