//! What a derived type hands on to the hidden type that has its fields and schemars' derive. For generated code only.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use schemars::SchemaGenerator;
use serde_json::Value;

use super::LlmSchema;
use crate::partial::{Partial, Progress};
use crate::structured::Checks;

/// A type whose schema is made, as its methods of `JsonSchema`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Root {
    /// The name.
    pub name: fn() -> Cow<'static, str>,
    /// What tells it from all others.
    pub id: fn() -> Cow<'static, str>,
    /// The schema.
    pub schema: fn(&mut SchemaGenerator) -> schemars::Schema,
}

/// A standard type that has no checks to run: derived types do not walk such fields.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has the name of a standard type and is another one",
    label = "not the standard type of this name",
    note = "name it by a path, such as `self::{Self}`"
)]
pub trait Unchecked: LlmSchema {
    /// How far such a field has come.
    type Progress;
}

/// How far a field of a type has come that is a standard one by its name.
pub type LeafOf<T> = <T as Unchecked>::Progress;

macro_rules! unchecked {
    ($($ty:ty)*) => { $(impl Unchecked for $ty { type Progress = Progress<Self>; })* };
}

unchecked!(String bool char u8 u16 u32 u64 i8 i16 i32 i64 f32 f64);

impl<T: Unchecked> Unchecked for Vec<T> {
    type Progress = Progress<Self>;
}

impl<T: Unchecked> Unchecked for Option<T> {
    type Progress = Progress<Self>;
}

/// `Debug` of a partial value; `names` are those of the fields, with a space between them.
///
/// # Errors
/// Those of the formatter.
pub fn debug(f: &mut fmt::Formatter<'_>, name: &str, names: &str, fields: &[&dyn fmt::Debug]) -> fmt::Result {
    let mut shown = f.debug_struct(name);
    for (name, field) in names.split(' ').zip(fields) {
        shown.field(name, field);
    }
    shown.finish()
}

/// The same for a variant without names of fields.
///
/// # Errors
/// Those of the formatter.
pub fn debug_items(f: &mut fmt::Formatter<'_>, name: &str, items: &[&dyn fmt::Debug]) -> fmt::Result {
    let mut shown = f.debug_tuple(name);
    for item in items {
        shown.field(item);
    }
    shown.finish()
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
pub fn schema_id(name: &str, (line, column): (u32, u32)) -> Cow<'static, str> {
    format!("{name}:{line}:{column}").into()
}

/// A default that is there but has no JSON.
#[derive(Debug)]
pub struct NoDefault;

/// The default of a field whose type depends on a parameter.
pub fn no_default() -> NoDefault {
    NoDefault
}

/// What is generated for a plain struct. To expand it here costs a fraction of what a derive costs that writes it all out.
///
/// Behind the fields stand, where there is any: attributes, items, what else is said of the fields, and what else there is of `LlmSchema`.
#[doc(hidden)]
#[macro_export]
macro_rules! plain_struct {
    (
        // A name that is a tree keeps its place for messages.
        $name:tt $text:literal $docs:literal $closed:literal
        $vis:vis struct $partial:ident $(<$p:ident: $parts:ident> $parts_of:ident)?
        $partial_text:literal $partial_docs:literal $seen:ident $members:literal
        $(($field_vis:vis $field:ident $wire:literal $field_docs:literal $progress:ident $ty:ty))*
        $(; [$($allowed:tt)*] [$($items:tt)*] [$($words:tt)*] [$($llm:tt)*])?
    ) => {
        #[allow(dead_code, deprecated, missing_docs, private_bounds, private_interfaces, unnameable_types)]
        #[allow(clippy::partial_pub_fields)]
        $($($allowed)*)?
        const _: () = {
            $($($items)*)?
            #[automatically_derived]
            impl $crate::__private::schemars::JsonSchema for $name {
                #[inline]
                fn schema_name() -> ::std::borrow::Cow<'static, ::core::primitive::str> {
                    ::std::borrow::Cow::Borrowed($text)
                }
                #[inline]
                fn schema_id() -> ::std::borrow::Cow<'static, ::core::primitive::str> {
                    $crate::__private::schema_id(::core::any::type_name::<Self>(), (::core::line!(), ::core::column!()))
                }
                #[inline]
                fn json_schema(
                    generator: &mut $crate::__private::schemars::SchemaGenerator,
                ) -> $crate::__private::schemars::Schema {
                    $crate::__private::Object::of::<$partial $(<$parts_of>)?>(generator, &[$($field_docs),*])
                        $($($words)*)?
                        .end($docs, $closed)
                }
            }
            #[automatically_derived]
            impl $crate::__private::LlmSchema for $name {
                type Form = $crate::__private::Json;
                type Partial = $partial $(<$parts_of>)?;
                $($($llm)*)?
            }
            #[doc = $partial_docs]
            $vis struct $partial $(<$p: $parts>)? {
                $( #[doc = $field_docs] $field_vis $field: $crate::__private::$progress<$ty>, )*
                $seen: ::core::primitive::usize,
            }
            #[automatically_derived]
            impl $(<$p: $parts>)? ::core::default::Default for $partial $(<$p>)? {
                #[inline]
                fn default() -> Self {
                    Self { $( $field: $crate::__private::Progress::Pending, )* $seen: 0 }
                }
            }
            #[automatically_derived]
            impl $(<$p: $parts>)? ::core::fmt::Debug for $partial $(<$p>)? {
                #[inline]
                fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    $crate::__private::debug(f, $partial_text, $members, &[$(&self.$field),*])
                }
            }
            #[automatically_derived]
            impl $(<$p: $parts>)? $crate::__private::Grow for $partial $(<$p>)? {
                #[inline]
                fn fields(&mut self, step: $crate::__private::Step<'_, '_>) -> ::core::primitive::bool {
                    step.over(&mut self.$seen, &[$($wire),*], &mut [$(&mut self.$field),*])
                }
            }
        };
    };
}
