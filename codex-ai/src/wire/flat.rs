//! Finds a field at the front of a JSON object without reading the others: nearly all events of a stream are ids and
//! numbers around one short text.

use memchr::memmem::Finder;

/// The front that was read last. Those of the pieces of one answer are the same, but for a number that counts them.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Up to the number.
    head: String,
    /// From behind the number to the text.
    tail: String,
    /// How much of that is the name of the text.
    name: usize,
    /// How long the text of the first field is.
    first: usize,
    whole: Option<u64>,
}

impl Known {
    /// The front of an object that begins as the one before did; `None` for any other, and where the object may have a
    /// field `error`.
    pub(super) fn front<'a>(&self, object: &'a str, error: &Finder<'_>) -> Option<Front<'a>> {
        let after = object.strip_prefix(&*self.head)?;
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        let text = after.get(digits..)?.strip_prefix(&*self.tail)?;
        let is_counted = self.head.len() > 1;
        if self.tail.is_empty() || is_counted != (digits > 0) {
            return None;
        }
        let at = object.len() - text.len();
        let usual = object.ends_with('}') && error.find(text.as_bytes()).is_none();
        usual.then_some(Front { front: object.get(1..at - self.name)?, rest: object.get(at - 1..)? })
    }

    /// The text at `"NAME":"`, which is the first field, of a front that is known.
    pub(super) fn first<'a>(&self, front: &Front<'a>, field: &str) -> Option<&'a str> {
        front.front.get(field.len()..field.len() + self.first)
    }

    /// The whole number that [`learn`](Self::learn) was told.
    pub(super) fn whole(&self) -> Option<u64> {
        self.whole
    }

    /// Keeps a front that was read for a text at `field`, with the text of its first field and a whole number in it;
    /// `count` is the field of the number that counts.
    pub(super) fn learn(
        &mut self,
        front: &Front<'_>,
        field: &Finder<'_>,
        first: &str,
        whole: Option<u64>,
        count: &Finder<'_>,
    ) {
        let front = front.front;
        let split = count.find(front.as_bytes()).map_or(0, |at| at + count.needle().len());
        let (head, after) = front.split_at_checked(split).unwrap_or_default();
        self.head.clear();
        self.head.push('{');
        self.head.push_str(head);
        self.tail.clear();
        self.tail.push_str(if split == 0 { after } else { after.trim_start_matches(|c: char| c.is_ascii_digit()) });
        self.tail.push_str(std::str::from_utf8(field.needle()).unwrap_or_default());
        self.name = field.needle().len();
        self.first = first.len();
        self.whole = whole;
    }
}

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
