//! The mistakes that the parser forgave, as repairs.

use super::{Fit, What};
use crate::json::raw::Mistakes;
use crate::json::{Raw, RawKind, RepairKind};

const KINDS: &[(Mistakes, RepairKind)] = &[
    (Mistakes::SINGLE_QUOTES, RepairKind::Quotes),
    (Mistakes::TYPOGRAPHIC_QUOTES, RepairKind::Quotes),
    (Mistakes::BACK_QUOTES, RepairKind::Quotes),
    (Mistakes::TRIPLE_QUOTES, RepairKind::Quotes),
    (Mistakes::ESCAPED_QUOTES, RepairKind::Quotes),
    (Mistakes::JOINED, RepairKind::Quotes),
    (Mistakes::CODE_BLOCK, RepairKind::CodeBlock),
    (Mistakes::UNQUOTED_KEY, RepairKind::Unquoted),
    (Mistakes::UNQUOTED_TEXT, RepairKind::Unquoted),
    (Mistakes::MISSING_COMMA, RepairKind::Separators),
    (Mistakes::MISSING_COLON, RepairKind::Separators),
    (Mistakes::TRAILING_COMMA, RepairKind::Separators),
    (Mistakes::STRAY_COMMA, RepairKind::Separators),
    (Mistakes::EQUALS_SIGN, RepairKind::Separators),
    (Mistakes::MISSING_PART, RepairKind::MissingPart),
    (Mistakes::COMMENT, RepairKind::Comment),
    (Mistakes::RAW_CONTROL, RepairKind::Escapes),
    (Mistakes::INNER_QUOTE, RepairKind::Escapes),
    (Mistakes::BAD_ESCAPE, RepairKind::Escapes),
    (Mistakes::ELLIPSIS, RepairKind::Ellipsis),
    (Mistakes::PARENTHESES, RepairKind::Brackets),
    (Mistakes::BRACES_OF_LIST, RepairKind::Brackets),
    (Mistakes::WRONG_CLOSER, RepairKind::Brackets),
    (Mistakes::EXTRA_CLOSER, RepairKind::Brackets),
    (Mistakes::JUNK, RepairKind::Junk),
];

/// Notes what was forgiven in the value itself.
pub(super) fn note(raw: &Raw, fit: &mut Fit) {
    if raw.mistakes.has(Mistakes::TOO_DEEP) && !matches!(fit.what, What::Wrong(..)) {
        fit.rank.misfits = fit.rank.misfits.saturating_add(1);
    }
    if !raw.closed {
        fit.note(RepairKind::Unclosed, None);
    }
    kinds(raw.mistakes, |kind| fit.note(kind, None));
}

/// Calls for each repair; the same may come several times.
pub(super) fn kinds(mistakes: Mistakes, mut each: impl FnMut(RepairKind)) {
    if mistakes.is_empty() {
        return;
    }
    for (mistake, kind) in KINDS {
        if mistakes.has(*mistake) {
            each(*kind);
        }
    }
}

/// What was forgiven below a value that is taken as it is.
pub(super) fn below(raw: &Raw) -> Vec<RepairKind> {
    let (mut found, mut open) = (Vec::new(), vec![raw]);
    let mut add = |mistakes| {
        kinds(mistakes, |kind| {
            if !found.contains(&kind) {
                found.push(kind);
            }
        });
    };
    while let Some(raw) = open.pop() {
        add(raw.mistakes);
        match &raw.kind {
            RawKind::Bare(_) | RawKind::Quoted(_) => {}
            RawKind::List(items) => open.extend(items),
            RawKind::Object(entries) => {
                for entry in entries {
                    add(entry.mistakes);
                    open.push(&entry.value);
                }
            }
        }
    }
    found
}
