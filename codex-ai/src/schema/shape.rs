//! What a derived type hands on to the hidden type that has its fields and schemars' derive. For generated code only.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::sync::Arc;

use schemars::SchemaGenerator;
use serde_json::Value;

use super::{LlmSchema, Schema};
use crate::partial::{Partial, Progress};
use crate::structured::Checks;

/// The schema of a type, for its static. Called once per type.
pub fn make_schema<T: LlmSchema>() -> Arc<Schema> {
    super::make::<T>()
}

/// The value of a bound as JSON.
pub fn json<T: serde::Serialize + ?Sized>(value: &T) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

/// A field of a derived type. It has a schema whatever its type is, so that a type without one is an error at the field and
/// nowhere else.
pub trait Field {
    /// The type that describes the field.
    type Type: LlmSchema;

    /// Runs the checks in the field's value.
    fn check(value: &Self::Type, checks: &mut Checks<'_>) {
        value.llm_check(checks);
    }

    /// The field's value as a key of an object.
    fn key(value: &Self::Type) -> Option<Cow<'_, str>> {
        value.llm_key()
    }
}

/// How far a field has come.
pub type ProgressOf<F> = Progress<<F as Field>::Type>;

/// The partial value of a field that stands in the place of the whole, or among the fields around it.
pub type PartialOf<F> = Partial<<F as Field>::Type>;

/// A field in the shape of a derived type.
#[derive(Debug)]
pub struct Described<F>(PhantomData<fn() -> F>);

impl<F: Field> schemars::JsonSchema for Described<F> {
    fn schema_name() -> Cow<'static, str> {
        F::Type::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        F::Type::schema_id()
    }

    fn inline_schema() -> bool {
        F::Type::inline_schema()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> schemars::Schema {
        F::Type::json_schema(generator)
    }

    fn _schemars_private_non_optional_json_schema(generator: &mut SchemaGenerator) -> schemars::Schema {
        F::Type::_schemars_private_non_optional_json_schema(generator)
    }

    fn _schemars_private_is_option() -> bool {
        F::Type::_schemars_private_is_option()
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
