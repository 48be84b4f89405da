//! The event that comes most often, read at a glance.

use std::borrow::Cow;

use super::read_stream::Piece;

/// Reads a flat object of texts, whole numbers, `null` and empty lists, as nearly every event with a piece is. `None` for
/// everything else, which a reader of JSON must look at.
///
/// Measured, it saves a quarter of what a piece costs: the ids and numbers around it are most of an event.
pub(super) fn scan(data: &str) -> Option<Piece<'_>> {
    let mut rest = data.strip_prefix('{')?;
    let mut piece = Piece::default();
    loop {
        let (key, after) = text(rest)?;
        if key.contains('\\') || key == "error" {
            return None;
        }
        let after = after.strip_prefix(':')?;
        let value = after.strip_prefix(' ').unwrap_or(after);
        rest = match *value.as_bytes().first()? {
            b'"' => {
                let (inside, after) = text(value)?;
                match key {
                    "type" if !inside.contains('\\') => piece.kind = Cow::Borrowed(inside),
                    "type" => return None,
                    "delta" if memchr::memchr(b'\\', inside.as_bytes()).is_none() => piece.delta = inside.to_owned(),
                    "delta" => {
                        let quoted = value.get(..inside.len() + 2)?;
                        piece.delta = serde_json::from_str(quoted).ok()?;
                    }
                    _ => {}
                }
                after
            }
            b'0'..=b'9' if !matches!(key, "type" | "delta") => {
                let end = value.bytes().position(|b| !b.is_ascii_digit())?;
                let (digits, after) = value.split_at(end);
                if key == "output_index" {
                    piece.output_index = Some(digits.parse().ok()?);
                }
                after
            }
            b'n' if !matches!(key, "type" | "delta") => value.strip_prefix("null")?,
            b'[' if !matches!(key, "type" | "delta" | "output_index") => value.strip_prefix("[]")?,
            _ => return None,
        };
        match rest.strip_prefix(',') {
            Some(after) => rest = after.strip_prefix(' ').unwrap_or(after),
            None => return (rest == "}").then_some(piece),
        }
    }
}

/// The inside of the JSON text at the beginning, with its escapes, and what follows.
fn text(data: &str) -> Option<(&str, &str)> {
    let inside = data.strip_prefix('"')?;
    let mut from = 0;
    loop {
        let at = from + memchr::memchr2(b'"', b'\\', inside.as_bytes().get(from..)?)?;
        if *inside.as_bytes().get(at)? == b'"' {
            return Some((inside.get(..at)?, inside.get(at + 1..)?));
        }
        // The character after a backslash is never the end.
        from = at + 2;
    }
}
