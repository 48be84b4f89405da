//! Looks ahead: what follows decides whether a quote or a comma ends something. All of them are bounded.

use super::cursor::{Cursor, Look};

/// How long a key may be to be known for one from afar.
const KEY: usize = 96;

/// How far a word of a list is followed to its comma.
const ITEM: usize = 64;

/// Where a text stands whose end is looked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) kind: PlaceKind,
    /// Whether an odd number of quotes inside it were taken for text.
    pub(super) inner: bool,
    /// How many brackets are open around it.
    pub(super) depth: usize,
    /// Whether a list is open around it, at any distance.
    pub(super) in_list: bool,
    /// Whether an object is open around it, at any distance.
    pub(super) in_object: bool,
    /// Whether keys of this object go without quotes.
    pub(super) bare_keys: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PlaceKind {
    Root,
    Key,
    ObjectValue,
    Item,
}

/// Whether a quote that ends before `at` ends its text.
pub(super) fn quote_closes(c: &Cursor<'_>, at: usize, place: Place) -> Look<bool> {
    let (next, Some(byte)) = c.behind_space(at)? else { return Ok(true) };
    let spaced = next > at;
    match place.kind {
        PlaceKind::Root => Ok(byte == b'`' || c.line_ends(at, next)),
        PlaceKind::Key => match byte {
            b':' | b'=' | b'}' => Ok(true),
            b',' => Ok(!place.inner),
            b'/' => comment(c, next),
            _ => Ok(spaced && (is_quote(c, next)? || byte == b'{' || byte == b'[' || byte.is_ascii_digit())),
        },
        PlaceKind::ObjectValue | PlaceKind::Item => value_closes(c, at, next, byte, place),
    }
}

fn value_closes(c: &Cursor<'_>, at: usize, next: usize, byte: u8, place: Place) -> Look<bool> {
    let object = place.kind == PlaceKind::ObjectValue;
    match byte {
        b',' if object => comma_ends_entry(c, next + 1, place),
        b',' => comma_ends_item(c, next + 1, place),
        b'}' if place.in_object => closer_ends(c, next, place),
        b']' | b')' if place.in_list => closer_ends(c, next, place),
        b'/' => comment(c, next),
        b'#' => Ok(next > at),
        b';' => Ok(!place.inner),
        b'`' => c.is_at(next, b"```"),
        b'\\' => c.is_at(next, b"\\n"),
        b'{' | b'[' => Ok(!object && c.line_ends(at, next)),
        _ if next == at => Ok(false),
        _ if object => {
            let quoted = is_quote(c, next)?;
            let key = (quoted || place.bare_keys && c.line_ends(at, next)) && key_like(c, next)?;
            Ok(key || !quoted && junk_ends(c, next, b'}')?)
        }
        _ if is_quote(c, next)? => Ok(c.line_ends(at, next) || !place.inner && opens(c, next)?),
        _ => junk_ends(c, next, b']'),
    }
}

/// Whether words at `at` end with `closer` and the structure goes on behind it: then the quote before was the last.
fn junk_ends(c: &Cursor<'_>, at: usize, closer: u8) -> Look<bool> {
    for place in at..at + ITEM {
        match c.at(place)? {
            Some(byte) if byte == closer => {
                let (next, byte) = c.behind_space(place + 1)?;
                return match byte {
                    None | Some(b'}' | b']') => Ok(true),
                    Some(b',') => {
                        let (next, byte) = c.behind_space(next + 1)?;
                        Ok(matches!(byte, None | Some(b'{' | b'[')) || key_like(c, next)?)
                    }
                    Some(_) => Ok(false),
                };
            }
            Some(byte) if byte == b' ' || byte >= 0x80 || byte.is_ascii_alphanumeric() || byte == b'_' => {}
            _ => return Ok(false),
        }
    }
    Ok(false)
}

