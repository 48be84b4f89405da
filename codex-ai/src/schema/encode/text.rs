//! JSON text as a value with its numbers as they were written.

use serde::de::IgnoredAny;

use crate::json::Tree;

/// The value of a JSON text; `None` for what is none. At most 127 levels deep, as `serde_json` takes it.
pub(super) fn read(text: &str) -> Option<Tree> {
    // That it is JSON is found out first: what follows only has to take it apart.
    serde_json::from_str::<IgnoredAny>(text).ok()?;
    Reader { text, at: 0 }.value()
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&mut self) -> Option<u8> {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += rest.iter().position(|byte| !byte.is_ascii_whitespace())?;
        self.text.as_bytes().get(self.at).copied()
    }

    fn value(&mut self) -> Option<Tree> {
        Some(match self.peek()? {
            b'"' => Tree::Text(self.string()?),
            b'[' => {
                let mut items = Vec::new();
                while self.has_next(b']')? {
                    items.push(self.value()?);
                }
                Tree::List(items)
            }
            b'{' => {
                let mut entries = Vec::new();
                while self.has_next(b'}')? {
                    self.peek()?;
                    let key = self.string()?;
                    self.peek()?;
                    self.at += 1;
                    entries.push((key, self.value()?));
                }
                Tree::Object(entries)
            }
            _ => {
                let rest = &self.text[self.at..];
                let is_end = |c: char| matches!(c, ',' | ']' | '}') || c.is_ascii_whitespace();
                let word = &rest[..rest.find(is_end).unwrap_or(rest.len())];
                self.at += word.len();
                match word {
                    "null" => Tree::Null,
                    "true" => Tree::Bool(true),
                    "false" => Tree::Bool(false),
                    number => Tree::Number(number.to_owned()),
                }
            }
        })
    }

    /// Goes past the bracket or comma before a part; whether there is one.
    fn has_next(&mut self, end: u8) -> Option<bool> {
        // The opening bracket, a comma, or the end.
        let byte = self.peek()?;
        self.at += 1;
        if byte == end {
            return Some(false);
        }
        if byte != b',' && self.peek()? == end {
            self.at += 1;
            return Some(false);
        }
        Some(true)
    }

    fn string(&mut self) -> Option<String> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut at = start + 1;
        loop {
            at += memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
            if bytes[at] == b'"' {
                break;
            }
            at += 2;
        }
        self.at = at + 1;
        serde_json::from_str(&self.text[start..=at]).ok()
    }
}
