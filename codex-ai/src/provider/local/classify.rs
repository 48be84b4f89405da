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
/// a negation (`not`, `no`, `never`) counts only for the opposite. If nothing speaks for any, a choice such as `other` or `neutral`
/// comes first, else the first one.
pub(super) fn rank(choices: &[Choice], source: &Source) -> Ranking {
    let compared = &choices[..choices.len().min(MOST_CHOICES)];
    let wanted: Vec<Vec<Word>> = compared.iter().map(words_of).collect();
    let mut sharing: HashMap<(&str, bool), usize> = HashMap::new();
    for word in wanted.iter().flatten() {
        *sharing.entry((&word.stem, word.denied)).or_default() += 1;
    }
    let mut hits: HashMap<(&str, bool), usize> = HashMap::new();
    for &(stem, denied) in sharing.keys() {
        let places = source.places_of(stem).filter(|at| is_negated(source.text(), *at) == denied);
        hits.insert((stem, denied), places.take(MOST_HITS).count());
    }
    let score = |words: &Vec<Word>| -> usize {
        let one = |word: &Word| {
            let key = (word.stem.as_str(), word.denied);
            word.weight * 12 * hits[&key] / sharing[&key]
        };
        words.iter().map(one).sum()
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

/// A word that speaks for a choice.
struct Word {
    stem: String,
    weight: usize,
    /// Whether it speaks for the choice where a negation stands before it: `not good` is negative.
    denied: bool,
}

/// The words that speak for a choice, each with its heaviest weight.
fn words_of(choice: &Choice) -> Vec<Word> {
    let mut found: Vec<Word> = Vec::new();
    let mut add = |stem: String, weight: usize, denied: bool| {
        if !found.iter().any(|word| word.stem == stem && word.denied == denied) {
            found.push(Word { stem, weight, denied });
        }
    };
    let names = words::name_words(&choice.name);
    for stem in &names {
        add(stem.clone(), NAME_WEIGHT, false);
    }
    for stem in names.iter().flat_map(|stem| lexicon::beside(stem)) {
        add(words::stem(stem), LEXICON_WEIGHT, false);
    }
    for stem in names.iter().flat_map(|stem| lexicon::against(stem)) {
        add(words::stem(stem), LEXICON_WEIGHT, true);
    }
    for stem in words::content_stems(&choice.about) {
        add(stem, ABOUT_WEIGHT, false);
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