/// Whether a closing bracket at `at` is one, and not text.
fn closer_ends(c: &Cursor<'_>, at: usize, place: Place) -> Look<bool> {
    if place.depth < 2 || matches!(c.at(at + 1)?, Some(b',' | b'}' | b']' | b'\n')) {
        return Ok(true);
    }
    let (next, byte) = c.behind_space(at + 1)?;
    Ok(match byte {
        None | Some(b',' | b'}' | b']' | b')' | b'/' | b'#' | b'`' | b';' | b'\\') => true,
        Some(_) => c.line_ends(at, next) || is_quote(c, next)?,
    })
}

/// Whether a comma that ends before `at` ends a quoted value of an object.
fn comma_ends_entry(c: &Cursor<'_>, at: usize, place: Place) -> Look<bool> {
    if !place.inner && matches!(c.at(at)?, Some(b'\n' | b'"')) {
        return Ok(true);
    }
    let (next, Some(byte)) = c.behind_space(at)? else { return Ok(true) };
    match byte {
        b'}' | b',' | b'#' | b'\\' => Ok(true),
        b'/' => comment(c, next),
        b'.' => c.is_at(next, b"..."),
        b'{' | b'[' => Ok(!place.inner),
        _ if is_quote(c, next)? => Ok(!place.inner || key_like(c, next)?),
        _ => key_like(c, next),
    }
}

/// Whether a comma that ends before `at` ends a quoted item of a list.
fn comma_ends_item(c: &Cursor<'_>, at: usize, place: Place) -> Look<bool> {
    if !place.inner && matches!(c.at(at)?, Some(b'\n' | b'"')) {
        return Ok(true);
    }
    let (next, Some(byte)) = c.behind_space(at)? else { return Ok(true) };
    match byte {
        b']' | b')' | b',' | b'#' | b'\\' => Ok(true),
        b'/' => comment(c, next),
        b'.' => c.is_at(next, b"..."),
        b'{' | b'[' => Ok(!place.inner || c.line_ends(at, next)),
        _ if is_quote(c, next)? => Ok(!place.inner),
        _ => item_like(c, next, place.inner),
    }
}

/// Whether a word or number stands at `at` that soon ends as an item does.
fn item_like(c: &Cursor<'_>, at: usize, inner: bool) -> Look<bool> {
    for place in at..at + ITEM {
        match c.at(place)? {
            None => return Ok(true),
            Some(b',' | b']' | b')' | b'\n') => {
                let word = c.bytes.get(at..place).unwrap_or_default();
                return Ok(!inner || !word.iter().any(u8::is_ascii_alphabetic));
            }
            Some(b'"' | b'\'' | b'`') => return Ok(false),
            Some(_) => {}
        }
    }
    Ok(c.bytes.get(at..at + ITEM).is_some_and(|word| word.iter().all(|byte| is_number_byte(*byte))))
}

/// Whether a comma that ends before `at` ends a bare value of an object. `nested`: inside brackets of its own.
///
/// `literal`: it is a number or such, which no text goes on from behind a comma and a space.
pub(super) fn comma_ends_bare(c: &Cursor<'_>, at: usize, nested: bool, literal: bool) -> Look<bool> {
    if literal && matches!(c.at(at)?, Some(b' ' | b'\t' | b'\n' | b'\r')) {
        return Ok(true);
    }
    let (next, Some(byte)) = c.behind_space(at)? else { return Ok(true) };
    if nested {
        return Ok(c.line_ends(at, next) && key_like(c, next)?);
    }
    match byte {
        b'}' | b']' | b',' => Ok(true),
        b'/' => comment(c, next),
        b'#' | b'\\' => Ok(next > at),
        _ => key_like(c, next),
    }
}

