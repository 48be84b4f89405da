//! Which of several labels fits a text.

use std::collections::HashMap;

use super::lexicon;
use super::source::Source;
use super::words;

/// A label that may be chosen, with all that is known of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Choice {
    /// What it is called.
    pub(super) name: String,
    /// What it means, in the author's words.
    pub(super) about: String,
}

/// How the choices fit the text: their indices from the best to the worst, ties in declared order.
#[derive(Debug)]
pub(super) struct Ranking {
    pub(super) order: Vec<usize>,
    /// Whether anything in the text speaks for the first one.
    pub(super) found: bool,
    /// For how many, the first ones in the order, anything speaks.
    pub(super) speaking: usize,
}

/// What a hit of a word of the name weighs.
const NAME_WEIGHT: usize = 6;

/// What a hit of a word that usually goes with the name weighs.
const LEXICON_WEIGHT: usize = 4;

/// What a hit of a word of the description weighs.
const ABOUT_WEIGHT: usize = 3;

/// A word that stands in the text more often than this weighs no more.
const MOST_HITS: usize = 3;

/// More choices than this are not compared; the rest keep their order behind them.
const MOST_CHOICES: usize = 256;

/// Ranks the choices by the words that they share with the text. A word that many choices share tells little; a word behind
/// a negation (`not`, `no`, `never`) counts for nothing. If nothing speaks for any, a choice such as `other` or `neutral`
/// comes first, else the first one.
pub(super) fn rank(choices: &[Choice], source: &Source) -> Ranking {
    let compared = &choices[..choices.len().min(MOST_CHOICES)];
    let wanted: Vec<Vec<(String, usize)>> = compared.iter().map(words_of).collect();
    let mut sharing: HashMap<&str, usize> = HashMap::new();
    for (stem, _) in wanted.iter().flatten() {
        *sharing.entry(stem).or_default() += 1;
    }
    let mut hits: HashMap<&str, usize> = HashMap::new();
    for stem in sharing.keys() {
        let count = source.places_of(stem).filter(|at| !is_negated(source.text(), *at)).take(MOST_HITS).count();
        hits.insert(stem, count);
    }
    let score = |words: &Vec<(String, usize)>| -> usize {
        words.iter().map(|(stem, weight)| weight * 12 * hits[stem.as_str()] / sharing[stem.as_str()]).sum()
    };
    let mut scored: Vec<(usize, usize)> =
        wanted.iter().map(score).chain(std::iter::repeat(0)).zip(0..choices.len()).collect();
    let speaking = scored.iter().filter(|(score, _)| *score > 0).count();
    let found = speaking > 0;
    if !found && let Some(index) = compared.iter().position(|choice| is_rest(&choice.name)) {
        scored[index].0 = 1;
    }
    scored.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    Ranking { order: scored.into_iter().map(|(_, index)| index).collect(), found, speaking }
}

/// Whether a negation stands right before a place.
pub(super) fn is_negated(text: &str, at: usize) -> bool {
    let mut from = at.saturating_sub(NEGATION_REACH);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let before = &text[from..at];
    let before = before.rsplit(['.', '!', '?', ',', ';', '\n']).next().unwrap_or("");
    words::words(before).any(|word| {
        let lower = word.text.to_lowercase();
        matches!(lower.as_str(), "not" | "no" | "never" | "without" | "nicht" | "kein" | "keine" | "cannot" | "nothing")
            || lower.ends_with("n't")
            || lower.ends_with("n’t")
    })
}

/// A negation further away than so many bytes is about something else.
const NEGATION_REACH: usize = 24;

/// The stems that speak for a choice, with their weights, the heaviest of each.
fn words_of(choice: &Choice) -> Vec<(String, usize)> {
    let mut found: Vec<(String, usize)> = Vec::new();
    let mut add = |stem: String, weight: usize| {
        if !found.iter().any(|(known, _)| *known == stem) {
            found.push((stem, weight));
        }
    };
    let names = words::name_words(&choice.name);
    for stem in &names {
        add(stem.clone(), NAME_WEIGHT);
    }
    for stem in names.iter().flat_map(|stem| lexicon::beside(stem)) {
        add(words::stem(stem), LEXICON_WEIGHT);
    }
    for stem in words::content_stems(&choice.about) {
        add(stem, ABOUT_WEIGHT);
    }
    found
}

/// Names of choices that mean none of the others.
fn is_rest(name: &str) -> bool {
    matches!(
        name.to_lowercase().as_str(),
        "other"
            | "others"
            | "unknown"
            | "none"
            | "neutral"
            | "general"
            | "misc"
            | "miscellaneous"
            | "unclear"
            | "sonstiges"
    )
}
