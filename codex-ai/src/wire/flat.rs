//! Finds a field at the front of a JSON object without reading the others: nearly all events of a stream are ids and
//! numbers around one short text.

use memchr::memmem::Finder;

/// The front of an object, up to a field that holds a text: no lists, no objects, and nothing escaped.
pub(super) struct Front<'a> {
    front: &'a str,
    /// From the text's quote on.
    rest: &'a str,
}

impl<'a> Front<'a> {
    /// Looks for the text at `field`, which is to be written `,"NAME":"`. `None` where anything is unusual, and where
    /// the object may have a field `error`.
    pub(super) fn of(object: &'a str, field: &Finder<'_>, error: &Finder<'_>) -> Option<Self> {
        let at = field.find(object.as_bytes())?;
        let front = object.strip_prefix('{')?.get(..at - 1)?;
        let usual = memchr::memchr3(b'{', b'[', b'\\', front.as_bytes()).is_none()
            && object.ends_with('}')
            && error.find(object.as_bytes()).is_none();
        usual.then_some(Self { front, rest: &object[at + field.needle().len() - 1..] })
    }

    /// The text, from the first piece of the object that is written in full.
    pub(super) fn text(&self) -> Option<String> {
        let inner = self.rest.get(1..)?;
        let bytes = inner.as_bytes();
        let end = memchr::memchr2(b'"', b'\\', bytes)?;
        if bytes[end] == b'"' {
            let text = &inner[..end];
            // JSON has no control characters in a text.
            return (!text.bytes().any(|byte| byte < b' ')).then(|| text.to_owned());
        }
        let mut texts = serde_json::Deserializer::from_str(self.rest).into_iter();
        texts.next()?.ok()
    }

    /// The text at `"NAME":"`, where it is the first field.
    pub(super) fn first(&self, field: &str) -> Option<&'a str> {
        let text = self.front.strip_prefix(field)?;
        Some(&text[..memchr::memchr(b'"', text.as_bytes())?])
    }

    /// The whole number at `"NAME":`. `Some(None)` where there is no such field.
    pub(super) fn whole(&self, field: &Finder<'_>) -> Option<Option<u64>> {
        let Some(at) = field.find(self.front.as_bytes()) else { return Some(None) };
        let number = &self.front[at + field.needle().len()..];
        let end = memchr::memchr(b',', number.as_bytes()).unwrap_or(number.len());
        number[..end].parse().ok().map(Some)
    }
}
