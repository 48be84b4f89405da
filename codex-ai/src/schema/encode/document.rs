//! The whole: the root, then the definitions that it needs.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::build::{Builder, Built, ROOT};
use super::choice::{Forms, Side};
use super::fit::Fit;
use super::keyword::{self, Keywords};
use super::plan::{Node, Plan, SAME};
use super::{Encoded, Lacks};
use crate::error::Problem;
use crate::schema::validate::refs::{References, subschemas};

/// The property of a root that is no object.
const VALUE: &str = "value";

pub(super) fn encode(schema: &Value, lacks: Lacks) -> Result<Encoded, Vec<Problem>> {
    let named = lacks.fields.then(|| {
        let mut schema = schema.clone();
        each_schema(&mut schema, &mut |map| {
            if map.get("type").is_some_and(|kind| kind == "object")
                && !map.keys().any(|keyword| keyword::is_of_objects(keyword))
            {
                map.insert("properties".to_owned(), Value::Object(Keywords::new()));
            }
        });
        schema
    });
    let (schema, lacks) = (named.as_ref().unwrap_or(schema), Lacks { fields: false, ..lacks });
    let references = References::of(schema);
    // Documents inside documents are left to the translators, which refuse them.
    if lacks == Lacks::NONE || !references.is_one_document() {
        let mut schema = schema.clone();
        each_schema(&mut schema, &mut remove_notes);
        return Ok(Encoded { schema, plan: Plan::default() });
    }
    let mut root = schema;
    let mut chain = Vec::new();
    // A root that is but a reference is what it refers to.
    while let Some(target) = keyword::only_reference(root).and_then(|to| references.resolve(root, to)) {
        chain.push(target);
        root = target;
    }
    let resolved = References::of(schema);
    let mut builder = Builder::new(schema, references, lacks);
    for target in chain {
        builder.is_root(target);
    }
    let mut whole = builder.schema(root, "");
    let mut definitions: HashMap<String, Value> = HashMap::new();
    while let Some(definition) = builder.queue.pop_front() {
        let built = builder.schema(definition.schema, &definition.at);
        builder.nodes[definition.node] = Node::Link(built.node);
        definitions.insert(definition.name, built.wire);
    }
    if !builder.problems.is_empty() {
        return Err(builder.problems);
    }
    builder.nodes[1] = Node::Link(whole.node);
    let mut own_name = "#".to_owned();
    let mut root_node = 1;
    if lacks.other_roots && !is_object(&whole.wire) {
        let refers = mentions_root(&whole.wire) || definitions.values().any(mentions_root);
        let form = builder.own_forms.len();
        builder.own_forms.push(root.clone());
        let mut inner = std::mem::take(&mut whole.wire);
        let description = inner.as_object_mut().and_then(|inner| inner.shift_remove("description"));
        if refers {
            let name = builder.free_name("Root");
            own_name = format!("#/$defs/{name}");
            definitions.insert(name, inner);
            inner = json!({ "$ref": own_name });
        }
        builder.wire_forms.push(inner.clone());
        whole = builder.wrapped(&Built { wire: inner, node: 1 }, VALUE, form);
        if let (Some(description), Value::Object(wire)) = (description, &mut whole.wire) {
            wire.shift_insert(0, "description".to_owned(), description);
        }
        root_node = whole.node;
    }
    let mut wire = whole.wire;
    if let (Value::Object(wire), false) = (&mut wire, definitions.is_empty()) {
        wire.insert("$defs".to_owned(), Value::Object(in_order(definitions, schema)));
    }
    let mut wire_forms = std::mem::take(&mut builder.wire_forms);
    for schema in wire_forms.iter_mut().chain([&mut wire]) {
        each_schema(schema, &mut |map| {
            if map.get("$ref").is_some_and(|to| to == ROOT) {
                map.insert("$ref".to_owned(), own_name.clone().into());
            }
            remove_notes(map);
        });
    }
    let own_forms = std::mem::take(&mut builder.own_forms);
    let forms = forms(schema, &resolved, own_forms, &wire, wire_forms);
    let nodes = builder.nodes;
    let is_same = nodes.iter().all(|node| matches!(node, Node::Same | Node::Link(SAME)));
    let plan = if is_same { Plan::default() } else { Plan::new(nodes, root_node, forms) };
    Ok(Encoded { schema: wire, plan })
}

