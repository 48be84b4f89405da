//! The words of a problem: what was expected, what was found, what may have been meant.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io;

use serde_json::Value;

/// Values and keys are cut to this many characters in a message.
pub(crate) const LONGEST: usize = 80;

/// At most this many allowed values are listed in a message.
const LISTED: usize = 20;

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

/// A value as JSON, cut.
pub(crate) fn brief(value: &Value) -> String {
    cut(&json_prefix(value)).into_owned()
}

/// `must be one of ..; found ..`, or `must be ..` where there is but one.
pub(super) fn one_of<'a>(allowed: impl Iterator<Item = &'a Value>, value: Option<&Value>) -> String {
    let mut text = format!("must be {}", choice_of(allowed));
    if let Some(value) = value {
        let _ = write!(text, "; found {}", quoted(value));
    }
    text
}

/// `one of ..`, or the only one.
pub(super) fn choice_of<'a>(allowed: impl Iterator<Item = &'a Value>) -> String {
    let allowed: Vec<_> = allowed.collect();
    let mut text = String::from(if allowed.len() == 1 { "" } else { "one of " });
    for (i, value) in allowed.iter().take(LISTED).enumerate() {
        if i > 0 {
            text.push_str(", ");
        }
        text.push_str(&quoted(value));
    }
    if let Some(more @ 1..) = allowed.len().checked_sub(LISTED) {
        let _ = write!(text, " and {more} more");
    }
    text
}

/// `1 item`, `2 items`.
pub(crate) fn count(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
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
