//! Types that contain themselves. Gemini unrolls them to some depth, and takes them in properties only that are not
//! required.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::error::Problem;

/// Takes the properties by which a type contains itself out of `required`, and says in words that they are.
///
/// # Errors
/// Where a type contains itself without a property between.
pub(super) fn make_optional(wire: &mut Value) -> Result<(), Vec<Problem>> {
    let graph = Graph::of(wire);
    let closing: Vec<_> = graph.edges.iter().filter(|edge| graph.leads_back(edge)).collect();
    // What remains without a property must not come back to where it began.
    let bare: Vec<_> = closing.iter().filter(|edge| edge.property.is_none()).copied().collect();
    let mut graph_of_bare = Graph::default();
    for edge in &bare {
        graph_of_bare.next.entry(edge.from.clone()).or_default().push(edge.to.clone());
    }
    let mut problems = Vec::new();
    for edge in bare.iter().filter(|edge| graph_of_bare.leads_back(edge)) {
        let place = if edge.from == "#" { "$" } else { edge.from.trim_start_matches("#/$defs/") };
        let message = "contains itself without a property between, Gemini takes that in optional properties only";
        problems.push(Problem::new(place, message));
    }
    if !problems.is_empty() {
        problems.dedup();
        return Err(problems);
    }
    let places: Vec<_> = closing.iter().filter_map(|edge| edge.property.clone()).collect();
    for (object, name) in places {
        if let Some(object) = wire.pointer_mut(&object) {
            release(object, &name);
        }
    }
    Ok(())
}

/// Takes a property out of `required`.
fn release(object: &mut Value, name: &str) {
    let Some(Value::Array(required)) = object.get_mut("required") else { return };
    let before = required.len();
    required.retain(|known| known != name);
    if required.len() == before {
        return;
    }
    if required.is_empty()
        && let Value::Object(object) = object
    {
        object.shift_remove("required");
    }
    let Some(property) = object.get_mut("properties").and_then(|all| all.get_mut(name)) else { return };
    // Beside a reference nothing may stand.
    if property.get("$ref").is_some() {
        *property = serde_json::json!({ "anyOf": [property.take()] });
    }
    let own = property.get("description").and_then(Value::as_str).map(str::trim_end).unwrap_or_default();
    let stop = if own.ends_with(char::is_alphanumeric) { "." } else { "" };
    let space = if own.is_empty() { "" } else { " " };
    property["description"] = format!("{own}{stop}{space}Required.").into();
}

/// A reference: in which definition it stands, where it leads, and the innermost property around it with its object.
struct Edge {
    from: String,
    to: String,
    property: Option<(String, String)>,
}

/// Which definition refers to which.
#[derive(Default)]
struct Graph {
    edges: Vec<Edge>,
    next: HashMap<String, Vec<String>>,
}

impl Graph {
    fn of(wire: &Value) -> Self {
        let mut graph = Self::default();
        graph.walk(wire, "#", "", None);
        for (name, definition) in wire.get("$defs").and_then(Value::as_object).into_iter().flatten() {
            // The names of definitions need no escape in a pointer.
            graph.walk(definition, &format!("#/$defs/{name}"), &format!("/$defs/{name}"), None);
        }
        for edge in &graph.edges {
            graph.next.entry(edge.from.clone()).or_default().push(edge.to.clone());
        }
        graph
    }

    /// Notes the references in a schema, definitions apart. The depth of a translated schema is bounded.
    fn walk(&mut self, schema: &Value, from: &str, at: &str, property: Option<(String, String)>) {
        if let Some(to) = schema.get("$ref").and_then(Value::as_str) {
            self.edges.push(Edge { from: from.to_owned(), to: to.to_owned(), property });
            return;
        }
        for (name, field) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let key = name.replace('~', "~0").replace('/', "~1");
            self.walk(field, from, &format!("{at}/properties/{key}"), Some((at.to_owned(), name.clone())));
        }
        for keyword in ["anyOf", "prefixItems"] {
            for (i, form) in schema.get(keyword).and_then(Value::as_array).into_iter().flatten().enumerate() {
                self.walk(form, from, &format!("{at}/{keyword}/{i}"), property.clone());
            }
        }
        for keyword in ["items", "additionalProperties"] {
            if let Some(inner) = schema.get(keyword) {
                self.walk(inner, from, &format!("{at}/{keyword}"), property.clone());
            }
        }
    }

    /// Whether the target of a reference leads to where the reference stands.
    fn leads_back(&self, edge: &Edge) -> bool {
        let mut seen = HashSet::new();
        let mut open = vec![edge.to.as_str()];
        while let Some(name) = open.pop() {
            if name == edge.from {
                return true;
            }
            if seen.insert(name) {
                open.extend(self.next.get(name).into_iter().flatten().map(String::as_str));
            }
        }
        false
    }
}
