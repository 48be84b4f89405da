//! A text worked out once: its sentences and their rank, its words, its labelled lines, its facts.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::ops::Range;

use super::facts::Facts;
use super::labels::{self, Label};
use super::numbers::SMALL;
use super::sentences::{self, Sentence};
use super::words;

/// A text and what can be asked of it. Everything is linear in its length; what is rarely asked for is made late.
#[derive(Debug)]
pub(super) struct Source {
    text: String,
    sentences: Vec<Sentence>,
    /// All words with a meaning, as (place, number of the stem), in order.
    occurrences: Vec<(usize, usize)>,
    stems: HashMap<String, usize>,
    /// Per stem, the indices of its occurrences.
    places: Vec<Vec<usize>>,
    labels: OnceCell<Vec<Label>>,
    facts: OnceCell<Facts>,
}

impl Source {
    pub(super) fn new(text: String) -> Self {
        let sentences = sentences::split(&text);
        let mut stems: HashMap<String, usize> = HashMap::new();
        let mut places: Vec<Vec<usize>> = Vec::new();
        let mut occurrences = Vec::new();
        // Most words come again as they are, and need not be cut to their stem again.
        let mut known: HashMap<&str, Option<usize>> = HashMap::new();
        for word in words::words(&text) {
            let id = *known.entry(word.text).or_insert_with(|| {
                let stem = words::content_stem(word.text)?;
                Some(*stems.entry(stem).or_insert_with(|| {
                    places.push(Vec::new());
                    places.len() - 1
                }))
            });
            if let Some(id) = id {
                places[id].push(occurrences.len());
                occurrences.push((word.start, id));
            }
        }
        drop(known);
        Self { text, sentences, occurrences, stems, places, labels: OnceCell::new(), facts: OnceCell::new() }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn slice(&self, range: &Range<usize>) -> &str {
        &self.text[range.clone()]
    }

    pub(super) fn sentences(&self) -> &[Sentence] {
        &self.sentences
    }

    /// The text of a sentence in one line.
    pub(super) fn sentence(&self, index: usize) -> String {
        one_line(self.slice(&self.sentences[index].range))
    }

    pub(super) fn labels(&self) -> &[Label] {
        self.labels.get_or_init(|| labels::find(&self.text))
    }

    pub(super) fn facts(&self) -> &Facts {
        self.facts.get_or_init(|| Facts::find(&self.text))
    }

    /// Where words with this stem stand, in bytes.
    pub(super) fn places_of(&self, stem: &str) -> impl Iterator<Item = usize> {
        let found = self.stems.get(stem).map_or(&[] as &[usize], |id| &self.places[*id]);
        found.iter().map(|index| self.occurrences[*index].0)
    }

    /// The sentences from the most to the least telling. `wanted` are stems that weigh more, those of the question.
    ///
    /// A sentence scores for the frequency of its words in the whole text, less as it grows longer than a sentence should
    /// be, more near the beginning. Whole numbers only, so that the order is the same on every machine.
    pub(super) fn ranked(&self, wanted: &[String]) -> Vec<usize> {
        let wanted: Vec<usize> = wanted.iter().filter_map(|stem| self.stems.get(stem).copied()).collect();
        let mut next = 0;
        let mut scored: Vec<(u64, usize)> = Vec::with_capacity(self.sentences.len());
        let mut seen: Vec<usize> = vec![usize::MAX; self.places.len()];
        for (index, sentence) in self.sentences.iter().enumerate() {
            let (mut weight, mut count) = (0u64, 0u64);
            while let Some(&(place, id)) = self.occurrences.get(next)
                && place < sentence.range.end
            {
                next += 1;
                if place < sentence.range.start {
                    continue;
                }
                count += 1;
                if seen[id] != index {
                    seen[id] = index;
                    weight += 1 + (self.places[id].len() as u64).min(MOST_FREQUENT);
                    weight += if wanted.contains(&id) { WANTED_WEIGHT } else { 0 };
                }
            }
            let mut score = weight * 1_000 / (count.max(SHORT) + 4);
            if index == 0 {
                score = score * 3 / 2;
            } else if index < self.sentences.len() / 5 {
                score = score * 6 / 5;
            }
            let text = &self.text[sentence.range.clone()];
            let heading = !sentence.item && text.ends_with(char::is_alphanumeric) && self.sentences.len() > 1;
            let label = text.bytes().take(LABEL).any(|b| b == b':');
            if count < SHORT || heading || label || text.ends_with('?') {
                score /= 2;
            }
            scored.push((score, index));
        }
        scored.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        scored.into_iter().map(|(_, index)| index).collect()
    }

    /// The sentence in which a place lies.
    pub(super) fn sentence_at(&self, place: usize) -> Option<usize> {
        let after = self.sentences.partition_point(|sentence| sentence.range.start <= place);
        let index = after.checked_sub(1)?;
        (place < self.sentences[index].range.end).then_some(index)
    }

    /// The stems from the most to the least frequent, each as it is written first, with its count.
    pub(super) fn frequent(&self) -> Vec<(String, usize)> {
        let mut order: Vec<usize> = (0..self.places.len()).collect();
        order.sort_by(|a, b| self.places[*b].len().cmp(&self.places[*a].len()).then(a.cmp(b)));
        let written = |id: usize| {
            let start = self.places[id].first().map_or(0, |index| self.occurrences[*index].0);
            words::words(&self.text[start..]).next().map_or("", |word| word.text)
        };
        order
            .into_iter()
            .map(|id| (written(id).to_lowercase(), self.places[id].len()))
            .filter(|(word, _)| is_keyword(word))
            .take(MOST_KEYWORDS)
            .collect()
    }
}

fn is_keyword(word: &str) -> bool {
    let long = word.chars().count() > 2 || word.starts_with(words::is_ideograph);
    long && !word.starts_with(|c: char| c.is_ascii_digit()) && !SMALL.contains(&word)
}

/// A colon among the first so many bytes makes a label of what stands before it.
const LABEL: usize = 24;

/// A word that is more frequent than this weighs no more.
const MOST_FREQUENT: u64 = 12;

/// What a word of the question adds to the weight of a sentence that has it.
const WANTED_WEIGHT: u64 = 30;

/// A sentence of fewer meaningful words is rarely the one that is looked for.
const SHORT: u64 = 3;

/// More keywords than this are not collected.
const MOST_KEYWORDS: usize = 64;

/// A text with every run of white space and control characters as one space.
pub(super) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// The first `most` characters of a text; if there are more, it ends at a word and with `…`.
pub(super) fn shorten(text: &str, most: usize) -> String {
    let Some((full, _)) = text.char_indices().nth(most) else { return text.to_owned() };
    let Some((room, _)) = text.char_indices().nth(most.saturating_sub(1)) else { return String::new() };
    if most == 0 {
        return String::new();
    }
    let head = &text[..room];
    let cut = match head.rfind(char::is_whitespace) {
        // Text without spaces, such as Japanese, is cut where it must be.
        Some(space) if space * 2 > full => &head[..space],
        _ => head,
    };
    format!("{}…", cut.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '-' | '–')))
}
