//! Schemas of real types through every vendor's form: written, or refused with a path; and random values of them there and
//! back.

use std::process::ExitCode;

use codex_ai::Schema;
use codex_ai::schema::WireForm;
use codex_ai_tests::data::suite;
use codex_ai_tests::encoding::equal_but_for_nulls;
use codex_ai_tests::forms::Form;
use codex_ai_tests::random_values::{Dice, value_of};
use serde_json::Value;

const FROM_SCHEMARS: &str = "cases/schemars-output.json";

const FORMS: [WireForm; 4] = [WireForm::OpenAiStrict, WireForm::Anthropic, WireForm::Gemini, WireForm::GeminiOpenApi];

/// Values that are tried of each schema in each form.
const VALUES: u16 = 40;

fn main() -> ExitCode {
    let (mut written, mut refused, mut values) = (0, 0, 0);
    suite("encoded_schemas", &[FROM_SCHEMARS], &[], |suite| {
        for (i, case) in suite.cases(FROM_SCHEMARS) {
            let name = case["name"].as_str().map_or_else(|| format!("schemars-output {i}"), str::to_owned);
            for form in FORMS {
                let result = check(&case["schema"], form).map(|found| match found {
                    Some(count) => {
                        written += 1;
                        values += count;
                    }
                    None => refused += 1,
                });
                suite.case(&format!("{name} {form:?}"), result);
            }
        }
        suite.note(format_args!("{written} written, {refused} refused with a path, {values} values there and back"));
    })
}

/// How many values went there and back; `None` where the schema is refused.
///
/// # Errors
/// When something is lost.
fn check(json: &Value, form: WireForm) -> Result<Option<usize>, String> {
    let schema = Schema::new("T", json.clone()).map_err(|error| error.to_string())?;
    let wire = match schema.wire(form) {
        Ok(wire) => wire,
        Err(error) if error.problems().is_empty() => return Err(format!("no problems in the error: {error}")),
        Err(error) if error.problems().iter().any(|problem| problem.path.is_empty()) => {
            return Err(format!("a problem without a path: {error}"));
        }
        Err(_) => return Ok(None),
    };
    let sent = serde_json::from_str::<Value>(wire.as_raw().get()).map_err(|error| error.to_string())?;
    // This form is a language of its own.
    let sent = if form == WireForm::GeminiOpenApi { Form::GeminiOpenApi.to_json_schema(&sent) } else { sent };
    let sent = jsonschema::validator_for(&sent).map_err(|error| error.to_string())?;
    let mut count = 0;
    for seed in 0..VALUES {
        let numbers: Vec<u16> = (0..97_u16).map(|n| n.wrapping_mul(seed.wrapping_mul(40_503) ^ 25_173)).collect();
        let Some(value) = value_of(json, json, &mut Dice::new(&numbers), 0) else { continue };
        if schema.validate(&value).is_err() {
            continue;
        }
        let written = match wire.encode(value.clone()) {
            Ok(written) => written,
            // A struct takes keys that it does not know; on the wire there are none.
            Err(error) if error.problems().iter().all(|problem| problem.message.contains("is not named")) => continue,
            Err(error) => return Err(format!("{value}: {error}")),
        };
        if !sent.is_valid(&written) {
            return Err(format!("{value} as {written} does not follow {}", wire.as_raw()));
        }
        let read = wire.decode(written.clone()).map_err(|error| error.to_string())?;
        if !equal_but_for_nulls(&read, &value) {
            return Err(format!("{value} became {read} by {written}"));
        }
        count += 1;
    }
    Ok(Some(count))
}
