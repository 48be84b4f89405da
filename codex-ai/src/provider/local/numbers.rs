//! Numbers as people write them.

use std::ops::Range;

/// A number in a text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Number {
    pub(super) range: Range<usize>,
    pub(super) value: f64,
    /// The value if it is whole.
    pub(super) whole: Option<i128>,
    /// The code of its currency (ISO 4217), if a sign or code stands beside it.
    pub(super) currency: Option<&'static str>,
    /// Whether a percent sign follows.
    pub(super) percent: bool,
}

impl Number {
    /// Four digits that read as a year.
    pub(super) fn is_year(&self) -> bool {
        self.currency.is_none() && self.range.len() == 4 && self.whole.is_some_and(|n| (1000..=2999).contains(&n))
    }
}

/// The numbers of a text, in order. Digits inside a word or a code (`A4`, `INV-17`, `1.2.3`) are none.
pub(super) fn find(text: &str) -> Vec<Number> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at].is_ascii_digit() {
            let end = digits_end(bytes, at);
            if let Some(number) = read(text, at..end) {
                found.push(number);
            }
            at = end;
        } else if bytes[at].is_ascii_alphabetic() && (at == 0 || !bytes[at - 1].is_ascii_alphanumeric()) {
            let end = at + bytes[at..].iter().take_while(|b| b.is_ascii_alphabetic()).count();
            if let Some(n) = SMALL.iter().position(|word| text[at..end].eq_ignore_ascii_case(word)) {
                let n = n + 2;
                found.push(Number {
                    range: at..end,
                    value: n as f64,
                    whole: Some(n as i128),
                    currency: None,
                    percent: false,
                });
            }
            at = end;
        } else {
            at += 1;
        }
    }
    found
}

