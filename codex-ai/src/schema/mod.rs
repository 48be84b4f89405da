//! What a type looks like to a model: its JSON schema, made once per type.
//!
//! There are two schemas. What `T` accepts is the schema of the type, [`Schema::as_value`], and no vendor changes it. What a
//! vendor is sent is written from it by [`Schema::wire`]: shapes that the vendor's language lacks are written as others,
//! and an answer is [decoded](WireSchema::decode) before it is checked and read. So this is what is sent for a type of
//! Rust, and what comes back as the value that serde reads:
//!
//! | Rust | OpenAI, strict | Anthropic | Gemini, `responseJsonSchema` | Gemini, `responseSchema` |
//! |---|---|---|---|---|
//! | struct | closed, all fields required | closed | as it is | as it is |
//! | `Option<T>` | required, may be null; null is `None` | may be left out or null | may be left out or null | may be left out or null |
//! | `#[serde(default)]` | required, may be null; null is taken away, so that serde fills in the default, which the description tells | may be left out | may be left out | may be left out |
//! | `#[serde(default)]` on an `Option` | required, may be null; null is `None` | may be left out | may be left out | may be left out |
//! | enum without content | `enum` of strings | the same | the same | the same |
//! | enum with content, any tagging | `anyOf`, the tag first; a variant around a struct has the struct's fields written out | the same | the same | the same |
//! | `#[serde(flatten)]` of a struct or an enum | one object, or `anyOf` of all that it can be (at most 64) | the same | the same | the same |
//! | `#[serde(flatten)]` of a map | the entries in one more field, `others`, spliced back | the same | as it is | the entries in `others` |
//! | map | list of `{"key", "value"}`; back to a map, a key twice is a problem | the same | as it is | the list of entries |
//! | map with numbers as keys | the same, `key` is a whole number | the same | as it is, the keys told in words | the list of entries |
//! | map with an enum as keys | object with a field for each | the same | the same | the same |
//! | tuple | object with the fields `0`, `1`, ..; back to a list | the same | as it is | the object |
//! | `[T; N]`, `Vec<T>` | list | list, its length told in words | list | list |
//! | `serde_json::Value` | string with JSON text; back to the value | the same | as it is | the string |
//! | `u128`, `i128` | string of digits; back to the number, exact | the same | the same | the same |
//! | a root that is no struct | `{"value": ..}`; unwrapped, also where the model left the wrapper out | the same | as it is | as it is |
//! | a type that contains itself | `$ref` | `$ref` | `$ref` | an error with the path |
//!
//! Values that are in the form of the type although the vendor was asked for another one (a map as an object, a tuple as a
//! list) are taken as they are. What no vendor's form can check is told in the description and checked by
//! [`Schema::validate`]. What cannot be sent at all is an error with its path in the type.

mod anthropic;
#[doc(hidden)]
pub mod bounds;
mod cache;
mod dialect;
mod encode;
mod format;
mod gemini;
mod keyword;
mod older;
mod openai;
#[doc(hidden)]
pub mod plain;
#[doc(hidden)]
pub mod shape;
mod standard;
#[doc(hidden)]
pub mod strict;
mod type_text;
mod validate;
mod wire;

use std::any::TypeId;
use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, OnceLock};

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::{Error, Problem, Result};
use crate::json::align::Shape;
use crate::partial::Grow;
use crate::structured::Checks;
pub(crate) use cache::make_shared;
use shape::Root;
use validate::Validator;
pub(crate) use validate::refs::References;
pub(crate) use validate::unique::Unique;
pub(crate) use validate::{path, words};
pub use wire::{WireForm, WireSchema};

/// A type that a model can be asked for, by `#[derive(LlmSchema)]`.
///
/// Beneath it is [`schemars::JsonSchema`]; the derive makes both, so a program needs neither `schemars` in its manifest
/// nor a second derive. Implemented for the standard containers, numbers, `bool`, `char`, `String` and
/// [`serde_json::Value`], and behind features for the types of `chrono`, `uuid` and `url`.
///
/// ```
/// use codex_ai::{LlmSchema, Schema};
///
/// /// A book on a shelf.
/// #[derive(serde::Deserialize, LlmSchema)]
/// struct Book {
///     /// As printed on the cover.
///     title: String,
///     #[llm(min = 1450, max = 2100)]
///     year: u16,
/// }
///
/// let schema = Schema::of::<Book>();
/// assert_eq!(schema.name(), "Book");
/// assert_eq!(schema.as_value()["properties"]["year"]["minimum"], 1450);
/// assert!(schema.validate(&serde_json::json!({ "title": "Emma", "year": 1815 })).is_ok());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no schema the model can follow",
    label = "this type needs a schema",
    note = "add `#[derive(serde::Deserialize, codex_ai::LlmSchema)]` to `{Self}`; for a type of another crate enable its feature of `codex-ai`, or use `#[llm(with = ..)]`"
)]
pub trait LlmSchema: schemars::JsonSchema + DeserializeOwned {
    /// Whether the type is free text or JSON as the output of a prompt.
    #[doc(hidden)]
    type Form;

    /// A value of the type that is still coming: for a struct the same fields, each a [`Progress`](crate::Progress).
    type Partial: Grow;

