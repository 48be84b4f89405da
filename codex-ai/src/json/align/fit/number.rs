//! Numbers as people write them. Digits are kept as they are, never put through a float.

use super::{Fit, Fitter, Given};
use crate::json::{RawKind, RepairKind, Tree};

/// A whole number written with an exponent has no more digits than this.
const MOST_EXPONENT: usize = 40;

const CURRENCIES: &[char] =
    &['$', '€', '£', '¥', '₹', '₽', '₩', '₺', '₴', '₦', '₫', '₪', '₱', '฿', '¢', '₿', '₡', '₲', '₸', '₼', '₾'];

impl Fitter<'_> {
    pub(super) fn number(&mut self, given: Given<'_>, whole: bool) -> Fit {
        let (text, quoted) = match &given.raw.kind {
            RawKind::Bare(text) => (text, false),
            RawKind::Quoted(text) => (text, true),
            RawKind::List(items) => {
                let [raw] = items.as_slice() else { return Fit::wrong(given) };
                let fit = self.number(Given { raw, ..given }, whole);
                return if fit.rank.misfits == 0 { fit.noted(RepairKind::FromList) } else { Fit::wrong(given) };
            }
            RawKind::Object(_) => return Fit::wrong(given),
        };
        let Some((mut digits, mut notes)) = read(text) else { return Fit::wrong(given) };
        if whole {
            let Some(integer) = as_integer(&digits) else {
                return Fit::wrong_because(given, "is no whole number");
            };
            if integer != digits {
                notes.push(RepairKind::WholeNumber);
                digits = integer;
            }
        }
        if quoted {
            notes.push(RepairKind::QuotedValue);
        }
        Fit::plain(Tree::Number(digits)).noted_all(notes)
    }
}

/// Whether a text is a number by the grammar of JSON.
pub(super) fn is_json(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits = |mut at: usize| {
        let start = at;
        while bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        (at > start).then_some(at)
    };
    let start = usize::from(bytes.first() == Some(&b'-'));
    let Some(mut at) = digits(start) else { return false };
    if bytes[start] == b'0' && at > start + 1 {
        return false;
    }
    if bytes.get(at) == Some(&b'.') {
        let Some(end) = digits(at + 1) else { return false };
        at = end;
    }
    if let Some(b'e' | b'E') = bytes.get(at) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        let Some(end) = digits(at + 1 + sign) else { return false };
        at = end;
    }
    at == bytes.len()
}

/// The number that a text is or holds, in the grammar of JSON, with what was put right.
fn read(text: &str) -> Option<(String, Vec<RepairKind>)> {
    let text = text.trim();
    if is_json(text) {
        return Some((text.to_owned(), Vec::new()));
    }
    if let Some(number) = plain(text) {
        return Some((number, vec![RepairKind::NumberFormat]));
    }
    if let Some(number) = fraction(text) {
        return Some((number, vec![RepairKind::Fraction]));
    }
    // `(5)` is 5 to some and -5 to others.
    if text.starts_with('(') && text.ends_with(')') {
        return None;
    }
    // The only number among words.
    let mut found = None;
    for word in text.split_whitespace() {
        if changes_number(word) {
            return None;
        }
        let word = word.trim_matches(|c: char| !c.is_alphanumeric() && !"+-.%".contains(c) && !CURRENCIES.contains(&c));
        if !word.contains(|c: char| c.is_ascii_digit()) {
            continue;
        }
        if found.replace(plain(word)?).is_some() {
            return None;
        }
    }
    Some((found?, vec![RepairKind::NumberInText]))
}

/// Whether a word makes the number beside it another one: `5 million`, `minus 5`.
fn changes_number(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    let is = |other: &&str| word.eq_ignore_ascii_case(other);
    matches!(word, "K" | "k" | "M" | "B" | "T") || MULTIPLES.iter().chain(SIGNS).any(is)
}

/// Words for multiples.
const MULTIPLES: &[&str] = &[
    "dozen",
    "dozens",
    "hundred",
    "hundreds",
    "thousand",
    "thousands",
    "million",
    "millions",
    "billion",
    "billions",
    "trillion",
    "trillions",
    "bn",
    "mn",
    "mio",
    "mrd",
    "lakh",
    "crore",
    "half",
    "halves",
    "quarter",
    "quarters",
    "third",
    "thirds",
    "tausend",
    "millionen",
    "milliarde",
    "milliarden",
    "mille",
    "milliers",
    "milliard",
    "milliards",
    "mil",
    "millón",
    "millones",
    "milhão",
    "milhões",
];

/// Words that turn a number round.
const SIGNS: &[&str] = &["minus", "negative", "not", "moins", "menos", "nicht"];

