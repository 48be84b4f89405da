//! Schemas that only an endless value follows: a field that is always there and holds the same type again. In Rust such a
//! field may be left out (`#[serde(default)]`), but where a vendor has every field a model would write until its limit.

use std::collections::HashSet;

use serde_json::Value;

use super::Dialect;
use crate::error::Problem;

/// The problem, if the vendor's schema has no finite value.
pub(super) fn check(wire: &Value, dialect: &Dialect) -> Option<Problem> {
    let definitions = wire.get("$defs").and_then(Value::as_object);
    let named = definitions.into_iter().flatten().map(|(name, schema)| (format!("#/$defs/{name}"), schema));
    let mut open: Vec<_> = named.chain([("#".to_owned(), wire)]).collect();
    let mut finite = HashSet::new();
    // Each round finds those whose parts were found before, until a round finds nothing.
    loop {
        let before = open.len();
        open.retain(|(name, schema)| !(is_finite(schema, &finite) && finite.insert(name.clone())));
        if open.len() == before {
            break;
        }
    }
    (!finite.contains("#")).then(|| {
        let name = dialect.name;
        let message =
            format!("contains itself in a field that {name} always has, so it never ends; make the field an `Option`");
        Problem::new("", message)
    })
}

/// Whether the schema has a finite value, where those of these names have one.
fn is_finite(schema: &Value, finite: &HashSet<String>) -> bool {
    if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
        return finite.contains(name);
    }
    if let Some(forms) = schema.get("anyOf").and_then(Value::as_array) {
        return forms.iter().any(|form| is_finite(form, finite));
    }
    let may_be_empty = schema.get("minItems").and_then(Value::as_f64).is_none_or(|fewest| fewest == 0.0);
    let required = schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let fields = required.filter_map(|name| schema.get("properties")?.get(name));
    let items = schema.get("items").filter(|_| !may_be_empty);
    fields.chain(items).all(|part| is_finite(part, finite))
}
