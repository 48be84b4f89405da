//! The result of a tool as the object that Gemini wants it to be, and back.
//!
//! A JSON object goes as it is. Any other text goes as `{"output": text}`, and that of a tool that failed as
//! `{"error": …}`: the names that Google's reference gives to these two. An object that would be taken for such a
//! wrapping is wrapped itself, so that every text comes back as it was.

use std::borrow::Cow;

use serde::Deserialize;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

/// The field `response`.
pub(super) struct Response<'a> {
    pub(super) output: &'a str,
    pub(super) is_error: bool,
}

impl Serialize for Response<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let object = object(self.output);
        if let (Some(object), false) = (object, self.is_error)
            && goes_as_it_is(self.output)
        {
            return object.serialize(serializer);
        }
        let mut map = serializer.serialize_map(Some(1))?;
        match (object, self.is_error) {
            (Some(object), true) => map.serialize_entry("error", object)?,
            (None, true) => map.serialize_entry("error", self.output)?,
            (_, false) => map.serialize_entry("output", self.output)?,
        }
        map.end()
    }
}

/// The text of a `response`, and whether it tells that the tool failed.
pub(super) fn unwrap_result(response: &str) -> (Cow<'_, str>, bool) {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Failed<'a> {
        #[serde(borrow)]
        error: &'a RawValue,
    }
    if let Ok(Failed { error }) = serde_json::from_str::<Failed<'_>>(response) {
        if error.get().starts_with('{') {
            return (error.get().into(), true);
        }
        if let Ok(super::Text(text)) = serde_json::from_str::<super::Text<'_>>(error.get())
            && object(&text).is_none()
        {
            return (text, true);
        }
    }
    match wrapped(response) {
        Some(text) if !goes_as_it_is(&text) => (text, false),
        _ => (response.into(), false),
    }
}

/// Whether a text is an object that nobody takes for a wrapping.
fn goes_as_it_is(text: &str) -> bool {
    object(text).is_some() && wrapped(text).is_none_or(|inner| goes_as_it_is(&inner))
}

/// The text in a wrapping.
fn wrapped(text: &str) -> Option<Cow<'_, str>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Wrapped<'a> {
        #[serde(borrow)]
        output: super::Text<'a>,
    }
    serde_json::from_str::<Wrapped<'_>>(text).ok().map(|wrapped| wrapped.output.0)
}

/// A text as a JSON object, if it is one.
pub(super) fn object(text: &str) -> Option<&RawValue> {
    if !text.trim_ascii_start().starts_with('{') {
        return None;
    }
    serde_json::from_str(text).ok()
}
