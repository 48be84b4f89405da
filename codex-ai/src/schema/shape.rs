//! What a derived type hands on to the hidden type that has its fields and schemars' derive. For generated code only.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use schemars::SchemaGenerator;
use serde_json::{Map, Value};

use super::LlmSchema;
use crate::partial::{Grow, Partial, Progress, Step};
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

/// The schema of a plain struct while its fields are told, as schemars' derive would tell them.
#[derive(Debug)]
pub struct Object<'g> {
    generator: &'g mut SchemaGenerator,
    fields: Vec<(String, schemars::Schema)>,
    required: Vec<Value>,
    /// The field whose keywords are set.
    at: usize,
}

impl<'g> Object<'g> {
    /// The fields of a struct by its partial value, with the doc comments of them all.
    pub fn of<P: Grow>(generator: &'g mut SchemaGenerator, docs: &'static [&'static str]) -> Self {
        let mut object = Self { generator, fields: Vec::new(), required: Vec::new(), at: 0 };
        P::default().fields(Step::Tell(&mut object));
        for ((_, schema), docs) in object.fields.iter_mut().zip(docs) {
            document(schema, docs);
        }
        object
    }

    /// Tells a field.
    pub(crate) fn field<T: LlmSchema>(&mut self, name: &str) {
        let schema = self.generator.subschema_for::<T>();
        if !(T::_schemars_private_is_option() && self.generator.contract().is_deserialize()) {
            self.required.push(name.into());
        }
        self.fields.push((name.to_owned(), schema));
    }

    /// Turns to the field of this index.
    pub fn at(mut self, index: usize) -> Self {
        self.at = index;
        self
    }

    /// Describes the field in other words than its doc comment.
    pub fn described(self, text: &'static str) -> Self {
        self.insert("description", text.into())
    }

    /// Sets a keyword of the field.
    pub fn with<V: serde::Serialize + ?Sized>(self, keyword: &'static str, value: &V) -> Self {
        self.insert(keyword, json(value))
    }

    fn insert(mut self, keyword: &'static str, value: Value) -> Self {
        if let Some((_, schema)) = self.fields.get_mut(self.at) {
            schema.insert(keyword.to_owned(), value);
        }
        self
    }

    /// The schema. `description` is what the type is described by in other words than its doc comment.
    pub fn end(self, docs: &'static str, description: Option<&'static str>, is_closed: bool) -> schemars::Schema {
        let properties = self.fields.into_iter().map(|(name, schema)| (name, schema.into()));
        let mut schema = Map::new();
        schema.insert("type".to_owned(), "object".into());
        if is_closed {
            schema.insert("additionalProperties".to_owned(), false.into());
        }
        schema.insert("properties".to_owned(), Value::Object(properties.collect()));
        if !self.required.is_empty() {
            schema.insert("required".to_owned(), self.required.into());
        }
        let mut schema = schemars::Schema::from(schema);
        document(&mut schema, docs);
        if let Some(description) = description {
            schema.insert("description".to_owned(), description.into());
        }
        schema
    }
}

/// Title and description from a doc comment.
fn document(schema: &mut schemars::Schema, docs: &'static str) {
    let (title, description) = schemars::_private::get_title_and_description(docs);
    for (keyword, text) in [("title", title), ("description", description)] {
        if !text.is_empty() {
            schema.insert(keyword.to_owned(), text.into());
        }
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

/// What is generated for a plain struct whose fields have types of standard names, and for which nothing is said in
/// attributes. To expand it here costs a fraction of what a derive costs that writes it all out.
#[doc(hidden)]
#[macro_export]
macro_rules! plain_struct {
    (
        // A name that is a tree keeps its place for messages.
        $name:tt $text:literal $docs:literal $closed:literal
        $vis:vis struct $partial:ident $partial_text:literal $partial_docs:literal $seen:ident $members:literal
        $(($field_vis:vis $field:ident $wire:literal $field_docs:literal $ty:ty))*
    ) => {
        #[allow(dead_code, deprecated, missing_docs, private_bounds, private_interfaces, unnameable_types)]
        #[allow(clippy::partial_pub_fields)]
        const _: () = {
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
                    $crate::__private::Object::of::<$partial>(generator, &[$($field_docs),*])
                        .end($docs, $crate::__private::None, $closed)
                }
            }
            #[automatically_derived]
            impl $crate::__private::LlmSchema for $name {
                type Form = $crate::__private::Json;
                type Partial = $partial;
            }
            #[doc = $partial_docs]
            $vis struct $partial {
                $( #[doc = $field_docs] $field_vis $field: $crate::__private::LeafOf<$ty>, )*
                $seen: ::core::primitive::usize,
            }
            #[automatically_derived]
            impl ::core::default::Default for $partial {
                #[inline]
                fn default() -> Self {
                    Self { $( $field: $crate::__private::Progress::Pending, )* $seen: 0 }
                }
            }
            #[automatically_derived]
            impl ::core::fmt::Debug for $partial {
                #[inline]
                fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    $crate::__private::debug(f, $partial_text, $members, &[$(&self.$field),*])
                }
            }
            #[automatically_derived]
            impl $crate::__private::Grow for $partial {
                #[inline]
                fn fields(&mut self, step: $crate::__private::Step<'_, '_>) -> ::core::primitive::bool {
                    step.over(&mut self.$seen, &[$($wire),*], &mut [$(&mut self.$field),*])
                }
            }
        };
    };
}
