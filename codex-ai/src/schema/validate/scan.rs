//! A quick reader of JSON text for whoever reads it properly as well.
//!
//! It finds its way by quotes and brackets and does not judge the grammar: a text that is no JSON may pass, and one that is
//! gives the same values as `serde_json`. So whoever asks it must read the same text with `serde_json`, too.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

/// How deep values may be nested, as in `serde_json`.
const DEEPEST: u8 = 127;

/// A place in a text.
pub(super) struct Scan<'de> {
    text: &'de str,
    at: usize,
    depth: u8,
}

/// A string of the text.
enum Text<'de> {
    /// Without its quotes.
    Plain(&'de str),
    /// With its quotes, since something in it is escaped.
    Escaped(&'de str),
}

impl<'de> Scan<'de> {
    pub(super) fn new(text: &'de str) -> Self {
        Self { text, at: 0, depth: 0 }
    }

    /// Whether nothing but white space is left.
    pub(super) fn is_at_end(&mut self) -> bool {
        self.peek().is_none()
    }

    /// The next byte that is no white space, which stays where it is.
    fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(self.at) {
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Some(*byte);
            }
            self.at += 1;
        }
        None
    }

    fn expect(&mut self, expected: u8) -> Result<(), Wrong> {
        if self.peek() != Some(expected) {
            return Err(Wrong);
        }
        self.at += 1;
        Ok(())
    }

    /// The string that begins here.
    fn string(&mut self) -> Result<Text<'de>, Wrong> {
        let start = self.at;
        let inner = self.text.as_bytes().get(start + 1..).ok_or(Wrong)?;
        let (mut at, mut escaped) = (0, false);
        loop {
            let rest = inner.get(at..).ok_or(Wrong)?;
            at += memchr::memchr2(b'"', b'\\', rest).ok_or(Wrong)?;
            if inner[at] == b'"' {
                break;
            }
            escaped = true;
            at += 2;
        }
        self.at = start + at + 2;
        let quoted = &self.text[start..self.at];
        Ok(if escaped { Text::Escaped(quoted) } else { Text::Plain(&quoted[1..=at]) })
    }

    fn word<T>(&mut self, word: &str, value: T) -> Result<T, Wrong> {
        if !self.text[self.at..].starts_with(word) {
            return Err(Wrong);
        }
        self.at += word.len();
        Ok(value)
    }

    fn number<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Wrong> {
        let rest = &self.text[self.at..];
        let is_part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
        let length = rest.bytes().position(|byte| !is_part(&byte)).unwrap_or(rest.len());
        let digits = &rest[..length];
        self.at += length;
        // As `serde_json` has it: whole where 64 bits hold it, but for a zero below zero.
        if digits != "-0" {
            if let Ok(whole) = digits.parse::<u64>() {
                return visitor.visit_u64(whole);
            }
            if let Ok(whole) = digits.parse::<i64>() {
                return visitor.visit_i64(whole);
            }
        }
        let fraction = digits.parse::<f64>().map_err(|_| Wrong)?;
        if fraction.is_finite() { visitor.visit_f64(fraction) } else { Err(Wrong) }
    }

    /// Reads a list or an object, one level deeper.
    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Wrong>) -> Result<T, Wrong> {
        if self.depth == DEEPEST {
            return Err(Wrong);
        }
        self.at += 1;
        self.depth += 1;
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }
}

impl<'de> Deserializer<'de> for &mut Scan<'de> {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.peek() {
            Some(b'"') => match self.string()? {
                Text::Plain(text) => visitor.visit_borrowed_str(text),
                Text::Escaped(quoted) => visitor.visit_string(serde_json::from_str(quoted).map_err(|_| Wrong)?),
            },
            Some(b'{') => self.nested(|scan| visitor.visit_map(Parts { scan, first: true })),
            Some(b'[') => self.nested(|scan| visitor.visit_seq(Parts { scan, first: true })),
            Some(b'n') => {
                self.word("null", ())?;
                visitor.visit_unit()
            }
            Some(b't') => visitor.visit_bool(self.word("true", true)?),
            Some(b'f') => visitor.visit_bool(self.word("false", false)?),
            Some(_) => self.number(visitor),
            None => Err(Wrong),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// The parts of a list or of an object.
struct Parts<'s, 'de> {
    scan: &'s mut Scan<'de>,
    first: bool,
}

impl Parts<'_, '_> {
    /// Whether another part follows; goes to where it begins, or past the end.
    fn has_next(&mut self, end: u8) -> Result<bool, Wrong> {
        match self.scan.peek() {
            Some(byte) if byte == end => {
                self.scan.at += 1;
                return Ok(false);
            }
            _ if std::mem::take(&mut self.first) => {}
            _ => self.scan.expect(b',')?,
        }
        Ok(true)
    }
}

impl<'de> SeqAccess<'de> for Parts<'_, 'de> {
    type Error = Wrong;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Wrong> {
        if self.has_next(b']')? { seed.deserialize(&mut *self.scan).map(Some) } else { Ok(None) }
    }
}

impl<'de> MapAccess<'de> for Parts<'_, 'de> {
    type Error = Wrong;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Wrong> {
        if self.has_next(b'}')? { seed.deserialize(&mut *self.scan).map(Some) } else { Ok(None) }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Wrong> {
        self.scan.expect(b':')?;
        seed.deserialize(&mut *self.scan)
    }
}

/// Nobody sees it: the text is read again by a parser that says what is wrong.
#[derive(Debug)]
pub(super) struct Wrong;

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("does not follow the schema")
    }
}

impl std::error::Error for Wrong {}

impl Error for Wrong {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}
