//! Schemas of the real world: each has a legal form for a vendor or is refused with paths; what follows a schema survives
//! the way to the vendor and back, and what does not is caught.

use std::collections::BTreeMap;
use std::process::ExitCode;

use codex_ai::schema::WireForm;
use codex_ai::{Error, ErrorKind, Schema};
use codex_ai_tests::data::{Suite, optional_suite};
use codex_ai_tests::difference::{difference, short};
use codex_ai_tests::forms::Form;
use codex_ai_tests::schema_cases::{SchemaCase, cases, has_unchecked_format};
use serde_json::Value;

const FILE: &str = "cases/json-schema-realworld.json";

const EXCEPTIONS: &[(&str, &str)] = &[];

fn main() -> ExitCode {
    optional_suite("realworld_schemas", &[FILE], EXCEPTIONS, |suite| {
        let mut legal: BTreeMap<String, usize> = BTreeMap::new();
        let mut all = 0;
        for (i, entry) in suite.cases(FILE) {
            match cases(&entry, i) {
                Ok(cases) => {
                    all += cases.len();
                    cases.iter().for_each(|case| check(suite, case, &mut legal));
                }
                Err(reason) => suite.case(&format!("entry {i}"), Err(reason)),
            }
        }
        suite.note(format_args!("of {all} schemas these have a legal form: {legal:?}"));
    })
}

fn check(suite: &mut Suite, case: &SchemaCase, legal: &mut BTreeMap<String, usize>) {
    let name = &case.name;
    let schema = match Schema::new("T", case.schema.clone()) {
        Ok(schema) => schema,
        Err(error) => {
            suite.skip("the schema is refused with paths as a whole");
            suite.case(name, told(&error));
            return;
        }
    };
    for instance in &case.instances {
        let result = match (schema.validate(&instance.value), instance.valid) {
            // Not all who say what is valid look at formats, or at the same ones.
            (Err(_), true) if is_only_format(&case.schema, &instance.value) => {
                suite.skip("`format` is more than a remark here");
                continue;
            }
            (Ok(()), false) if has_unchecked_format(&case.schema) => {
                suite.skip("a format that is not checked");
                continue;
            }
            (Err(problems), true) => Err(format!("refuses {}: {problems:?}", short(&instance.value))),
            (Ok(()), false) => Err(format!("takes {}", short(&instance.value))),
            _ => Ok(()),
        };
        suite.case(&format!("{name} / {}", instance.name), result);
    }
    for form in Form::ALL {
        let (wire, is_legal) = match compile(&schema, form) {
            Ok(wire) => (wire, true),
            Err(result) => {
                suite.case(&format!("{name} {form:?}"), result);
                (None, false)
            }
        };
        *legal.entry(format!("{form:?}")).or_default() += usize::from(is_legal);
        let Some(judge) = wire else { continue };
        suite.case(&format!("{name} {form:?}"), Ok(()));
        for instance in case.instances.iter().filter(|instance| instance.valid) {
            let result = there_and_back(&schema, form, &judge, &instance.value);
            // An object about which nothing else is said has its own keys only, as structs have.
            if result.as_ref().is_err_and(|reason| reason.contains("is not named by the schema")) {
                suite.skip("a value with a key that the schema does not name");
                continue;
            }
            // Where no type is said it is the one that the keywords speak of, see `Schema::new`.
            if result.is_err() && is_of_another_type(&case.schema, &instance.value) {
                suite.skip("a value of another type than the keywords speak of, where no type is said");
                continue;
            }
            suite.case(&format!("{name} {form:?} / {}", instance.name), result);
        }
    }
}

/// A vendor's form of the schema as the other validator reads it; otherwise the verdict on the refusal.
fn compile(schema: &Schema, form: Form) -> Result<Option<jsonschema::Validator>, Result<(), String>> {
    let wire = schema.wire(wire_form(form)).map_err(|error| told(&error))?;
    let wire: Value = serde_json::from_str(wire.as_raw().get()).map_err(|error| Err(error.to_string()))?;
    let flaws = form.flaws(&wire);
    if !flaws.is_empty() {
        return Err(Err(format!("{} in {}", flaws.join("; "), short(&wire))));
    }
    let judge = jsonschema::draft202012::options().should_validate_formats(true).build(&form.to_json_schema(&wire));
    judge.map(Some).map_err(|error| Err(format!("{error} in {}", short(&wire))))
}

