//! The JSON schema of a prompt's arguments.

use std::marker::PhantomData;
use std::sync::Arc;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::Entry;
use crate::schema::Schema;

/// Collects the schemas of the arguments, each under its name.
#[doc(hidden)]
#[derive(Debug)]
pub struct ArgSchemas<'g> {
    generator: &'g mut SchemaGenerator,
    properties: Map<String, Value>,
}

impl ArgSchemas<'_> {
    /// Adds the schema of one argument.
    pub fn add(&mut self, name: &str, schema: impl FnOnce(&mut SchemaGenerator) -> schemars::Schema) {
        let schema = schema(self.generator).to_value();
        self.properties.insert(name.to_owned(), schema);
    }

    pub(super) fn collect(entry: &Entry, collect: fn(&mut ArgSchemas<'_>)) -> Arc<Schema> {
        let mut generator = SchemaSettings::draft2020_12().into_generator();
        let mut schemas = ArgSchemas { generator: &mut generator, properties: Map::new() };
        collect(&mut schemas);
        let mut properties = schemas.properties;
        for arg in entry.args() {
            if let (Some(property), false) = (properties.get_mut(arg.name), arg.docs.is_empty()) {
                describe(property, arg.docs);
            }
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

/// Finds out by method lookup whether a type has a schema: [`ProbeSchema`] is on `&Probe`, [`ProbeAny`] on `Probe`, and
/// Rust takes the first that fits. This works because generated code names concrete types.
#[doc(hidden)]
#[derive(Debug)]
pub struct Probe<T: ?Sized>(PhantomData<fn() -> PhantomData<T>>);

impl<T: ?Sized> Probe<T> {
    /// For generated code.
    #[expect(clippy::new_without_default, reason = "only generated code makes one")]
    pub fn new() -> Self {
        Self(PhantomData)
    }
}

#[doc(hidden)]
pub trait ProbeSchema {
    fn schema(&self, generator: &mut SchemaGenerator) -> schemars::Schema;
}

impl<T: JsonSchema + ?Sized> ProbeSchema for &Probe<T> {
    fn schema(&self, generator: &mut SchemaGenerator) -> schemars::Schema {
        generator.subschema_for::<T>()
    }
}

#[doc(hidden)]
pub trait ProbeAny {
    fn schema(&self, generator: &mut SchemaGenerator) -> schemars::Schema;
}

impl<T: ?Sized> ProbeAny for Probe<T> {
    fn schema(&self, _: &mut SchemaGenerator) -> schemars::Schema {
        schemars::Schema::from(true)
    }
}