    /// The names of its fields of type `Option`, where they are so many that a vendor may refuse them.
    #[doc(hidden)]
    const OPTIONS: &'static [&'static str] = &[];

    /// The schema, made at the first call and shared from then on.
    #[doc(hidden)]
    fn llm_schema() -> &'static Arc<Schema>
    where
        Self: 'static,
    {
        cache::schema_of(
            TypeId::of::<Self>(),
            &const { Root { name: Self::schema_name, id: Self::schema_id, schema: Self::json_schema } },
        )
    }

    /// Runs the checks that the type's author wrote.
    #[doc(hidden)]
    fn llm_check(&self, _: &mut Checks<'_>) {}

    /// The value as a key of an object, for paths.
    #[doc(hidden)]
    fn llm_key(&self) -> Option<Cow<'_, str>> {
        None
    }
}

/// The form of `String`: what the model says, as it is.
#[doc(hidden)]
#[derive(Debug)]
pub enum FreeText {}

/// The form of all other types: JSON that follows the schema.
#[doc(hidden)]
#[derive(Debug)]
pub enum Json {}

/// A JSON schema (draft 2020-12) with all that is worked out from it once: a validator, and the form each vendor takes.
pub struct Schema {
    name: Cow<'static, str>,
    value: Value,
    /// Whether the library made it for a type of Rust.
    is_of_type: bool,
    validator: Validator,
    shape: OnceLock<Shape>,
    wire: [OnceLock<Result<WireSchema, Vec<Problem>>>; WireForm::COUNT],
    told: type_text::Told,
}

impl Schema {
    /// The schema of `T`, made at the first call and shared from then on.
    pub fn of<T: LlmSchema + 'static>() -> &'static Arc<Self> {
        T::llm_schema()
    }

    /// A schema that a program brings as JSON.
    ///
    /// It is read as draft 2020-12. Of older drafts these are understood: `definitions`; a list in `items`, with
    /// `additionalItems`; an anchor in `$id`; and `dependencies` and a `true` in `exclusiveMinimum` or `exclusiveMaximum`,
    /// which [`as_value`](Self::as_value) shows in today's spelling. Keywords beside a `$ref` hold. `id` is no name of a
    /// schema, so that a `$ref` to it leads nowhere; `nullable` is OpenAPI's, and a remark.
    ///
    /// What a vendor is sent has fewer values where the schema leaves something open. A schema with `properties` or
    /// `required` is an object, and one with `items` a list, also where no `type` says so. An object with `properties` has
    /// no other keys, unless `additionalProperties` or `patternProperties` allow them: `true`, too. One about whose keys
    /// nothing at all is said is a map of any values; as the root it has no keys, so that a function without parameters
    /// can be written so.
    ///
    /// # Errors
    /// [`ErrorKind::Schema`](crate::ErrorKind::Schema) with the path of each keyword that has a wrong value, each `$ref`
    /// that leads nowhere and each pattern that is no regular expression.
    pub fn new(name: impl Into<Cow<'static, str>>, value: Value) -> Result<Self> {
        let name = name.into();
        let mut value = value;
        older::rewrite(&mut value);
        let validator = Validator::compile(&value).map_err(|problems| unusable(&name, problems))?;
        Ok(Self {
            name,
            value,
            is_of_type: false,
            validator,
            shape: OnceLock::new(),
            wire: Default::default(),
            told: Default::default(),
        })
    }

    /// The schema's name, as vendors are told it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The schema as JSON.
    pub fn as_value(&self) -> &Value {
        &self.value
    }

    /// Passes unless the type's author wrote something unusable, a bad pattern for instance.
    ///
    /// # Errors
    /// [`ErrorKind::Schema`](crate::ErrorKind::Schema), as [`new`](Self::new) gives it.
    pub(crate) fn check_usable(&self) -> Result<()> {
        let problems = self.validator.refuses();
        if problems.is_empty() { Ok(()) } else { Err(unusable(&self.name, problems.to_vec())) }
    }

    /// Checks a value and finds everything that is wrong with it, not only the first.
    ///
    /// JSON Schema draft 2020-12 with references inside the document. Of `format` these are checked: `date-time`, `date`,
    /// `time`, `duration`, `email`, `hostname`, `ipv4`, `ipv6`, `uuid`, `uri` and `regex`; all others are remarks. At most
    /// 1,000 problems are collected, and a value nested some hundred levels deep is a problem of its own.
    ///
    /// # Errors
    /// The problems, each with its path, in the order of the value.
    pub fn validate(&self, value: &Value) -> Result<(), Vec<Problem>> {
        self.validator.validate(value)
    }

    /// What a value may be, worked out at the first call.
    pub(crate) fn shape(&self) -> &Shape {
        self.shape.get_or_init(|| Shape::of(&self.value))
    }

    /// Whether a JSON text is known to follow the schema, with no key twice in an object; `false` where that was not
    /// found out.
    pub(crate) fn is_followed_by(&self, text: &str) -> bool {
        self.validator.is_followed_by(text)
    }
}

fn unusable(name: &str, problems: Vec<Problem>) -> Error {
    Error::new(crate::ErrorKind::Schema, format!("the schema `{name}` is not usable")).with_problems(problems)
}

impl fmt::Debug for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Schema").field("name", &self.name).field("value", &self.value).finish()
    }
}

impl PartialEq for Schema {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.value == other.value
    }
}