fn there_and_back(schema: &Schema, form: Form, judge: &jsonschema::Validator, value: &Value) -> Result<(), String> {
    let wire = schema.wire(wire_form(form)).map_err(|error| error.to_string())?;
    let sent = wire.encode(value.clone()).map_err(|error| format!("has no vendor's form: {error}"))?;
    if let Err(error) = judge.validate(&sent) {
        return Err(format!("the vendor's schema refuses {}: {error} at {}", short(&sent), error.instance_path()));
    }
    let back = wire.decode(sent.clone()).map_err(|error| format!("does not come back: {error}"))?;
    let mut expected = value.clone();
    if form == Form::OpenAi {
        // All properties are there in this form: what may be null is null, or its default, where it was not there.
        let mut defaults = Vec::new();
        find_defaults(schema.as_value(), &mut defaults);
        fill(&mut expected, &back, &defaults);
        schema.validate(&back).map_err(|problems| format!("comes back wrong: {problems:?}"))?;
    }
    match difference(&expected, &back) {
        Some(difference) => Err(format!("comes back otherwise: {difference}; sent as {}", short(&sent))),
        None => Ok(()),
    }
}

/// Adds the properties that came back though they were not there, where they are null or a default.
fn fill(value: &mut Value, back: &Value, defaults: &[&Value]) {
    match (value, back) {
        (Value::Object(map), Value::Object(back)) => {
            for (name, back) in back {
                match map.get_mut(name) {
                    Some(value) => fill(value, back, defaults),
                    None if back.is_null() || defaults.contains(&back) => {
                        map.insert(name.clone(), back.clone());
                    }
                    None => {}
                }
            }
        }
        (Value::Array(list), Value::Array(back)) => {
            list.iter_mut().zip(back).for_each(|(value, back)| fill(value, back, defaults));
        }
        _ => {}
    }
}

fn find_defaults<'s>(schema: &'s Value, found: &mut Vec<&'s Value>) {
    match schema {
        Value::Object(map) => {
            found.extend(map.get("default"));
            map.values().for_each(|inner| find_defaults(inner, found));
        }
        Value::Array(list) => list.iter().for_each(|inner| find_defaults(inner, found)),
        _ => {}
    }
}

/// Whether the value follows the schema only because a type is not said.
fn is_of_another_type(schema: &Value, value: &Value) -> bool {
    let mut typed = schema.clone();
    say_types(&mut typed);
    Schema::new("T", typed).is_ok_and(|typed| typed.validate(value).is_err())
}

fn say_types(schema: &mut Value) {
    const OF_OBJECTS: [&str; 5] =
        ["properties", "required", "additionalProperties", "patternProperties", "unevaluatedProperties"];
    match schema {
        Value::Object(map) => {
            for (keyword, value) in map.iter_mut() {
                match (keyword.as_str(), value) {
                    ("enum" | "const" | "default" | "examples" | "required" | "not" | "if" | "then" | "else", _) => {}
                    ("properties" | "patternProperties" | "$defs" | "definitions", Value::Object(inner)) => {
                        inner.values_mut().for_each(say_types);
                    }
                    (_, value) => say_types(value),
                }
            }
            if map.contains_key("type") {
                return;
            }
            if OF_OBJECTS.iter().any(|keyword| map.contains_key(*keyword)) {
                map.insert("type".to_owned(), "object".into());
            } else if ["items", "prefixItems"].iter().any(|keyword| map.contains_key(*keyword)) {
                map.insert("type".to_owned(), "array".into());
            }
        }
        Value::Array(list) => list.iter_mut().for_each(say_types),
        _ => {}
    }
}

/// A refusal has the right kind and paths.
fn told(error: &Error) -> Result<(), String> {
    let has_paths = !error.problems().is_empty() && error.problems().iter().all(|problem| !problem.path.is_empty());
    if error.kind() == ErrorKind::Schema && has_paths { Ok(()) } else { Err(format!("no paths: {error}")) }
}

fn wire_form(form: Form) -> WireForm {
    match form {
        Form::OpenAi => WireForm::OpenAiStrict,
        Form::Anthropic => WireForm::Anthropic,
        Form::Gemini => WireForm::Gemini,
        Form::GeminiOpenApi => WireForm::GeminiOpenApi,
    }
}

/// Whether the value follows the schema but for a `format`, in the eyes of another validator.
fn is_only_format(schema: &Value, value: &Value) -> bool {
    let valid = |formats: bool| {
        let validator = jsonschema::draft202012::options().should_validate_formats(formats).build(schema);
        validator.map(|validator| validator.is_valid(value))
    };
    matches!((valid(true), valid(false)), (Ok(false), Ok(true)))
}
