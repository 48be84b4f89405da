//! What generated code calls. Not for programs: it changes without notice.

use std::borrow::Cow;
use std::marker::PhantomData;

use schemars::SchemaGenerator;

pub use ::inventory;
pub use ::schemars;
pub use ::serde;
pub use ::serde::de::DeserializeOwned;
pub use ::serde_json::Value;
pub use ::std::string::String;

pub use crate::dispatch::Caller;
pub use crate::error::Result;
use crate::prompt::{OutputOf, PromptOutput};
pub use crate::prompt::{Prompt, PromptDef, Rendered};
pub use crate::provider::BoxFuture;
pub use crate::registry::{ArgInfo, ArgSchemas, Arguments, Entry, EntryInfo, Probe, ProbeAny, ProbeSchema, Registered};
pub use crate::schema::{Json, LlmSchema, Schema, bounds};

/// The schema of a type, for its static. Called once per type.
pub fn make_schema<T: LlmSchema>() -> std::sync::Arc<Schema> {
    crate::schema::make::<T>()
}

/// The value of a bound as JSON.
pub fn json<T: serde::Serialize + ?Sized>(value: &T) -> Value {
    ::serde_json::to_value(value).unwrap_or_default()
}

/// A required argument of a builder that was not given yet.
#[derive(Debug)]
pub struct Unset;

/// A required argument of a builder, given.
#[derive(Debug)]
pub struct Set<T>(pub T);

/// The form of a prompt's answer.
///
/// It asks for nothing but a prompt, so that an output without a schema is an error at the return type only.
pub fn output_of<Q: PromptDef>() -> crate::request::Output {
    <OutputOf<Q> as PromptOutput>::output()
}

/// Compiles where a type may cross threads.
pub const fn send<T: SendArg + ?Sized>() {}

/// A type that may cross threads.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot cross threads, prompts run on any thread",
    label = "not `Send`",
    note = "use `Arc<str>`, `String` or another type that is `Send`"
)]
pub trait SendArg {}

#[diagnostic::do_not_recommend]
impl<T: Send + ?Sized> SendArg for T {}

/// The type itself, for code that must point somewhere else than the type's own tokens do.
pub trait Itself {
    /// The same type.
    type Type: ?Sized;
}

impl<T: ?Sized> Itself for T {
    type Type = T;
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

/// The entry of a prompt function with a compile error.
pub static BROKEN: Entry = Entry::new(EntryInfo {
    mode: "",
    marker: "",
    function: "",
    module: "",
    crate_name: None,
    crate_version: None,
    file: "",
    line: 0,
    column: 0,
    docs: "",
    returns: "",
    args: &[],
    model: None,
    temperature: None,
    max_tokens: None,
    output: || crate::request::Output::Text,
    render: None,
    schemas: None,
});
