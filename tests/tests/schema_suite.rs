//! The official test suite of JSON Schema, draft 2020-12: every keyword that is claimed is checked rightly.

use std::process::ExitCode;

use codex_ai::Schema;
use codex_ai_tests::data::{Suite, optional_suite};
use codex_ai_tests::schema_cases::{SchemaCase, cases, has_unchecked_format};
use serde_json::Value;

const FILE: &str = "cases/json-schema-suite.json";

const EXCEPTIONS: &[(&str, &str)] = &[];

fn main() -> ExitCode {
    optional_suite("schema_suite", &[FILE], EXCEPTIONS, |suite| {
        for (i, entry) in suite.cases(FILE) {
            match cases(&entry, i) {
                Ok(cases) => cases.iter().for_each(|case| check(suite, case)),
                Err(reason) => suite.case(&format!("entry {i}"), Err(reason)),
            }
        }
    })
}

fn check(suite: &mut Suite, case: &SchemaCase) {
    let is_older = case.draft.as_deref().is_some_and(|draft| !draft.contains("2020"));
    let other = is_older.then_some("another draft, or a vocabulary of its own");
    if let Some(reason) = other.or_else(|| not_claimed(&case.schema)) {
        case.instances.iter().for_each(|_| suite.skip(reason));
        return;
    }
    let schema = match Schema::new("T", case.schema.clone()) {
        Ok(schema) => schema,
        Err(error) if error.problems().iter().all(|problem| problem.message.ends_with("which is not supported")) => {
            case.instances.iter().for_each(|_| suite.skip("a pattern that looks around or back"));
            return;
        }
        Err(error) => {
            suite.case(&case.name, Err(format!("the schema is not taken: {error}")));
            return;
        }
    };
    for instance in &case.instances {
        let result = match (schema.validate(&instance.value), instance.valid) {
            (Ok(()), true) | (Err(_), false) => Ok(()),
            // The standard leaves it open; the library checks these, see `Schema::validate`.
            (Err(_), true) if is_only_format(&case.schema, &instance.value) => {
                suite.skip("`format` is more than a remark here");
                continue;
            }
            (Ok(()), false) if has_unchecked_format(&case.schema) => {
                suite.skip("a format that is not checked");
                continue;
            }
            (Ok(()), false) => Err(format!("takes {}", instance.value)),
            (Err(problems), true) => Err(format!("refuses {}: {problems:?}", instance.value)),
        };
        suite.case(&format!("{} / {}", case.name, instance.name), result);
    }
}

/// Why the suite is not held to a schema: what it needs is not claimed.
fn not_claimed(schema: &Value) -> Option<&'static str> {
    if let Some(dialect) = schema.get("$schema").and_then(Value::as_str)
        && !dialect.trim_end_matches('#').ends_with("json-schema.org/draft/2020-12/schema")
    {
        return Some("another draft, or a vocabulary of its own");
    }
    let mut found = Found::default();
    found.walk(schema);
    if found.ids > 1 && found.has_dynamic_reference {
        return Some("`$dynamicRef` across documents");
    }
    let has = |uri: &String| found.uris.iter().any(|known| known.trim_end_matches('#') == uri.as_str());
    if found.references.iter().any(|reference| reference.contains("://") && !has(reference)) {
        return Some("a reference to another document");
    }
    None
}

/// What stands in a schema.
#[derive(Default)]
struct Found {
    ids: usize,
    uris: Vec<String>,
    /// References without their fragment.
    references: Vec<String>,
    has_dynamic_reference: bool,
    base: String,
}

impl Found {
    fn walk(&mut self, schema: &Value) {
        let outer = self.base.clone();
        match schema {
            Value::Object(map) => {
                if let Some(id) = map.get("$id").and_then(Value::as_str) {
                    self.ids += 1;
                    self.base = absolute(&self.base, id);
                    self.uris.push(self.base.clone());
                }
                for (keyword, value) in map {
                    match (keyword.as_str(), value.as_str()) {
                        ("$ref" | "$dynamicRef", Some(reference)) => {
                            self.has_dynamic_reference |= keyword == "$dynamicRef";
                            let document = reference.split('#').next().unwrap_or_default();
                            if !document.is_empty() {
                                self.references.push(absolute(&self.base, document));
                            }
                        }
                        ("enum" | "const" | "default" | "examples", _) => {}
                        _ => self.walk(value),
                    }
                }
            }
            Value::Array(list) => list.iter().for_each(|inner| self.walk(inner)),
            _ => {}
        }
        self.base = outer;
    }
}

/// A URI against its base, so far as schemas need it.
fn absolute(base: &str, uri: &str) -> String {
    if uri.contains("://") || uri.starts_with("urn:") || uri.starts_with("tag:") || base.is_empty() {
        return uri.to_owned();
    }
    let authority = base.find("://").map_or(0, |at| at + 3);
    let path = base[authority..].find('/').map_or(base.len(), |at| authority + at);
    if uri.starts_with('/') {
        return format!("{}{uri}", &base[..path]);
    }
    let keep = base[path..].rfind('/').map_or(base, |at| &base[..=path + at]);
    format!("{keep}{uri}")
}

/// Whether the value follows the schema but for a `format`, in the eyes of another validator.
fn is_only_format(schema: &Value, value: &Value) -> bool {
    let valid = |formats: bool| {
        let validator = jsonschema::draft202012::options().should_validate_formats(formats).build(schema);
        validator.map(|validator| validator.is_valid(value))
    };
    matches!((valid(true), valid(false)), (Ok(false), Ok(true)))
}
