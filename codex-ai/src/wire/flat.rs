//! A quick reader of flat JSON objects, as nearly all events of a stream are.

/// A value of a flat object.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Flat<'a> {
    /// Text without escapes, without its quotes. Whoever takes it up looks for control characters, which JSON has not.
    Text(&'a str),
    /// Text with escapes, with its quotes.
    Escaped(&'a str),
    /// A whole number.
    Whole(u64),
    /// `null`.
    Null,
    /// `true`, `false`, or a list or an object with nothing in it.
    Other,
}

/// Calls `field` with each field of an object without fields of its own. `None` for every other text, for `field`'s sake
/// too, and for white space that is no single space: whoever asks then reads the text in full.
pub(super) fn read<'a>(text: &'a str, mut field: impl FnMut(&'a str, Flat<'a>) -> Option<()>) -> Option<()> {
    let mut rest = text.strip_prefix('{')?;
    loop {
        let (key, after) = string(rest)?;
        let Flat::Text(key) = key else { return None };
        let after = after.strip_prefix(':')?;
        let (value, after) = value(after.strip_prefix(' ').unwrap_or(after))?;
        field(key, value)?;
        rest = match after.as_bytes() {
            [b',', b' ', ..] => &after[2..],
            [b',', ..] => &after[1..],
            [b'}'] => return Some(()),
            _ => return None,
        };
    }
}

/// A string at the start of a text, and what follows it.
fn string(text: &str) -> Option<(Flat<'_>, &str)> {
    let inner = text.strip_prefix('"')?;
    let bytes = inner.as_bytes();
    let (mut at, mut escaped) = (0, false);
    loop {
        at += memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes[at] == b'"' {
            break;
        }
        escaped = true;
        at += 2;
    }
    let after = &inner[at + 1..];
    Some((if escaped { Flat::Escaped(&text[..at + 2]) } else { Flat::Text(&inner[..at]) }, after))
}

fn value(text: &str) -> Option<(Flat<'_>, &str)> {
    match text.as_bytes().first()? {
        b'"' => string(text),
        b'0'..=b'9' => {
            let end = text.bytes().position(|byte| !byte.is_ascii_digit())?;
            let (digits, after) = text.split_at(end);
            // No JSON number begins with a zero but zero itself, nor goes on like this as a whole one.
            let whole = (digits.len() == 1 || !digits.starts_with('0')) && !after.starts_with(['.', 'e', 'E']);
            whole.then_some((Flat::Whole(digits.parse().ok()?), after))
        }
        b'n' => Some((Flat::Null, text.strip_prefix("null")?)),
        _ => {
            let after = ["[]", "{}", "true", "false"].into_iter().find_map(|word| text.strip_prefix(word))?;
            Some((Flat::Other, after))
        }
    }
}