/// The words from two to twelve. `one` is left out: it is mostly a pronoun.
pub(super) const SMALL: &[&str] =
    &["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];

/// Signs and codes of currencies with their code in ISO 4217.
const CURRENCIES: &[(&str, &str)] = &[
    ("$", "USD"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("¥", "JPY"),
    ("円", "JPY"),
    ("₹", "INR"),
    ("₩", "KRW"),
    ("USD", "USD"),
    ("EUR", "EUR"),
    ("GBP", "GBP"),
    ("CHF", "CHF"),
    ("JPY", "JPY"),
    ("CAD", "CAD"),
    ("AUD", "AUD"),
    ("CNY", "CNY"),
    ("INR", "INR"),
    ("SEK", "SEK"),
    ("dollars", "USD"),
    ("euros", "EUR"),
    ("Euro", "EUR"),
];

fn digits_end(bytes: &[u8], start: usize) -> usize {
    let mut end = start;
    while let Some(b) = bytes.get(end) {
        let inside = matches!(b, b'.' | b',' | b'\'') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
        if !(b.is_ascii_digit() || inside) {
            break;
        }
        end += 1;
    }
    end
}

/// More digits than these are an identifier.
const MOST_DIGITS: usize = 25;

fn read(text: &str, mut range: Range<usize>) -> Option<Number> {
    let digits = &text[range.clone()];
    if digits.len() > MOST_DIGITS {
        return None;
    }
    let before = &text[..range.start];
    let mut negative = false;
    match before.chars().next_back() {
        Some(c) if c.is_ascii_alphabetic() || c == '_' || c == '#' => return None,
        Some('-' | '−') => {
            let earlier = before.trim_end_matches(['-', '−']).chars().next_back();
            match earlier {
                Some(c) if c.is_alphanumeric() => return None,
                _ => negative = true,
            }
        }
        _ => {}
    }
    if before.ends_with("out of ") {
        // `2 out of 5`: the second number is the end of a scale.
        return None;
    }
    let plain = plain(digits)?;
    let mut value: f64 = plain.parse().ok()?;
    let mut whole: Option<i128> = plain.parse().ok();
    let after = &text[range.end..];
    if after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        // `3k` and `2x` are numbers, `4th` is an ordinal, `5G` is a name.
        match after.as_bytes() {
            [b'k' | b'K', rest @ ..] if !rest.first().is_some_and(u8::is_ascii_alphanumeric) => {
                value *= 1e3;
                whole = whole.and_then(|n| n.checked_mul(1_000));
            }
            [b'x', rest @ ..] if !rest.first().is_some_and(u8::is_ascii_alphanumeric) => {}
            _ if ["st", "nd", "rd", "th"].iter().any(|end| after.starts_with(end)) => {}
            _ if UNITS.iter().any(|unit| is_word_at(after, unit)) => {}
            _ if CURRENCIES.iter().any(|(sign, _)| is_word_at(after, sign)) => {}
            _ => return None,
        }
    }
    let following = after.trim_start_matches([' ', '\u{a0}', '\u{202f}']);
    let mut following = following;
    for (word, factor) in MULTIPLES {
        if is_word_at(following, word) {
            value *= factor;
            whole = if value.fract() == 0.0 && value.abs() < 9e15 { Some(value as i128) } else { None };
            following = following[word.len()..].trim_start_matches([' ', '\u{a0}', '\u{202f}']);
            break;
        }
    }
    if negative {
        value = -value;
        whole = whole.map(|n| -n);
    }
    let before = before.trim_end_matches([' ', '\u{a0}', '-', '−']);
    let currency = CURRENCIES
        .iter()
        .find(|(sign, _)| {
            let letters = sign.starts_with(|c: char| c.is_ascii_alphabetic());
            let behind = if letters { is_word_at(following, sign) } else { following.starts_with(sign) };
            let ahead = before.ends_with(sign)
                && !(letters && before[..before.len() - sign.len()].ends_with(|c: char| c.is_alphanumeric()));
            behind || ahead
        })
        .map(|(_, code)| *code);
    let percent = following.starts_with('%') || is_word_at(following, "percent");
    if negative {
        range.start -= 1;
        while !text.is_char_boundary(range.start) {
            range.start -= 1;
        }
    }
    Some(Number { range, value, whole, currency, percent })
}

/// Words behind a number that multiply it.
const MULTIPLES: &[(&str, f64)] = &[
    ("thousand", 1e3),
    ("million", 1e6),
    ("billion", 1e9),
    ("trillion", 1e12),
    ("Tausend", 1e3),
    ("Millionen", 1e6),
    ("Mio", 1e6),
    ("Milliarden", 1e9),
    ("Mrd", 1e9),
];

/// Units that stand right behind a number without a space.
const UNITS: &[&str] = &[
    "kg", "g", "mg", "km", "m", "cm", "mm", "l", "ml", "h", "s", "ms", "min", "GB", "MB", "TB", "KB", "kW", "W", "V",
    "bn", "am", "pm", "mph", "kB", "px", "pt", "ft", "lb", "lbs", "oz", "C", "F",
];

fn is_word_at(text: &str, word: &str) -> bool {
    text.strip_prefix(word).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
}

/// The digits with a decimal point and nothing else. Of two different signs the last is the decimal one; a single sign
/// before groups of three digits separates thousands, but one point before three digits is a decimal point.
fn plain(digits: &str) -> Option<String> {
    let digits = digits.replace('\'', "");
    let grouped = |sign: char| {
        let mut groups = digits.split(sign);
        groups.next().is_some_and(|first| (1..=3).contains(&first.len())) && groups.all(|group| group.len() == 3)
    };
    let (points, commas) = (digits.matches('.').count(), digits.matches(',').count());
    Some(match (points, commas) {
        (0 | 1, 0) => digits,
        (0, _) if grouped(',') => digits.replace(',', ""),
        (0, 1) => digits.replace(',', "."),
        (_, 0) if grouped('.') => digits.replace('.', ""),
        (1, _) if digits.rfind('.') > digits.rfind(',') => digits.replace(',', ""),
        (_, 1) if digits.rfind(',') > digits.rfind('.') => digits.replace('.', "").replace(',', "."),
        _ => return None,
    })
}
