//! Enums that keep what they do not know: the server may be newer than this crate.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// An enum of names. Any other text is kept by `Unknown`; so is the JSON of a value that is no text.
macro_rules! open_text {
    ($(
        $(#[$meta:meta])*
        pub enum $name:ident { $( $(#[$variant_meta:meta])* $variant:ident = $text:literal $(| $other:literal)*, )+ }
    )+) => { $(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $( $(#[$variant_meta])* $variant, )+
            /// A value without a name here, as the server wrote it.
            Unknown(String),
        }

        impl $name {
            /// The value as it is on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $( Self::$variant => $text, )+
                    Self::Unknown(text) => text,
                }
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                match text {
                    $( $text $(| $other)* => Self::$variant, )+
                    _ => Self::Unknown(text.to_owned()),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                $crate::app_server::open::text(from)
            }
        }
    )+ };
}

/// An enum of objects that say their variant by their member `type`. One of another type, or one that does not fit its
/// type, is kept by `Unknown`.
macro_rules! open_union {
    ($(
        $(#[$meta:meta])*
        pub enum $name:ident { $(
            $(#[$variant_meta:meta])*
            $variant:ident $( ( $of:ty ) )? $( { $( $(#[$field_meta:meta])* $field:ident: $field_of:ty, )* } )? = $tag:literal,
        )+ }
    )+) => { $(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize)]
        #[serde(tag = "type", rename_all_fields = "camelCase")]
        #[non_exhaustive]
        pub enum $name {
            $(
                $(#[$variant_meta])*
                #[serde(rename = $tag)]
                $variant $( ($of) )? $( { $( $(#[$field_meta])* $field: $field_of, )* } )?,
            )+
            /// One that is not known here, or not in its form, as JSON.
            #[serde(untagged)]
            Unknown(serde_json::Value),
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                // Not the raw text: a flattened struct around this one would not have it.
                let value = serde_json::Value::deserialize(from)?;
                let known = match value.get("type").and_then(serde_json::Value::as_str) {
                    $( Some($tag) => $crate::app_server::open::open_union!(
                        @read value $variant $( ($of) )? $( { $( $(#[$field_meta])* $field: $field_of, )* } )?
                    ), )+
                    _ => None,
                };
                Ok(known.unwrap_or(Self::Unknown(value)))
            }
        }
    )+ };
    (@read $value:ident $variant:ident) => { Some(Self::$variant) };
    (@read $value:ident $variant:ident ($of:ty)) => { <$of>::deserialize(&$value).ok().map(Self::$variant) };
    (@read $value:ident $variant:ident { $( $(#[$field_meta:meta])* $field:ident: $of:ty, )* }) => {{
        #[derive(serde::Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Fields { $( $(#[$field_meta])* $field: $of, )* }
        let fields = Fields::deserialize(&$value).ok();
        fields.map(|Fields { $( $field, )* }| Self::$variant { $( $field, )* })
    }};
}

pub(crate) use {open_text, open_union};

/// A text, or the JSON of what is none.
pub(crate) fn text<'de, D: Deserializer<'de>, T: for<'a> From<&'a str>>(from: D) -> Result<T, D::Error> {
    from.deserialize_any(Text(PhantomData))
}

struct Text<T>(PhantomData<T>);

impl<'de, T: for<'a> From<&'a str>> Visitor<'de> for Text<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        Ok(text.into())
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<T, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<T, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<T, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<T, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_unit<E: Error>(self) -> Result<T, E> {
        self.visit_str("null")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        let value = Value::deserialize(MapAccessDeserializer::new(map))?;
        self.visit_str(&value.to_string())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<T, A::Error> {
        let value = Value::deserialize(SeqAccessDeserializer::new(list))?;
        self.visit_str(&value.to_string())
    }
}

/// A count, which the protocol writes as a signed number; one below zero is zero.
pub(crate) fn count<'de, D: Deserializer<'de>, T: Count>(from: D) -> Result<T, D::Error> {
    Option::<i64>::deserialize(from).map(T::of)
}

/// What a count is read into.
pub(crate) trait Count {
    fn of(count: Option<i64>) -> Self;
}

impl Count for Option<u64> {
    fn of(count: Option<i64>) -> Self {
        count.map(|count| u64::try_from(count).unwrap_or_default())
    }
}

impl Count for u64 {
    fn of(count: Option<i64>) -> Self {
        <Option<Self>>::of(count).unwrap_or_default()
    }
}

/// What is left out, or `null`, is the default.
pub(crate) fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(from: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}
