//! A test of one line for everybody who has prompts.

use std::sync::Arc;

use crate::registry::{Entry, Registry};

/// Passes if the prompts of this test's binary can be used: there is at least one, no two share a mode, every schema of
/// arguments and answers is usable, and the vendor of `#[prompt(strict = ..)]` takes that of the answer. A test of one line:
///
/// ```
/// # use codex_ai::prompt;
/// # #[prompt]
/// # async fn greet(name: &str) -> String { format!("Greet {name}.") }
/// # /*
/// #[test]
/// # */
/// fn prompts_are_fine() {
///     codex_ai::testing::assert_registry_ok();
/// }
/// # prompts_are_fine();
/// ```
///
/// # Panics
/// With everything that is wrong, and where, otherwise.
#[track_caller]
pub fn assert_registry_ok() {
    let registry = match Registry::discover() {
        Ok(registry) => registry,
        Err(error) => panic!("{error}"),
    };
    // The table of an empty registry is the way out of it.
    assert!(!registry.is_empty(), "{registry}");
    let faults: Vec<String> = registry.iter().flat_map(faults).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What is wrong with the schemas of a prompt.
fn faults(entry: &'static Entry) -> Vec<String> {
    let input = entry.input_schema().map(|schema| ("arguments", Arc::clone(schema), None));
    let output = entry.output_schema().map(|schema| ("answer", schema, entry.strict()));
    let faults = input.into_iter().chain(output).filter_map(|(part, schema, strict)| {
        let usable = schema.check_usable();
        let error = usable.and_then(|()| strict.map_or(Ok(()), |form| schema.wire(form).map(drop))).err()?;
        Some(format!("{part} of `{}` at {}: {error}", entry.mode(), entry.place()))
    });
    faults.collect()
}