/// Whether a key with its colon stands at `at`.
pub(super) fn key_like(c: &Cursor<'_>, at: usize) -> Look<bool> {
    let Some(first) = c.at(at)? else { return Ok(false) };
    let end = match first {
        b'"' | b'\'' | b'`' => quoted_end(c, at, first)?,
        b'\\' if c.is_at(at, b"\\\"")? => escaped_end(c, at)?,
        0xe2 if typographic(c, at)?.is_some() => typographic_end(c, at)?,
        _ => bare_key_end(c, at)?,
    };
    let Some(end) = end else { return Ok(false) };
    let (colon, Some(b':')) = c.behind_space(end)? else { return Ok(false) };
    Ok(c.at(colon + 1)? != Some(b'/'))
}

fn quoted_end(c: &Cursor<'_>, at: usize, quote: u8) -> Look<Option<usize>> {
    let mut place = at + 1;
    while place < at + KEY {
        match c.at(place)? {
            None | Some(b'\n') => return Ok(None),
            Some(b'\\') => place += 2,
            Some(byte) if byte == quote => return Ok(Some(place + 1)),
            Some(_) => place += 1,
        }
    }
    Ok(None)
}

fn escaped_end(c: &Cursor<'_>, at: usize) -> Look<Option<usize>> {
    for place in at + 2..at + KEY {
        match c.at(place)? {
            None | Some(b'\n') => return Ok(None),
            Some(b'\\') if c.is_at(place, b"\\\"")? => return Ok(Some(place + 2)),
            Some(_) => {}
        }
    }
    Ok(None)
}

fn typographic_end(c: &Cursor<'_>, at: usize) -> Look<Option<usize>> {
    for place in at + 3..at + KEY {
        match c.at(place)? {
            None | Some(b'\n') => return Ok(None),
            Some(0xe2) if typographic(c, place)?.is_some() => return Ok(Some(place + 3)),
            Some(_) => {}
        }
    }
    Ok(None)
}

/// The end of a key without quotes: up to four words.
fn bare_key_end(c: &Cursor<'_>, at: usize) -> Look<Option<usize>> {
    let mut spaces = 0;
    for place in at..at + KEY {
        match c.at(place)? {
            Some(b':') => return Ok((place > at).then_some(place)),
            Some(b' ') => {
                spaces += 1;
                if spaces > 3 {
                    return Ok(None);
                }
            }
            Some(byte) if is_key_byte(byte) => {}
            None | Some(_) => return Ok(None),
        }
    }
    Ok(None)
}

/// Whether a comment begins at the `/` at `at`.
pub(super) fn comment(c: &Cursor<'_>, at: usize) -> Look<bool> {
    Ok(matches!(c.at(at + 1)?, Some(b'/' | b'*')))
}

/// Whether a quote of any sort stands at `at`.
pub(super) fn is_quote(c: &Cursor<'_>, at: usize) -> Look<bool> {
    match c.at(at)? {
        Some(b'"' | b'\'' | b'`') => Ok(true),
        Some(b'\\') => c.is_at(at, b"\\\""),
        Some(0xe2) => Ok(typographic(c, at)?.is_some()),
        _ => Ok(false),
    }
}

/// Whether the quote at `at` has text right behind it, as an opening one has.
fn opens(c: &Cursor<'_>, at: usize) -> Look<bool> {
    Ok(!matches!(c.at(at + 1)?, None | Some(b' ' | b'\t' | b'\r' | b'\n' | b',' | b']' | b'}' | b')' | b':')))
}

/// The sort of typographic quote at `at`: `true` for a double one.
pub(super) fn typographic(c: &Cursor<'_>, at: usize) -> Look<Option<bool>> {
    if c.at(at)? != Some(0xe2) || c.at(at + 1)? != Some(0x80) {
        return Ok(None);
    }
    Ok(match c.at(at + 2)? {
        Some(0x98..=0x9b) => Some(false),
        Some(0x9c..=0x9f) => Some(true),
        _ => None,
    })
}

pub(super) fn is_key_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'$' | b'.' | b'@' | b'/' | b'*') || byte >= 0x80
}

pub(super) fn is_number_byte(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E' | b'_')
}
