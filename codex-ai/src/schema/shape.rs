//! What a derived type hands on to the hidden type that has its fields and schemars' derive. For generated code only.

use std::borrow::Cow;
use std::fmt::Debug;
use std::marker::PhantomData;
use std::sync::Arc;

use schemars::SchemaGenerator;
use serde_json::Value;

use super::{LlmSchema, Schema};
use crate::partial::{Cursor, Grow, Progress};
use crate::structured::Checks;

/// The schema of a type, for its static. Called once per type.
pub fn make_schema<T: LlmSchema>() -> Arc<Schema> {
    super::make::<T>()
}

/// The value of a bound as JSON.
pub fn json<T: serde::Serialize + ?Sized>(value: &T) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

/// What is asked of a field's type, without a bound on the type.
#[derive(Debug)]
pub struct FieldSchema<T, P> {
    name: fn() -> Cow<'static, str>,
    id: fn() -> Cow<'static, str>,
    inline: fn() -> bool,
    schema: fn(&mut SchemaGenerator) -> schemars::Schema,
    non_optional: fn(&mut SchemaGenerator) -> schemars::Schema,
    is_option: fn() -> bool,
    /// Runs the checks in the field's value.
    pub check: fn(&T, &mut Checks<'_>),
    /// The value as a key of an object.
    pub key: fn(&T) -> Option<Cow<'_, str>>,
    /// Takes in what has come of the field.
    pub grow: fn(&mut Progress<T, P>, Cursor<'_>) -> bool,
    /// The field, for debugging.
    pub debug: fn(&Progress<T, P>) -> &dyn Debug,
    /// What is asked where the type's partial value stands in the field.
    pub content: ContentSchema<P>,
}

/// What is asked of a partial value.
#[derive(Debug)]
pub struct ContentSchema<P> {
    /// That of nothing.
    pub nothing: fn() -> P,
    /// Takes in what has come.
    pub grow: fn(&mut P, Cursor<'_>) -> bool,
    /// Takes in a field.
    pub grow_field: fn(&mut P, &str, Cursor<'_>) -> bool,
    /// The value, for debugging.
    pub debug: fn(&P) -> &dyn Debug,
}

impl<T: LlmSchema> FieldSchema<T, T::Partial> {
    /// That of this type.
    pub(super) const fn new() -> Self {
        Self {
            name: T::schema_name,
            id: T::schema_id,
            inline: T::inline_schema,
            schema: T::json_schema,
            non_optional: T::_schemars_private_non_optional_json_schema,
            is_option: T::_schemars_private_is_option,
            check: T::llm_check,
            key: T::llm_key,
            grow: Progress::<T>::grow,
            debug: |progress| progress,
            content: ContentSchema {
                nothing: <T::Partial as Default>::default,
                grow: <T::Partial as Grow>::grow,
                grow_field: <T::Partial as Grow>::grow_field,
                debug: |partial| partial,
            },
        }
    }
}

/// A field of a derived type. It has a schema whatever its type is, so that a type without one is an error at the field and
/// nowhere else.
pub trait Field {
    /// The type that the field is described by.
    type Type;
    /// Its partial value.
    type Partial;
    /// The schema of the field's type, and more.
    const SCHEMA: FieldSchema<Self::Type, Self::Partial>;
    /// Runs the checks in the field's value.
    const CHECK: fn(&Self::Type, &mut Checks<'_>) = Self::SCHEMA.check;
    /// The field's value as a key of an object.
    const KEY: fn(&Self::Type) -> Option<Cow<'_, str>> = Self::SCHEMA.key;
}

/// A field in the shape of a derived type.
#[derive(Debug)]
pub struct Described<F>(PhantomData<fn() -> F>);

impl<F: Field> schemars::JsonSchema for Described<F> {
    fn schema_name() -> Cow<'static, str> {
        (F::SCHEMA.name)()
    }

    fn schema_id() -> Cow<'static, str> {
        (F::SCHEMA.id)()
    }

    fn inline_schema() -> bool {
        (F::SCHEMA.inline)()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> schemars::Schema {
        (F::SCHEMA.schema)(generator)
    }

    fn _schemars_private_non_optional_json_schema(generator: &mut SchemaGenerator) -> schemars::Schema {
        (F::SCHEMA.non_optional)(generator)
    }

    fn _schemars_private_is_option() -> bool {
        (F::SCHEMA.is_option)()
    }
}

/// How many of its fields a partial value has seen to their end.
#[derive(Debug)]
pub struct Seen<T> {
    /// The count.
    pub count: usize,
    of: PhantomData<fn() -> T>,
}

impl<T> Default for Seen<T> {
    fn default() -> Self {
        Self { count: 0, of: PhantomData }
    }
}

/// Leads from what a derived type can name to its hidden shape.
pub trait Shaped {
    /// The shape, on which schemars' own derive stands.
    type Shape: schemars::JsonSchema;
}

/// The name of a type with parameters: `Page_for_String`.
pub fn generic_name(name: &str, params: &[Cow<'static, str>]) -> Cow<'static, str> {
    format!("{name}_for_{}", params.join("_and_")).into()
}

/// What tells a derived type from all others; the place is that of its name.
pub fn schema_id<T: ?Sized>((line, column): (u32, u32)) -> Cow<'static, str> {
    format!("{}:{line}:{column}", std::any::type_name::<T>()).into()
}

/// A default that is there but has no JSON.
#[derive(Debug)]
pub struct NoDefault;

/// The default of a field whose type depends on a parameter.
pub fn no_default() -> NoDefault {
    NoDefault
}
