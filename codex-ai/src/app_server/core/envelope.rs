//! One line of the protocol, as far as the reader of the pipe looks into it.
//!
//! A line is read once. It must be UTF-8 and one JSON object, whole and right to its last byte: what is broken anywhere
//! is told as unreadable at once, and whoever decodes parameters later is given JSON.

use std::borrow::Cow;

use super::super::requests::RequestId;
use super::routes::At;
use super::scan::{Scan, Text};

/// A message: a request has a method and an id, a notification a method, an answer an id.
#[derive(Debug, Default)]
pub(crate) struct Envelope<'a> {
    pub(crate) method: Option<Cow<'a, str>>,
    pub(crate) id: Option<RequestId>,
    /// JSON as it came, `null` included.
    pub(crate) params: Option<&'a str>,
    pub(crate) result: Option<&'a str>,
    /// Other than `null`.
    pub(crate) error: Option<&'a str>,
    pub(crate) emitted_at_ms: Option<u64>,
    /// Those of the parameters.
    pub(crate) ids: Ids<'a>,
}

impl<'a> Envelope<'a> {
    /// `None` for a line that is no message: no JSON object, a method that is no string, an id that is neither a whole
    /// number nor a string, or one of them twice.
    pub(crate) fn read(line: &'a [u8]) -> Option<Self> {
        let mut scan = Scan::new(std::str::from_utf8(line).ok()?);
        let mut message = Self::default();
        let mut seen = 0_u8;
        scan.object(|scan, key| {
            let key = unescaped(key)?;
            let member = match &*key {
                "method" => 1,
                "id" => 2,
                "params" => 4,
                "result" => 8,
                "error" => 16,
                "emittedAtMs" => 32,
                _ => 0,
            };
            if seen & member != 0 {
                return None;
            }
            seen |= member;
            if member == 4 && scan.peek()? == b'{' {
                let start = *scan;
                message.ids.read_object(scan)?;
                message.params = start.since(scan);
                return Some(());
            }
            let value = scan.value()?;
            match member {
                1 => message.method = Some(text(value)?),
                2 => message.id = id(value)?,
                4 => message.params = Some(value),
                8 => message.result = Some(value),
                16 => message.error = (value != "null").then_some(value),
                32 => message.emitted_at_ms = value.parse().ok(),
                _ => {}
            }
            Some(())
        })?;
        scan.at_end().then_some(message)
    }
}

/// The ids by which a message finds its way.
#[derive(Debug, Default)]
pub(crate) struct Ids<'a> {
    /// At `/turnId`, else at `/turn/id`.
    pub(crate) turn_id: Option<Cow<'a, str>>,
    /// At `/threadId`, else at `/thread/id`.
    pub(crate) thread_id: Option<Cow<'a, str>>,
    turn: Option<&'a str>,
    thread: Option<&'a str>,
}

impl<'a> Ids<'a> {
    /// Those of these parameters; none where they are no JSON object. An id that is no string is none.
    pub(crate) fn read(params: &'a str) -> Self {
        let mut ids = Self::default();
        match ids.read_object(&mut Scan::new(params)) {
            Some(()) => ids,
            None => Self::default(),
        }
    }

    fn read_object(&mut self, scan: &mut Scan<'a>) -> Option<()> {
        scan.object(|scan, key| {
            let key = unescaped(key)?;
            let value = scan.value()?;
            match &*key {
                "turnId" => self.turn_id = text(value),
                "threadId" => self.thread_id = text(value),
                "turn" => self.turn = Some(value),
                "thread" => self.thread = Some(value),
                _ => {}
            }
            Some(())
        })?;
        if self.turn_id.is_none() {
            self.turn_id = member(self.turn, "id");
        }
        if self.thread_id.is_none() {
            self.thread_id = member(self.thread, "id");
        }
        Some(())
    }

    /// The turn, where a method has it there; where it is not, any place will do.
    pub(crate) fn turn_at(&mut self, at: At) -> Option<Cow<'a, str>> {
        let elsewhere = self.turn_id.take();
        pick(at, elsewhere, self.turn)
    }

    /// The turn at `/turn/rootTurnId`.
    pub(crate) fn root_turn(&self) -> Option<Cow<'a, str>> {
        member(self.turn, "rootTurnId")
    }

    /// The thread, in the same way.
    pub(crate) fn thread_at(&mut self, at: At) -> Option<Cow<'a, str>> {
        let elsewhere = self.thread_id.take();
        pick(at, elsewhere, self.thread)
    }
}

fn pick<'a>(at: At, elsewhere: Option<Cow<'a, str>>, nested: Option<&'a str>) -> Option<Cow<'a, str>> {
    match at {
        // Where the schema has none, a newer server may: it is where it is for methods that are not known.
        At::Nowhere | At::Top => elsewhere,
        At::Nested => member(nested, "id").or(elsewhere),
    }
}

/// The text of this member of an object.
fn member<'a>(object: Option<&'a str>, name: &str) -> Option<Cow<'a, str>> {
    let mut found = None;
    Scan::new(object?).object(|scan, key| {
        let value = scan.value()?;
        if unescaped(key)? == name {
            found = text(value);
        }
        Some(())
    })?;
    found
}

/// A whole number, or a text; `Some(None)` for `null`, which is no id.
fn id(value: &str) -> Option<Option<RequestId>> {
    Some(match value.as_bytes().first()? {
        b'n' => None,
        b'"' => Some(RequestId::Text(text(value)?.into_owned())),
        _ => Some(RequestId::Number(value.parse().ok()?)),
    })
}

/// The text that a JSON string says.
fn text(value: &str) -> Option<Cow<'_, str>> {
    let inner = value.strip_prefix('"')?.strip_suffix('"')?;
    if inner.contains('\\') {
        return serde_json::from_str(value).ok().map(Cow::Owned);
    }
    Some(Cow::Borrowed(inner))
}

/// What a key says.
fn unescaped(key: Text<'_>) -> Option<Cow<'_, str>> {
    if key.escaped {
        // A key that says no text is none of ours.
        let text = serde_json::from_str(&format!("\"{}\"", key.raw)).unwrap_or_default();
        return Some(Cow::Owned(text));
    }
    Some(Cow::Borrowed(key.raw))
}
