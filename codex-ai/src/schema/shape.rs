//! What a derived type hands on to the hidden type that has its fields and schemars' derive. For generated code only.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::sync::Arc;

use schemars::SchemaGenerator;
use serde_json::Value;

use super::{LlmSchema, Schema};

/// The schema of a type, for its static. Called once per type.
pub fn make_schema<T: LlmSchema>() -> Arc<Schema> {
    super::make::<T>()
}

/// The value of a bound as JSON.
pub fn json<T: serde::Serialize + ?Sized>(value: &T) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

/// What schemars asks of a field's type, without the type.
#[derive(Debug)]
pub struct FieldSchema {
    name: fn() -> Cow<'static, str>,
    id: fn() -> Cow<'static, str>,
    inline: fn() -> bool,
    schema: fn(&mut SchemaGenerator) -> schemars::Schema,
    non_optional: fn(&mut SchemaGenerator) -> schemars::Schema,
    is_option: fn() -> bool,
}

/// The schema of a field's type.
pub const fn field<T: LlmSchema>() -> FieldSchema {
    FieldSchema {
        name: T::schema_name,
        id: T::schema_id,
        inline: T::inline_schema,
        schema: T::json_schema,
        non_optional: T::_schemars_private_non_optional_json_schema,
        is_option: T::_schemars_private_is_option,
    }
}

/// A field of a derived type. It has a schema whatever its type is, so that a type without one is an error at the field and
/// nowhere else.
pub trait Field {
    /// The schema of the field's type.
    const SCHEMA: FieldSchema;
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
