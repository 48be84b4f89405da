//! A quick way through JSON text for whoever reads it properly as well.
//!
//! It goes by quotes and brackets and does not judge the grammar: a text that is no JSON may pass. So whoever asks it must
//! read the same text with `serde_json`, too.

use std::borrow::Cow;

/// How deep values may be nested, as in `serde_json`.
const DEEPEST: u8 = 127;

/// A place in a text.
pub(super) struct Scan<'t> {
    text: &'t str,
    at: usize,
    depth: u8,
}

/// A string of the text.
pub(super) enum Text<'t> {
    /// Without its quotes.
    Plain(&'t str),
    /// With its quotes, since something in it is escaped.
    Escaped(&'t str),
    /// The same, with a code point that may be none.
    Unicode(&'t str),
}

impl<'t> Text<'t> {
    /// Whether it says something. What else may be wrong in it, any reader of JSON finds.
    pub(super) fn says_something(self) -> bool {
        !matches!(self, Self::Unicode(_)) || self.read().is_some()
    }

    /// What it says; `None` where that is nothing.
    pub(super) fn read(self) -> Option<Cow<'t, str>> {
        match self {
            Self::Plain(text) => Some(text.into()),
            Self::Escaped(quoted) | Self::Unicode(quoted) => {
                serde_json::from_str::<String>(quoted).ok().map(Cow::Owned)
            }
        }
    }
}

/// A number of the text.
pub(super) enum Digits<'t> {
    Whole(i64),
    /// With a point, an exponent, or many digits.
    Other(&'t str),
}

impl<'t> Scan<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0, depth: 0 }
    }

    /// Whether nothing but white space is left.
    pub(super) fn is_at_end(&mut self) -> bool {
        self.peek().is_none()
    }

    /// What begins at this place.
    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Goes on by so many bytes.
    pub(super) fn skip(&mut self, bytes: usize) {
        self.at += bytes;
    }

    /// The next byte that is no white space, which stays where it is.
    #[inline]
    pub(super) fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        loop {
            match bytes.get(self.at) {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                next => return next.copied(),
            }
        }
    }

    #[inline]
    pub(super) fn expect(&mut self, expected: u8) -> Option<()> {
        (self.peek()? == expected).then(|| self.at += 1)
    }

    /// Whether this string, which has nothing to escape in it, is the one that begins here; then goes past it.
    #[inline]
    pub(super) fn is_string(&mut self, text: &str) -> bool {
        let rest = self.text.as_bytes().get(self.at + 1..).unwrap_or_default();
        let is_it = rest.get(text.len()) == Some(&b'"') && rest.starts_with(text.as_bytes());
        if is_it {
            self.at += text.len() + 2;
        }
        is_it
    }

    /// The string that begins here.
    #[inline]
    pub(super) fn string(&mut self) -> Option<Text<'t>> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let mut at = start + 1;
        // Most are short, and a search that looks at many bytes at once takes its time to begin.
        for _ in 0..4 {
            let Some(word) = bytes.get(at..).and_then(<[u8]>::first_chunk) else { break };
            let found = quote_or_backslash(u64::from_le_bytes(*word));
            at += found;
            if found < 8 {
                break;
            }
        }
        let (mut escaped, mut unicode) = (false, false);
        loop {
            if !matches!(bytes.get(at)?, b'"' | b'\\') {
                at += memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
            }
            if bytes[at] == b'"' {
                break;
            }
            escaped = true;
            unicode |= bytes.get(at + 1) == Some(&b'u');
            at += 2;
        }
        self.at = at + 1;
        let text = self.text.get(start..=at)?;
        Some(match (escaped, unicode) {
            (false, _) => Text::Plain(&text[1..text.len() - 1]),
            (true, false) => Text::Escaped(text),
            (true, true) => Text::Unicode(text),
        })
    }

    pub(super) fn word(&mut self, word: &str) -> Option<()> {
        self.rest().starts_with(word).then(|| self.at += word.len())
    }

    /// The number that begins here.
    #[inline]
    pub(super) fn number(&mut self) -> Option<Digits<'t>> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let is_negative = bytes.get(start) == Some(&b'-');
        let first = start + usize::from(is_negative);
        let (mut at, mut whole) = (first, 0_i64);
        while let Some(digit) = bytes.get(at).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10) {
            whole = whole.wrapping_mul(10).wrapping_add(i64::from(digit));
            at += 1;
        }
        let is_part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
        let is_plain = (1..19).contains(&(at - first)) && !bytes.get(at).is_some_and(is_part);
        // A zero below zero is no integer to `serde_json`.
        if is_plain && !(is_negative && whole == 0) {
            self.at = at;
            return Some(Digits::Whole(if is_negative { -whole } else { whole }));
        }
        while bytes.get(at).is_some_and(is_part) {
            at += 1;
        }
        self.at = at;
        self.text.get(start..at).filter(|digits| !digits.is_empty()).map(Digits::Other)
    }

    /// Goes into a list or an object, one level deeper.
    #[inline]
    pub(super) fn enter(&mut self) -> Option<()> {
        self.at += 1;
        self.depth += 1;
        (self.depth <= DEEPEST).then_some(())
    }

    /// Whether another part follows in a list or an object; goes to where it begins, or past the end.
    #[inline]
    pub(super) fn has_next(&mut self, end: u8, is_first: bool) -> Option<bool> {
        if self.peek()? == end {
            self.at += 1;
            self.depth -= 1;
            return Some(false);
        }
        if !is_first {
            self.expect(b',')?;
            self.peek()?;
        }
        Some(true)
    }
}

/// How many of 8 bytes, the lowest first, stand before a quote or a backslash; 8 where there is none.
#[inline]
fn quote_or_backslash(bytes: u64) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    // Sets the high bit of the lowest byte that is zero, and of none below it.
    let zero = |bytes: u64| bytes.wrapping_sub(ONES) & !bytes & (ONES << 7);
    let found = zero(bytes ^ (ONES * u64::from(b'"'))) | zero(bytes ^ (ONES * u64::from(b'\\')));
    (found.trailing_zeros() / 8) as usize
}
