//! The words of a problem: what was expected, what was found, what may have been meant.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io;

use serde_json::Value;

/// Values and keys are cut to this many characters in a message.
pub(crate) const LONGEST: usize = 80;

/// At most this many allowed values are listed in a message.
const LISTED: usize = 20;

/// Names longer than this are not compared: a suggestion must stay cheap whatever the model wrote.
const LONGEST_NAME: usize = 64;

/// The text, cut to [`LONGEST`] characters.
pub(crate) fn cut(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]).into(),
        None => text.into(),
    }
}

/// A value as it is called in a message: `the string "seven"`, `a list`.
pub(super) fn found(value: &Value) -> Cow<'static, str> {
    match value {
        Value::Null => "null".into(),
        Value::Bool(true) => "true".into(),
        Value::Bool(false) => "false".into(),
        Value::Number(number) => format!("the number {number}").into(),
        Value::String(text) => format!("the string {}", json_of(&cut(text))).into(),
        Value::Array(_) => "a list".into(),
        Value::Object(_) => "an object".into(),
    }
}

/// A value in backticks: a string as it is, everything else as JSON, both cut.
pub(crate) fn quoted(value: &Value) -> String {
    match value {
        Value::String(text) => format!("`{}`", cut(text)),
        other => format!("`{}`", cut(&json_prefix(other))),
    }
}

/// `must be one of ..; found ..`, or `must be ..` where there is but one.
pub(super) fn one_of<'a>(allowed: impl Iterator<Item = &'a Value>, value: Option<&Value>) -> String {
    let allowed: Vec<_> = allowed.collect();
    let mut text = String::from(if allowed.len() == 1 { "must be " } else { "must be one of " });
    for (i, value) in allowed.iter().take(LISTED).enumerate() {
        if i > 0 {
            text.push_str(", ");
        }
        text.push_str(&quoted(value));
    }
    if let Some(more @ 1..) = allowed.len().checked_sub(LISTED) {
        let _ = write!(text, " and {more} more");
    }
    if let Some(value) = value {
        let _ = write!(text, "; found {}", quoted(value));
    }
    text
}

/// `1 item`, `2 items`.
pub(crate) fn count(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// The known name that `name` was probably meant to be.
pub(super) fn suggest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > LONGEST_NAME {
        return None;
    }
    let plain = simplify(name);
    known
        .filter(|known| known.len() <= LONGEST_NAME)
        .map(|known| (distance(&plain, &simplify(known)), known))
        .filter(|(distance, known)| *distance <= known.chars().count() / 3)
        .min()
        .map(|(_, known)| known)
}

/// Lower case, without what sets words apart: `maxItems` and `max_items` are the same name.
fn simplify(name: &str) -> Vec<char> {
    name.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect()
}

/// How many letters must be changed, swapped with the next, added or left out to make one name of the other.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let changed = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = changed.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(before[j - 2] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

fn json_of(text: &str) -> String {
    Value::from(text).to_string()
}

/// The beginning of a value as JSON, enough to be cut. However large or deep the value is, no more of it is visited.
fn json_prefix(value: &Value) -> String {
    struct Prefix(Vec<u8>);
    impl io::Write for Prefix {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            // Four bytes a character are enough for any text of the length wanted.
            if self.0.len() > 4 * (LONGEST + 1) {
                return Err(io::ErrorKind::WriteZero.into());
            }
            self.0.extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut prefix = Prefix(Vec::new());
    // The error means that there is more than is wanted.
    let _ = serde_json::to_writer(&mut prefix, value);
    String::from_utf8_lossy(&prefix.0).into_owned()
}
