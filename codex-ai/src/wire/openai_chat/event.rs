//! The usual events of a stream, read without a copy. What is not of this shape is read by the longer way.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny, SeqAccess, Visitor};

/// An event of one choice, with nothing in it that has to be kept besides the delta.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Event<'a> {
    #[serde(borrow)]
    pub(super) choices: One<'a>,
    // What stands in every event is kept of the first one, which is read by the longer way.
    #[serde(default, rename = "id")]
    _id: Known,
    #[serde(default, rename = "object")]
    _object: Known,
    #[serde(default, rename = "created")]
    _created: Known,
    #[serde(default, rename = "model")]
    _model: Known,
    #[serde(default, rename = "service_tier")]
    _service_tier: Known,
    #[serde(default, rename = "system_fingerprint")]
    _system_fingerprint: Known,
    #[serde(default, rename = "provider")]
    _provider: Known,
    #[serde(default, rename = "obfuscation")]
    _obfuscation: Known,
    #[serde(default, rename = "usage")]
    _usage: Nothing,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Choice<'a> {
    #[serde(borrow)]
    pub(super) delta: Delta<'a>,
    #[serde(default, rename = "index")]
    _index: Zero,
    #[serde(default, rename = "finish_reason")]
    _finish_reason: Nothing,
    #[serde(default, rename = "native_finish_reason")]
    _native_finish_reason: Nothing,
    #[serde(default, rename = "logprobs")]
    _logprobs: Nothing,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Delta<'a> {
    #[serde(borrow, default)]
    pub(super) content: Text<'a>,
    #[serde(borrow, default)]
    pub(super) reasoning_content: Text<'a>,
    #[serde(borrow, default)]
    pub(super) reasoning: Text<'a>,
    #[serde(borrow, default)]
    pub(super) refusal: Text<'a>,
    #[serde(borrow, default)]
    pub(super) tool_calls: Option<Vec<CallDelta<'a>>>,
    #[serde(default, rename = "role")]
    _role: Known,
    #[serde(default, rename = "reasoning_details")]
    _reasoning_details: Nothing,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CallDelta<'a> {
    pub(super) index: Option<u64>,
    #[serde(borrow, default)]
    pub(super) id: Text<'a>,
    #[serde(default, rename = "type")]
    _type: Known,
    #[serde(borrow)]
    pub(super) function: FunctionDelta<'a>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FunctionDelta<'a> {
    #[serde(borrow, default)]
    pub(super) name: Text<'a>,
    #[serde(borrow, default)]
    pub(super) arguments: Text<'a>,
}

/// A list of one choice.
pub(super) struct One<'a>(pub(super) Choice<'a>);

/// A text, or none; borrowed where nothing in it is escaped. (serde borrows into no `Option<Cow<str>>`.)
#[derive(Default)]
pub(super) struct Text<'a>(Option<Cow<'a, str>>);

/// Anything: the field is known, and what it says as well.
#[derive(Default)]
struct Known;

/// `null` or an empty list.
#[derive(Default)]
struct Nothing;

/// The index of the only choice.
#[derive(Default)]
struct Zero;

impl<'a> Text<'a> {
    /// The text, where there is something in it.
    pub(super) fn get(self) -> Option<Cow<'a, str>> {
        self.0.filter(|text| !text.is_empty())
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for One<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneVisitor;

        impl<'de> Visitor<'de> for OneVisitor {
            type Value = One<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of one choice")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<One<'de>, A::Error> {
                let one = list.next_element()?.ok_or_else(|| A::Error::custom("no choice"))?;
                match list.next_element::<IgnoredAny>()? {
                    None => Ok(One(one)),
                    Some(_) => Err(A::Error::custom("several choices")),
                }
            }
        }

        deserializer.deserialize_seq(OneVisitor)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;

        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or null")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Some(Cow::Borrowed(text))))
            }

            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Some(Cow::Owned(text.to_owned()))))
            }

            fn visit_unit<E>(self) -> Result<Text<'de>, E> {
                Ok(Text(None))
            }
        }

        deserializer.deserialize_any(TextVisitor)
    }
}

impl<'de> Deserialize<'de> for Known {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

impl<'de> Deserialize<'de> for Nothing {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NothingVisitor;

        impl<'de> Visitor<'de> for NothingVisitor {
            type Value = Nothing;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("nothing")
            }

            fn visit_unit<E>(self) -> Result<Nothing, E> {
                Ok(Nothing)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Nothing, A::Error> {
                match list.next_element::<IgnoredAny>()? {
                    None => Ok(Nothing),
                    Some(_) => Err(A::Error::custom("not empty")),
                }
            }
        }

        deserializer.deserialize_any(NothingVisitor)
    }
}

impl<'de> Deserialize<'de> for Zero {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u64::deserialize(deserializer)? {
            0 => Ok(Self),
            _ => Err(D::Error::custom("another choice")),
        }
    }
}