/// What is asked to tell the forms of choices apart.
fn forms(
    schema: &Value,
    references: &References<'_>,
    own_forms: Vec<Value>,
    wire: &Value,
    mut wire_forms: Vec<Value>,
) -> Forms {
    let own_fits = own_forms.iter().map(|form| Fit::of(form, &|to| references.resolve(form, to))).collect();
    let wire_fits = wire_forms.iter().map(|form| Fit::of(form, &|to| wire.pointer(to.strip_prefix('#')?))).collect();
    let mut checked = wire.clone();
    for schema in wire_forms.iter_mut().chain([&mut checked]) {
        each_schema(schema, &mut only_shape);
    }
    Forms { own: Side::new(own_fits, schema, own_forms), wire: Side::new(wire_fits, &checked, wire_forms) }
}

/// Whether the schema is one of objects alone.
fn is_object(schema: &Value) -> bool {
    let combined = keyword::COMBINING.iter().any(|keyword| schema.get(keyword).is_some());
    schema.get("type").is_some_and(|kind| kind == "object") && !combined
}

fn mentions_root(schema: &Value) -> bool {
    let mut open = vec![schema];
    while let Some(Value::Object(map)) = open.pop() {
        if map.get("$ref").is_some_and(|to| to == ROOT) {
            return true;
        }
        open.extend(subschemas(map).map(|(_, _, inner)| inner).filter(|inner| inner.is_object()));
    }
    false
}

/// The definitions in the order of the schema, then those that it does not call so.
fn in_order(mut definitions: HashMap<String, Value>, schema: &Value) -> Keywords {
    let own = ["$defs", "definitions"].iter().filter_map(|keyword| schema.get(keyword)?.as_object());
    let names: Vec<_> = own.flat_map(|map| map.keys().cloned()).collect();
    let mut out = Keywords::new();
    for name in names {
        if let Some(definition) = definitions.remove(&name) {
            out.insert(name, definition);
        }
    }
    let mut others: Vec<_> = definitions.into_iter().collect();
    others.sort_by(|(a, _), (b, _)| a.cmp(b));
    out.extend(others);
    out
}

/// Calls `change` for the schema and for all inside it.
pub(in crate::schema) fn each_schema(schema: &mut Value, change: &mut impl FnMut(&mut Keywords)) {
    let mut open = vec![schema];
    while let Some(schema) = open.pop() {
        let Value::Object(map) = schema else { continue };
        change(map);
        for (keyword, value) in map.iter_mut() {
            match (keyword.as_str(), value) {
                ("items" | "allOf" | "anyOf" | "oneOf" | "prefixItems", Value::Array(list)) => open.extend(list),
                (
                    "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas",
                    Value::Object(schemas),
                ) => open.extend(schemas.values_mut()),
                (
                    "items"
                    | "additionalItems"
                    | "contains"
                    | "additionalProperties"
                    | "propertyNames"
                    | "unevaluatedItems"
                    | "unevaluatedProperties"
                    | "not"
                    | "if"
                    | "then"
                    | "else",
                    value,
                ) => open.push(value),
                _ => {}
            }
        }
    }
}

/// Notes for programs are no matter of a vendor.
fn remove_notes(map: &mut Keywords) {
    map.retain(|keyword, _| !keyword.starts_with("x-"));
}

/// Leaves what tells the forms of a choice apart. What is said in the terms of the type goes, since on the wire it would
/// be wrong, and `oneOf` becomes `anyOf`, since forms that exclude one another in the type need not do so there.
fn only_shape(map: &mut Keywords) {
    let gone = [
        "not",
        "if",
        "then",
        "else",
        "dependentSchemas",
        "dependentRequired",
        "contains",
        "minContains",
        "maxContains",
        "uniqueItems",
        "unevaluatedProperties",
        "unevaluatedItems",
    ];
    map.retain(|keyword, _| !gone.contains(&keyword.as_str()));
    if let Some(forms) = map.shift_remove("oneOf") {
        map.entry("anyOf").or_insert(forms);
    }
}
