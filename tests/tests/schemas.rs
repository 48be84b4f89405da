//! Schemas of real types and of real traffic: each compiles, and becomes a legal schema of every vendor or an error with
//! paths.

use std::collections::BTreeMap;
use std::process::ExitCode;

use codex_ai::schema::WireForm;
use codex_ai::{ErrorKind, Schema};
use codex_ai_tests::data::{Suite, suite};
use codex_ai_tests::forms::Form;
use serde_json::{Value, json};

const FROM_SCHEMARS: &str = "cases/schemars-output.json";
const ACCEPTED: &str = "cases/accepted-schemas.json";
const TRANSFORMS: &str = "cases/transform-reference.json";

const EXCEPTIONS: &[(&str, &str)] = &[(
    "gemini generate tool.parameters ",
    "`type: STRING` is the OpenAPI dialect of `tool.parameters`, which no type of ours becomes before it is sent",
)];

fn main() -> ExitCode {
    suite("schemas", &[FROM_SCHEMARS, ACCEPTED, TRANSFORMS], EXCEPTIONS, |suite| {
        from_schemars(suite);
        accepted(suite);
        transforms(suite);
    })
}

fn from_schemars(suite: &mut Suite) {
    let mut legal = BTreeMap::new();
    for (i, case) in suite.cases(FROM_SCHEMARS) {
        let name = case["name"].as_str().map_or_else(|| format!("schemars-output {i}"), str::to_owned);
        for form in Form::ALL {
            let result = check(&case["schema"], form);
            *legal.entry(format!("{form:?}")).or_insert(0) += usize::from(matches!(result, Ok(Ok(_))));
            suite.case(&format!("{name} {form:?}"), result.map(drop));
        }
    }
    suite.note(format_args!("of {FROM_SCHEMARS} have a legal form: {legal:?}"));
    suite.subtotal(FROM_SCHEMARS);
}

/// A vendor took these. What it took in strict mode must be legal for the judge of that vendor, and be translated.
fn accepted(suite: &mut Suite) {
    for (i, case) in suite.cases(ACCEPTED) {
        let word = |key: &str| case[key].as_str().unwrap_or_default();
        let is_strict = case["strict"] == json!(true);
        let held_to = match (word("provider"), word("where")) {
            ("openai", _) if is_strict => Some(Form::OpenAi),
            ("anthropic", place) if is_strict || place == "output_config.format" => Some(Form::Anthropic),
            ("gemini", "generationConfig.responseJsonSchema" | "tool.parameters_json_schema") => Some(Form::Gemini),
            ("gemini", _) => Some(Form::GeminiOpenApi),
            _ => None,
        };
        let breaches = held_to.map(|form| form.breaches(&case["schema"])).unwrap_or_default();
        let mut result =
            if breaches.is_empty() { Ok(()) } else { Err(format!("was accepted: {}", breaches.join("; "))) };
        for form in Form::ALL {
            result = result.and_then(|()| match check(&case["schema"], form)? {
                Err(error) if held_to == Some(form) => Err(format!("was accepted, but is refused here: {error}")),
                _ => Ok(()),
            });
        }
        suite.case(&format!("{} {} {} {i}", word("provider"), word("api"), word("where")), result);
    }
    suite.subtotal(ACCEPTED);
}

/// What other libraries make of schemas, beside what is made here. They are a comparison and no judge: several of their
/// schemas are known to be refused.
fn transforms(suite: &mut Suite) {
    let mut kinds: BTreeMap<(String, &str), Vec<String>> = BTreeMap::new();
    for (i, case) in suite.cases(TRANSFORMS) {
        let name = case["name"].as_str().map_or_else(|| i.to_string(), str::to_owned);
        let mut result = Ok(());
        for (other, theirs) in case["output"].as_object().into_iter().flatten() {
            let form = match other.as_str() {
                name if name.contains("openapi") => Form::GeminiOpenApi,
                name if name.contains("openai") => Form::OpenAi,
                name if name.contains("anthropic") => Form::Anthropic,
                name if name.contains("gemini") => Form::Gemini,
                _ => continue,
            };
            let ours = check(&case["schema"], form);
            let refuses = theirs.get("$error").is_some();
            let legal = !refuses && form.breaches(theirs).is_empty();
            let kind = match &ours {
                Err(reason) => {
                    result = Err(format!("{form:?}: {reason}"));
                    continue;
                }
                Ok(Ok(_)) if refuses => "only they refuse",
                Ok(Ok(_)) if !legal => "theirs would be refused",
                Ok(Ok(ours)) if shape(ours) == shape(theirs) => "the same shape",
                Ok(Ok(_)) => "another shape",
                Ok(Err(_)) if legal => "only we refuse",
                Ok(Err(_)) => "neither has a legal form",
            };
            kinds.entry((other.clone(), kind)).or_default().push(name.clone());
        }
        suite.case(&name, result);
    }
    for ((other, kind), names) in kinds {
        let list = if kind == "the same shape" { String::new() } else { format!(": {}", names.join(", ")) };
        suite.note(format_args!("{other}: {kind} {}{list}", names.len()));
    }
    suite.subtotal(TRANSFORMS);
}

/// The schema's types and properties without all else, for a comparison in kind.
fn shape(schema: &Value) -> Value {
    let keep = ["type", "items", "anyOf", "enum", "$ref", "required"];
    match schema {
        Value::Object(map) => map
            .iter()
            .filter(|(keyword, _)| keep.contains(&keyword.as_str()))
            .map(|(keyword, value)| (keyword.clone(), shape(value)))
            .chain(map.get("properties").and_then(Value::as_object).map(|fields| {
                let fields = fields.iter().map(|(name, field)| (name.clone(), shape(field)));
                ("properties".to_owned(), Value::Object(fields.collect()))
            }))
            .collect(),
        Value::Array(list) => list.iter().map(shape).collect(),
        other => other.clone(),
    }
}

/// The vendor's form of the schema, or the error that tells why there is none.
///
/// # Errors
/// When the schema does not compile, when the form is not legal, when an error has no paths.
fn check(schema: &Value, form: Form) -> Result<Result<Value, String>, String> {
    let schema = Schema::new("T", schema.clone()).map_err(|error| error.to_string())?;
    let wire_form = match form {
        Form::OpenAi => WireForm::OpenAiStrict,
        Form::Anthropic => WireForm::Anthropic,
        Form::Gemini => WireForm::Gemini,
        Form::GeminiOpenApi => WireForm::GeminiOpenApi,
    };
    match schema.wire(wire_form) {
        Ok(wire) => {
            let wire: Value = serde_json::from_str(wire.as_raw().get()).map_err(|error| error.to_string())?;
            let flaws = form.flaws(&wire);
            if flaws.is_empty() { Ok(Ok(wire)) } else { Err(format!("{} in {wire}", flaws.join("; "))) }
        }
        Err(error) if error.kind() != ErrorKind::Schema => Err(format!("another kind of error: {error}")),
        Err(error) if error.problems().is_empty() => Err(format!("no problems in the error: {error}")),
        Err(error) if error.problems().iter().any(|problem| problem.path.is_empty()) => {
            Err(format!("a problem without a path: {error}"))
        }
        Err(error) => Ok(Err(error.to_string())),
    }
}
