//! A JSON value with its numbers as they were written.

use std::fmt::{self, Write as _};

use serde_json::{Map, Number, Value};

use super::strict;

/// A JSON value. Unlike [`Value`] it keeps the digits of a number and keys that are there twice.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Tree {
    Null,
    Bool(bool),
    /// A number by the grammar of JSON.
    Number(String),
    Text(String),
    List(Vec<Tree>),
    Object(Vec<(String, Tree)>),
}

impl Tree {
    /// The one value that `text` is, by the grammar of JSON and nothing else.
    ///
    /// # Errors
    /// What is wrong and where, also for more than 128 levels of brackets.
    pub(crate) fn parse(text: &str) -> Result<Self, serde_json::Error> {
        strict::parse(text)
    }
}

impl From<Value> for Tree {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(value),
            Value::Number(number) => Self::Number(number.to_string()),
            Value::String(text) => Self::Text(text),
            Value::Array(items) => Self::List(items.into_iter().map(Self::from).collect()),
            Value::Object(map) => Self::Object(map.into_iter().map(|(key, value)| (key, value.into())).collect()),
        }
    }
}

impl From<Tree> for Value {
    /// Numbers beyond 64 bits become floats, and of a key that is there twice the last value stays.
    fn from(tree: Tree) -> Self {
        match tree {
            Tree::Null => Self::Null,
            Tree::Bool(value) => Self::Bool(value),
            Tree::Number(digits) => digits.parse::<Number>().map_or(Self::Null, Self::Number),
            Tree::Text(text) => Self::String(text),
            Tree::List(items) => Self::Array(items.into_iter().map(Self::from).collect()),
            Tree::Object(entries) => {
                Self::Object(entries.into_iter().map(|(key, value)| (key, value.into())).collect::<Map<_, _>>())
            }
        }
    }
}

/// The value as JSON text, without white space.
impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(digits) => f.write_str(digits),
            Self::Text(text) => quoted(f, text),
            Self::List(items) => {
                f.write_char('[')?;
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        f.write_char(',')?;
                    }
                    item.fmt(f)?;
                }
                f.write_char(']')
            }
            Self::Object(entries) => {
                f.write_char('{')?;
                for (index, (key, value)) in entries.iter().enumerate() {
                    if index > 0 {
                        f.write_char(',')?;
                    }
                    quoted(f, key)?;
                    f.write_char(':')?;
                    value.fmt(f)?;
                }
                f.write_char('}')
            }
        }
    }
}

/// A text as JSON has it.
fn quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    let mut written = 0;
    for (at, byte) in text.bytes().enumerate().filter(|(_, byte)| matches!(byte, b'"' | b'\\' | ..0x20)) {
        f.write_str(text.get(written..at).unwrap_or_default())?;
        match byte {
            b'"' => f.write_str("\\\""),
            b'\\' => f.write_str("\\\\"),
            b'\n' => f.write_str("\\n"),
            b'\r' => f.write_str("\\r"),
            b'\t' => f.write_str("\\t"),
            0x8 => f.write_str("\\b"),
            0xc => f.write_str("\\f"),
            other => write!(f, "\\u{other:04x}"),
        }?;
        written = at + 1;
    }
    f.write_str(text.get(written..).unwrap_or_default())?;
    f.write_char('"')
}
