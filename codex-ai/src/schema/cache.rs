//! One schema per type, for the whole life of the program.

use std::any::TypeId;
use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::Value;

use super::shape::Root;
use super::{LlmSchema, Schema};
use crate::error::Error;

/// The schema of `T` from a table by type; the derive has a static of its own for types without parameters.
pub(super) fn schema_of<T: LlmSchema + 'static>() -> &'static Arc<Schema> {
    static TABLE: OnceLock<RwLock<HashMap<TypeId, &'static Arc<Schema>>>> = OnceLock::new();
    let table = TABLE.get_or_init(RwLock::default);
    let id = TypeId::of::<T>();
    if let Some(schema) = table.read().unwrap_or_else(PoisonError::into_inner).get(&id) {
        return schema;
    }
    // Made outside the lock: a type's schema may ask for those of its parts.
    let schema = Box::leak(Box::new(make::<T>()));
    table.write().unwrap_or_else(PoisonError::into_inner).entry(id).or_insert(schema)
}

/// Generates the schema of `T`. Called once per type.
fn make<T: LlmSchema>() -> Arc<Schema> {
    make_root(&Root { name: T::schema_name, id: T::schema_id, schema: T::json_schema })
}

thread_local! {
    /// The type whose schema is made.
    static MADE: Cell<Option<Root>> = const { Cell::new(None) };
}

/// Stands for the type whose schema is made: what the generator has by type parameter is compiled once, and not in every
/// crate for every type.
struct Made;

impl Made {
    fn root() -> Option<Root> {
        MADE.get()
    }
}

impl JsonSchema for Made {
    fn schema_name() -> Cow<'static, str> {
        Self::root().map(|root| (root.name)()).unwrap_or_default()
    }

    fn schema_id() -> Cow<'static, str> {
        Self::root().map(|root| (root.id)()).unwrap_or_default()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> schemars::Schema {
        Self::root().map(|root| (root.schema)(generator)).unwrap_or_default()
    }
}

/// Generates the schema of a type.
pub(crate) fn make_root(root: &Root) -> Arc<Schema> {
    let mut settings = SchemaSettings::draft2020_12();
    settings.meta_schema = None;
    // A type may ask for the schema of another one while its own is made.
    let outer = MADE.replace(Some(*root));
    let mut value = settings.into_generator().into_root_schema_for::<Made>().to_value();
    MADE.set(outer);
    if let Value::Object(root) = &mut value {
        // The type's name is told to vendors in a field of its own; in the schema it is noise.
        root.shift_remove("title");
    }
    make_shared(&(root.name)(), value)
}

/// A schema from JSON that the library made itself.
pub(crate) fn make_shared(name: &str, value: Value) -> Arc<Schema> {
    let name = wire_name(name);
    match Schema::new(name.clone(), value) {
        Ok(schema) => Arc::new(Schema { is_of_type: true, ..schema }),
        Err(error) => Arc::new(Schema::unusable(name, &error)),
    }
}

/// The name as vendors take it (OpenAI: `[a-zA-Z0-9_-]`, at most 64 characters).
fn wire_name(name: &str) -> Cow<'static, str> {
    let name: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).take(64).collect();
    if name.is_empty() { Cow::Borrowed("value") } else { Cow::Owned(name) }
}

impl Schema {
    /// The schema of a type whose author wrote something unusable, a bad pattern for instance. It can be asked for by
    /// nobody: every use ends in the error that tells what is wrong.
    fn unusable(name: Cow<'static, str>, error: &Error) -> Self {
        let problems = error.problems().to_vec();
        Self {
            name,
            value: Value::Bool(false),
            is_of_type: true,
            validator: super::Validator::refuse_all(problems.clone()),
            shape: OnceLock::new(),
            wire: std::array::from_fn(|_| OnceLock::from(Err(problems.clone()))),
            told: Default::default(),
        }
    }
}
