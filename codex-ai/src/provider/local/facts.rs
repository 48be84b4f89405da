//! What a text states in a form that a program can read: numbers, dates, times, addresses, names, quotations.

use std::ops::Range;

use super::dates::{self, Date, Time};
use super::names::{self, Name};
use super::numbers::{self, Number};

/// The facts of a text, each kind in the order of the text.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) numbers: Vec<Number>,
    pub(super) dates: Vec<(Range<usize>, Date)>,
    pub(super) times: Vec<(Range<usize>, Time)>,
    pub(super) emails: Vec<Range<usize>>,
    pub(super) urls: Vec<Range<usize>>,
    pub(super) phones: Vec<Range<usize>>,
    pub(super) quotes: Vec<Range<usize>>,
    /// Words with digits in them, such as `INV-2024-17` or `#4711`.
    pub(super) codes: Vec<Range<usize>>,
    pub(super) names: Vec<Name>,
}

impl Facts {
    pub(super) fn find(text: &str) -> Self {
        let mut facts = Self { names: names::find(text), quotes: quotes(text), ..Self::default() };
        for range in chunks(text) {
            let chunk = &text[range.clone()];
            if is_url(chunk) {
                facts.urls.push(range);
            } else if is_email(chunk) {
                facts.emails.push(range);
            } else if is_code(chunk) {
                facts.codes.push(range);
            }
        }
        (facts.dates, facts.times) = dates::find(text);
        facts.phones = phones(text);
        let taken = Taken::new([
            facts.dates.iter().map(|(range, _)| range).collect(),
            facts.times.iter().map(|(range, _)| range).collect(),
            facts.urls.iter().collect(),
            facts.phones.iter().collect(),
        ]);
        facts.numbers = numbers::find(text);
        facts.numbers.retain(|number| !taken.contains(number.range.start));
        let dates = Taken::new([facts.dates.iter().map(|(range, _)| range).collect()]);
        facts.phones.retain(|phone| !dates.contains(phone.start));
        facts.codes.retain(|code| !dates.contains(code.start));
        facts
    }
}

/// Places that are spoken for.
struct Taken(Vec<Range<usize>>);

impl Taken {
    fn new<const N: usize>(kinds: [Vec<&Range<usize>>; N]) -> Self {
        let mut all: Vec<Range<usize>> = kinds.into_iter().flatten().cloned().collect();
        all.sort_by_key(|range| range.start);
        Self(all)
    }

    fn contains(&self, place: usize) -> bool {
        let after = self.0.partition_point(|range| range.start <= place);
        // Ranges of two kinds may overlap, but not by more than one.
        self.0[after.saturating_sub(2)..after].iter().any(|range| range.contains(&place))
    }
}

/// What stands between white space, without the punctuation around it.
fn chunks(text: &str) -> impl Iterator<Item = Range<usize>> {
    let around = |c: char| {
        matches!(
            c,
            '.' | ','
                | ';'
                | ':'
                | '!'
                | '?'
                | '('
                | ')'
                | '['
                | ']'
                | '<'
                | '>'
                | '{'
                | '}'
                | '"'
                | '\''
                | '“'
                | '”'
                | '`'
                | '*'
                | '|'
        )
    };
    text.split_whitespace().filter_map(move |chunk| {
        let chunk = chunk.trim_matches(around);
        let start = chunk.as_ptr() as usize - text.as_ptr() as usize;
        (!chunk.is_empty()).then(|| start..start + chunk.len())
    })
}

pub(super) fn is_email(chunk: &str) -> bool {
    let Some((user, host)) = chunk.split_once('@') else { return false };
    let user_ok = !user.is_empty()
        && user.len() <= 64
        && !user.starts_with('.')
        && !user.ends_with('.')
        && !user.contains("..")
        && user.bytes().all(|b| b.is_ascii_alphanumeric() || b"._%+-".contains(&b));
    user_ok && host.contains('.') && is_hostname(host)
}

pub(super) fn is_hostname(host: &str) -> bool {
    host.len() <= 253
        && host.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
                // A third and fourth place of dashes marks an encoded name, which would need decoding.
                && label.as_bytes().get(2..4) != Some(b"--")
        })
}

pub(super) fn is_url(chunk: &str) -> bool {
    let rest = chunk.strip_prefix("https://").or_else(|| chunk.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        let host_end = rest.find(['/', '?', '#', ':']).unwrap_or(rest.len());
        let path = &rest[host_end..];
        is_hostname(&rest[..host_end])
            && !path.starts_with(':')
            && path.bytes().all(|b| b.is_ascii_alphanumeric() || b"/?#&=._~+-,;:@!$'()*".contains(&b))
            && path.matches('#').count() <= 1
    })
}

fn is_code(chunk: &str) -> bool {
    let digits = chunk.bytes().filter(u8::is_ascii_digit).count();
    let letters = chunk.bytes().any(|b| b.is_ascii_uppercase()) || chunk.starts_with('#');
    let plain = chunk.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_/#".contains(&b));
    chunk.len() <= 40 && digits > 0 && plain && (letters || digits >= 5)
}

/// Runs of digits as they are dialled: at least seven digits, with `+`, `-`, `(`, `)`, `/` or single spaces inside.
fn phones(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let begins = matches!(bytes[at], b'+' | b'(' | b'0'..=b'9')
            && (at == 0 || !(bytes[at - 1].is_ascii_alphanumeric() || b"-.,#/+".contains(&bytes[at - 1])));
        if !begins {
            at += 1;
            continue;
        }
        let (mut end, mut next, mut digits, mut groups) = (at, at, 0, 0);
        while let Some(b) = bytes.get(next) {
            match b {
                b'0'..=b'9' => {
                    digits += 1;
                    end = next + 1;
                }
                b' ' | b'-' | b'(' | b')' | b'/'
                    if bytes[next - usize::from(next > at)] != b' ' || b" -/".iter().all(|x| x != b) =>
                {
                    groups += 1;
                }
                b'+' if next == at => {}
                _ => break,
            }
            next += 1;
        }
        let follows_letter = bytes.get(end).is_some_and(u8::is_ascii_alphanumeric);
        if (7..=15).contains(&digits)
            && !follows_letter
            && (bytes[at] != b'0' || groups > 0)
            && (groups > 0 || bytes[at] == b'+')
        {
            found.push(at..end);
        }
        at = next.max(at + 1);
    }
    found
}

/// What stands in double quotes, German quotes or guillemets, within one paragraph.
fn quotes(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut open: Option<(usize, char)> = None;
    for (at, c) in text.char_indices() {
        match (open, c) {
            (_, '\n') => open = None,
            (Some((start, end)), c) if c == end => {
                if at > start {
                    found.push(start..at);
                }
                open = None;
            }
            (None, '"') => open = Some((at + 1, '"')),
            (None, '“') => open = Some((at + c.len_utf8(), '”')),
            (None, '„') => open = Some((at + c.len_utf8(), '“')),
            (None, '«') => open = Some((at + c.len_utf8(), '»')),
            (None, '「') => open = Some((at + c.len_utf8(), '」')),
            _ => {}
        }
    }
    found
}
