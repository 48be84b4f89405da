//! The JSON schema of a prompt's arguments.

use std::marker::PhantomData;
use std::sync::Arc;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::Entry;
use crate::schema::Schema;

/// Makes the schema of an argument's type.
pub(super) type MakeSchema = fn(&mut SchemaGenerator) -> schemars::Schema;

/// An object that knows all arguments of the prompt.
pub(super) fn of_arguments(entry: &Entry) -> Arc<Schema> {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let mut properties = Map::new();
    for arg in entry.args() {
        let mut property = arg.schema.map_or(Value::Bool(true), |make| make(&mut generator).to_value());
        if !arg.docs.is_empty() {
            describe(&mut property, arg.docs);
        }
        properties.insert(arg.name.to_owned(), property);
    }
    let required: Vec<&str> = entry.args().iter().filter(|arg| arg.default.is_none()).map(|arg| arg.name).collect();
    let mut schema = json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    });
    let definitions = generator.take_definitions(true);
    if let (false, Some(schema)) = (definitions.is_empty(), schema.as_object_mut()) {
        schema.insert("$defs".to_owned(), definitions.into_iter().collect());
    }
    crate::schema::make_shared(entry.mode(), schema)
}

/// Puts the argument's docs into its schema; what the type says of itself gives way.
fn describe(property: &mut Value, docs: &str) {
    match property {
        Value::Object(property) => {
            property.insert("description".to_owned(), docs.into());
        }
        Value::Bool(true) => *property = json!({ "description": docs }),
        _ => {}
    }
}

/// Finds out whether a type has a schema: the inherent `SCHEMA` is there for types that have one and goes before that of
/// [`ProbeAny`], which is there for all. This works because generated code names concrete types.
#[doc(hidden)]
#[derive(Debug)]
pub struct Probe<T: ?Sized>(PhantomData<fn() -> PhantomData<T>>);

impl<T: JsonSchema + ?Sized> Probe<T> {
    pub const SCHEMA: Option<MakeSchema> = Some(SchemaGenerator::subschema_for::<T>);
}

#[doc(hidden)]
pub trait ProbeAny {
    const SCHEMA: Option<MakeSchema> = None;
}

impl<T: ?Sized> ProbeAny for Probe<T> {}
