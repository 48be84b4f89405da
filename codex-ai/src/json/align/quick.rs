//! JSON that is right but for the text around it, without a tolerant parser.

use std::borrow::Cow;

use serde::de::IgnoredAny;

use crate::json::{Parsed, Repair, RepairKind};
use crate::schema::Schema;

/// The only value in a text, if it is JSON that follows the schema.
pub(super) fn read<'t>(schema: &Schema, text: &'t str) -> Option<Parsed<Cow<'t, str>>> {
    let trimmed = text.trim();
    if follows(schema, trimmed) {
        return Some(Parsed::exact(trimmed.into()));
    }
    let start = trimmed.find(['{', '['])?;
    let end = trimmed.rfind(['}', ']'])? + 1;
    let piece = trimmed.get(start..end)?;
    // The whole text was looked at already.
    if piece.len() == trimmed.len() || !follows(schema, piece) {
        return None;
    }
    let repair = Repair { path: "$".to_owned(), kind: RepairKind::Extracted, cost: RepairKind::Extracted.cost() };
    Some(Parsed { value: piece.into(), repairs: vec![repair] })
}

fn follows(schema: &Schema, text: &str) -> bool {
    schema.is_followed_by(text)
        && !(has_whole_float(text) && schema.shape().has_integers())
        && serde_json::from_str::<IgnoredAny>(text).is_ok()
}

/// Whether there is a number such as `1.0` or `1e3`, which a schema takes for an integer and a type does not. It may
/// also stand in a text.
fn has_whole_float(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut signs = memchr::memchr3_iter(b'.', b'e', b'E', bytes);
    signs.any(|at| {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        let after = bytes.get(at + 1);
        before.is_some_and(u8::is_ascii_digit)
            && if bytes[at] == b'.' {
                let zeros = bytes[at + 1..].iter().take_while(|byte| **byte == b'0').count();
                zeros > 0 && !bytes.get(at + 1 + zeros).is_some_and(u8::is_ascii_digit)
            } else {
                after.is_some_and(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-'))
            }
    })
}