/// A number with signs around it or groups in it.
fn plain(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches([',', '.', ';', '!']);
    let (mut rest, mut sign) = (text, "");
    // The sign stands before or after that of the currency.
    for _ in 0..2 {
        if let Some(after) = rest.strip_prefix(['-', '−']) {
            if !sign.is_empty() {
                return None;
            }
            (rest, sign) = (after, "-");
        } else if let Some(after) = rest.strip_prefix('+') {
            rest = after;
        }
        rest = rest.trim_start_matches(CURRENCIES).trim_start();
    }
    let rest = rest.trim_end_matches('%').trim_end().trim_end_matches(CURRENCIES).trim_end();
    if !rest.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let (mantissa, exponent) = match rest.find(['e', 'E']) {
        Some(at) => (&rest[..at], Some(&rest[at + 1..])),
        None => (rest, None),
    };
    let mut number = sign.to_owned();
    number.push_str(&ungrouped(mantissa)?);
    match exponent {
        // Cut short after the letter, or nothing to it.
        None | Some("") => {}
        Some(exponent) => {
            number.push('e');
            number.push_str(exponent);
        }
    }
    is_json(&number).then_some(number)
}

/// Digits with at most one point, from digits in groups.
fn ungrouped(text: &str) -> Option<String> {
    let is_group = |c: char| matches!(c, '_' | ' ' | '\u{a0}' | '\u{202f}' | '\'' | '’');
    if !text.chars().all(|c| c.is_ascii_digit() || matches!(c, ',' | '.') || is_group(c)) {
        return None;
    }
    let (commas, points) = (text.matches(',').count(), text.matches('.').count());
    let point = match (commas, points) {
        (0, 0) => None,
        // Of both the last one is the point.
        (_, 1) if commas == 0 || text.rfind('.') > text.rfind(',') => text.rfind('.'),
        (1, _) if points > 0 && text.rfind(',') > text.rfind('.') => text.rfind(','),
        // A comma alone is the point where it cannot be between groups of three.
        (1, 0) if !is_grouped(text, ',') => text.rfind(','),
        (_, 0) if is_grouped(text, ',') => None,
        (0, _) if is_grouped(text, '.') => None,
        _ => return None,
    };
    let (whole, part) = match point {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, ""),
    };
    let separators: Vec<char> = whole.chars().filter(|c| !c.is_ascii_digit()).collect();
    let consistent = match separators.first() {
        None | Some('_') => true,
        Some(first) => separators.iter().all(|c| c == first) && is_grouped(whole, *first),
    };
    if !consistent || !part.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let whole: String = whole.chars().filter(char::is_ascii_digit).collect();
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    if text.starts_with('.') && part.is_empty() {
        return None;
    }
    Some(if part.is_empty() { whole.to_owned() } else { format!("{whole}.{part}") })
}

/// Whether there are groups of three after a first one of one to three: `1,234,567`.
fn is_grouped(text: &str, separator: char) -> bool {
    let mut groups = text.split(separator);
    let is_digits = |group: &str| group.bytes().all(|b| b.is_ascii_digit());
    groups.next().is_some_and(|first| (1..=3).contains(&first.len()) && is_digits(first))
        && groups.all(|group| group.len() == 3 && is_digits(group))
}

/// The value of `a/b`.
fn fraction(text: &str) -> Option<String> {
    let (above, below) = text.split_once('/')?;
    let (above, below) = (plain(above)?.parse::<f64>().ok()?, plain(below)?.parse::<f64>().ok()?);
    if below == 0.0 {
        return None;
    }
    serde_json::Number::from_f64(above / below).map(|number| number.to_string())
}

/// The same number without point and exponent; `None` where it is not whole.
fn as_integer(number: &str) -> Option<String> {
    let (sign, digits) = match number.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", number),
    };
    let (mantissa, exponent) = match digits.find(['e', 'E']) {
        Some(at) => (&digits[..at], digits[at + 1..].parse::<i32>().ok()?),
        None => (digits, 0),
    };
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let part = part.trim_end_matches('0');
    let mut all = format!("{whole}{part}");
    // Zeros to add, or to take off where there are any.
    let shift = i64::from(exponent) - i64::try_from(part.len()).ok()?;
    match usize::try_from(shift) {
        Ok(zeros) if zeros <= MOST_EXPONENT => all.extend(std::iter::repeat_n('0', zeros)),
        Ok(_) => return None,
        Err(_) => {
            let drop = usize::try_from(-shift).ok()?;
            let kept = all.len().checked_sub(drop)?;
            if !all[kept..].bytes().all(|b| b == b'0') {
                return None;
            }
            all.truncate(kept);
        }
    }
    let all = all.trim_start_matches('0');
    let all = if all.is_empty() { "0" } else { all };
    Some(if all == "0" { all.to_owned() } else { format!("{sign}{all}") })
}
