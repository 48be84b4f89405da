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
    schema.is_followed_by(text) && serde_json::from_str::<IgnoredAny>(text).is_ok()
}
