//! One of some fixed values: as it is, in another spelling, by its description, or in a sentence.

use std::collections::HashMap;

use super::{Fit, Fitter, Given, number};
use crate::json::align::fold::{folded, without_accents};
use crate::json::align::shape::{Fixed, NodeId, Values};
use crate::json::{RawKind, RepairKind, Tree};

/// What a text holds of some values.
pub(super) enum Found {
    None,
    /// The place of the only one, or of the one that is there most often.
    One(usize),
    Several,
}

impl Fitter<'_> {
    pub(super) fn choice(&mut self, id: NodeId, values: &Values, given: Given<'_>) -> Fit {
        match &given.raw.kind {
            RawKind::Bare(text) => of_text(values, text, false, given),
            RawKind::Quoted(text) => of_text(values, text, true, given),
            RawKind::List(_) => self.inside_list(id, given).unwrap_or_else(|| Fit::wrong(given)),
            // A value that was given a name of its own.
            RawKind::Object(entries) => {
                let [entry] = entries.as_slice() else { return Fit::wrong(given) };
                let Some(text) = entry.value.text() else { return Fit::wrong(given) };
                let quoted = matches!(entry.value.kind, RawKind::Quoted(_));
                let fit = of_text(values, text, quoted, Given { raw: &entry.value, ..given });
                if fit.rank.misfits > 0 { Fit::wrong(given) } else { fit.noted(RepairKind::FromObject) }
            }
        }
    }
}

/// The fixed text that a map's key is.
pub(super) fn of_key<'v>(values: &'v Values, key: &str) -> Option<&'v Tree> {
    let exact = values.all.iter().find(|fixed| matches!(&fixed.value, Tree::Text(text) if text == key));
    let found = exact.or_else(|| {
        let key = folded(key);
        only(values, |fixed| !key.is_empty() && *fixed.folded == *key).ok().flatten()
    });
    found.map(|fixed| &fixed.value)
}

/// Whether a fixed value is meant.
type Fits<'a> = &'a dyn Fn(&Fixed) -> bool;

fn of_text(values: &Values, text: &str, quoted: bool, given: Given<'_>) -> Fit {
    let take = |fixed: &Fixed, kind| Fit::plain(fixed.value.clone()).noted_all(kind);
    let several = || {
        let names: Vec<_> = values.all.iter().take(4).map(|fixed| format!("`{}`", fixed.value)).collect();
        let more = if values.all.len() > 4 { " .." } else { "" };
        Fit::wrong_because(given, format!("could be more than one of {}{more}", names.join(", ")))
    };
    if let Some(fixed) = values.all.iter().find(|fixed| is_exactly(&fixed.value, text, quoted)) {
        return take(fixed, None);
    }
    let trimmed = text.trim();
    if let Some(fixed) = values.all.iter().find(|fixed| is_exactly(&fixed.value, trimmed, true)) {
        return take(fixed, Some(RepairKind::EnumPunctuation));
    }
    // Other sorts of values in quotes, or text without.
    if let Some(fixed) = values.all.iter().find(|fixed| is_exactly(&fixed.value, trimmed, false)) {
        return take(fixed, quoted.then_some(RepairKind::QuotedValue));
    }
    let unaccented = without_accents(trimmed);
    let plain = folded(trimmed);
    let attempts: [(RepairKind, Fits<'_>); 3] = [
        (RepairKind::EnumCase, &|fixed| !unaccented.is_empty() && *fixed.unaccented == *unaccented),
        (RepairKind::EnumPunctuation, &|fixed| !plain.is_empty() && *fixed.folded == *plain),
        (RepairKind::EnumDescription, &|fixed| {
            let words = fixed.title.iter().chain(&fixed.description);
            !plain.is_empty() && words.into_iter().any(|words| folded(words) == plain)
        }),
    ];
    for (kind, fits) in attempts {
        match only(values, fits) {
            Ok(Some(fixed)) => return take(fixed, Some(kind)),
            Ok(None) => {}
            Err(()) => return several(),
        }
    }
    let words: Vec<String> = values.all.iter().map(|fixed| written(&fixed.value)).collect();
    match in_sentence(trimmed, &words) {
        Found::One(index) => take(&values.all[index], Some(RepairKind::EnumInText)),
        Found::Several => several(),
        Found::None => Fit::wrong(given),
    }
}

/// Whether a text, in quotes or not, is this value.
fn is_exactly(value: &Tree, text: &str, quoted: bool) -> bool {
    match value {
        Tree::Text(fixed) => fixed == text && (quoted || !is_literal(text)),
        Tree::Number(fixed) => !quoted && number::is_json(text) && same_number(fixed, text),
        Tree::Bool(fixed) => !quoted && text == if *fixed { "true" } else { "false" },
        Tree::Null => !quoted && text == "null",
        Tree::List(_) | Tree::Object(_) => false,
    }
}

fn is_literal(text: &str) -> bool {
    matches!(text, "true" | "false" | "null") || number::is_json(text)
}

fn same_number(one: &str, other: &str) -> bool {
    one == other || matches!((one.parse::<f64>(), other.parse::<f64>()), (Ok(one), Ok(other)) if one == other)
}

fn written(value: &Tree) -> String {
    match value {
        Tree::Text(text) => text.clone(),
        Tree::Number(_) | Tree::Bool(_) => value.to_string(),
        Tree::Null | Tree::List(_) | Tree::Object(_) => String::new(),
    }
}

/// The only value that fits; an error where several do.
fn only(values: &Values, fits: impl Fn(&Fixed) -> bool) -> Result<Option<&Fixed>, ()> {
    let mut fitting = values.all.iter().filter(|fixed| fits(fixed));
    let first = fitting.next();
    if fitting.next().is_some() { Err(()) } else { Ok(first) }
}

/// Which of some names a text speaks of. Names are whole words; of one inside another the longer counts. Those that are
/// written just so go before those in another spelling. The one that is there most often is meant.
pub(super) fn in_sentence<S: AsRef<str>>(text: &str, names: &[S]) -> Found {
    let plain: Vec<String> = names.iter().map(|name| folded(name.as_ref())).collect();
    let mut by_name: HashMap<&str, usize> = HashMap::new();
    for (index, name) in plain.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
        by_name.entry(name).or_insert(index);
    }
    let longest = plain.iter().map(String::len).max().unwrap_or(0);
    let words: Vec<(usize, usize, String)> = words(text);
    let (mut exact, mut loose) = (vec![0_usize; names.len()], vec![0_usize; names.len()]);
    let mut at = 0;
    while at < words.len() {
        let mut name = String::new();
        let mut found = None;
        for (end, word) in words.iter().enumerate().skip(at) {
            name.push_str(&word.2);
            if name.len() > longest {
                break;
            }
            let (from, to) = (words[at].0, word.1);
            if let Some(index) = by_name.get(name.as_str())
                && stands_alone(text, from, to)
            {
                found = Some((end, *index, &text[from..to] == names[*index].as_ref()));
            }
        }
        let first = at;
        at += 1;
        if let Some((end, index, is_exact)) = found {
            at = end + 1;
            if is_denied(text, &words[..=first]) {
                continue;
            }
            loose[index] += 1;
            exact[index] += usize::from(is_exact);
        }
    }
    for counts in [&exact, &loose] {
        match most(counts) {
            Found::None => {}
            other => return other,
        }
    }
    // Scripts without spaces between words.
    let text = without_accents(text);
    let counts: Vec<usize> =
        plain.iter().map(|name| if is_unspaced(name) { text.matches(name).count() } else { 0 }).collect();
    most(&counts)
}

