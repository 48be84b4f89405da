//! Where in a text the reader of a type refused what stands there.
//!
//! A reader asks for more where a text ends too early, and refuses it where something is wrong. So what it refused is the
//! first token up to which it refuses the text. No reader has to keep its path on the way, which would be another one for
//! each type, compiled beside the quick one in each crate.

use serde_json::Error;

use super::integer::past_string;
use crate::schema::path::{self, OwnStep};

/// The path of the value at which `refused` finds an error, in a text that is JSON.
pub(crate) fn path(text: &str, mut refused: impl FnMut(&str) -> Option<Error>) -> String {
    let mut ends = Vec::new();
    walk(text, |end, _| ends.push(end));
    let first = ends.partition_point(|end| refused(&text[..*end]).is_none_or(|error| error.is_eof()));
    let mut steps = Vec::new();
    walk(text, |end, open| {
        if ends.get(first) == Some(&end) {
            steps = open.iter().filter_map(Open::step).collect();
        }
    });
    path::render(steps.iter().map(OwnStep::as_step))
}

/// What is open at a place in a text.
enum Open<'t> {
    /// A list, and the index of its item.
    List(usize),
    /// An object, and the key of its value, in quotes.
    Object(Option<&'t str>),
}

impl Open<'_> {
    fn step(&self) -> Option<OwnStep> {
        match self {
            Self::List(index) => Some(OwnStep::Index(*index)),
            Self::Object(key) => key.and_then(|key| serde_json::from_str(key).ok()).map(OwnStep::Key),
        }
    }
}

/// Goes over the brackets, keys and values of a text that is JSON: where each ends, and what it stands in.
fn walk<'t>(text: &'t str, mut visit: impl FnMut(usize, &[Open<'t>])) {
    let mut open = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(|c| !matches!(c, ' ' | '\t' | '\n' | '\r' | ':')) {
        let token = &rest[start..];
        rest = &token[1..];
        let end = text.len() - rest.len();
        match token.as_bytes()[0] {
            b'{' => {
                visit(end, &open);
                open.push(Open::Object(None));
            }
            b'[' => {
                visit(end, &open);
                open.push(Open::List(0));
            }
            b'}' | b']' => {
                open.pop();
                visit(end, &open);
            }
            b',' => match open.last_mut() {
                Some(Open::List(index)) => *index += 1,
                Some(Open::Object(key)) => *key = None,
                None => {}
            },
            b'"' => {
                rest = past_string(rest);
                if let Some(Open::Object(key @ None)) = open.last_mut() {
                    *key = Some(&token[..token.len() - rest.len()]);
                }
                visit(text.len() - rest.len(), &open);
            }
            _ => {
                let end = token.find([',', ']', '}', ' ', '\t', '\n', '\r']).unwrap_or(token.len());
                rest = &token[end..];
                visit(text.len() - rest.len(), &open);
            }
        }
    }
}