/// Whether the last of the words is denied by those before it: `not one`, `isn't really a one`, `rather than one`.
fn is_denied(text: &str, words: &[(usize, usize, String)]) -> bool {
    let mut after = words.last().map_or(0, |word| word.0);
    let before = words.iter().rev().skip(1);
    for (from, to, word) in before.take(MOST_FILLERS) {
        // A sign between two words ends what a denial is about; quotes and such do not.
        if text[*to..after].contains(['.', ',', ';', ':', '!', '?', '\n', '(', ')', '|', '/', '=']) {
            return false;
        }
        let is_short = word == "t" && text[..*from].ends_with(['\'', '’']);
        if is_short || DENIALS.contains(&word.as_str()) {
            return true;
        }
        if !FILLERS.contains(&word.as_str()) {
            return false;
        }
        after = *from;
    }
    false
}

/// How many words may stand between a denial and what it denies, itself included.
const MOST_FILLERS: usize = 4;

const DENIALS: &[&str] =
    &["not", "never", "neither", "nor", "cannot", "isnt", "wasnt", "arent", "than", "nicht", "kein", "keine", "keinen"];

const FILLERS: &[&str] = &[
    "a",
    "an",
    "the",
    "really",
    "quite",
    "exactly",
    "necessarily",
    "at",
    "all",
    "be",
    "any",
    "as",
    "ein",
    "eine",
    "der",
    "die",
    "das",
];

fn most(counts: &[usize]) -> Found {
    let most = counts.iter().copied().max().unwrap_or(0);
    let mut at = counts.iter().enumerate().filter(|(_, count)| **count == most).map(|(index, _)| index);
    match (most, at.next(), at.next()) {
        (0, ..) | (_, None, _) => Found::None,
        (_, Some(index), None) => Found::One(index),
        _ => Found::Several,
    }
}

/// The runs of letters and digits, each with its place and as it is compared.
fn words(text: &str) -> Vec<(usize, usize, String)> {
    let mut found = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        // Marks belong to the letter before them.
        let inside = c.is_alphanumeric() || start.is_some() && unicode_normalization::char::is_combining_mark(c);
        match (inside, start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                found.push((from, at, folded(&text[from..at])));
                start = None;
            }
            _ => {}
        }
    }
    found
}

/// Whether a piece is not joined to another word by `_` or `-`.
fn stands_alone(text: &str, from: usize, to: usize) -> bool {
    let joins = |sign: Option<char>, beyond: Option<char>| {
        matches!(sign, Some('_' | '-')) && beyond.is_some_and(char::is_alphanumeric)
    };
    let mut before = text[..from].chars().rev();
    let mut after = text[to..].chars();
    !joins(before.next(), before.next()) && !joins(after.next(), after.next())
}

/// Whether a name is in a script that has neither case nor spaces between words.
fn is_unspaced(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| matches!(c, '\u{0e00}'..='\u{0eff}' | '\u{3040}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}'))
}
