//! Sentences for fields that want prose; each goes to one field at most, as long as there are others.

use super::goal::Goal;
use super::scope::Fact;
use super::string::LONGEST_HEADLINE;
use super::writer::Writer;
use crate::provider::local::field::Field;
use crate::provider::local::limits::Limits;
use crate::provider::local::source::shorten;
use crate::provider::local::text::{self, DEFAULT_SENTENCES};

/// How many sentences a summary inside a larger answer has if nobody says.
const SUMMARY_SENTENCES: usize = 2;

impl<'s> Writer<'s, '_> {
    pub(super) fn headline_sentence(&mut self) -> Option<String> {
        let source = self.scope.source.clone();
        let first = source.sentences().first().filter(|_| self.scope.has_prose())?;
        let title = source.slice(&first.range);
        // A first line without a full stop is the headline that the author wrote.
        let written = title.chars().count() <= LONGEST_HEADLINE
            && source.sentences().len() > 1
            && !first.item
            && title.ends_with(|c: char| c.is_alphanumeric())
            && !title.contains(':');
        let index = if written { 0 } else { self.free_sentence()? };
        self.scope.take(Fact::Sentence(index));
        Some(shorten(&headline(&source.sentence(index)), LONGEST_HEADLINE))
    }

    /// The best sentences that no other field carries, in their order.
    pub(super) fn summary(&mut self, goal: &Goal<'s>, most: usize) -> String {
        let asked = Limits::read(goal.description()).sentences.or(self.limits.sentences);
        let mut chosen = Vec::new();
        let mut length = 0;
        while chosen.len() < asked.unwrap_or(SUMMARY_SENTENCES)
            && let Some(index) = self.free_sentence()
        {
            if !chosen.is_empty() && self.scope.is_used(Fact::Sentence(index)) {
                break;
            }
            let sentence = self.scope.source.sentence(index);
            length += sentence.chars().count() + 1;
            if !chosen.is_empty() && length > most {
                break;
            }
            self.scope.take(Fact::Sentence(index));
            chosen.push((index, sentence));
        }
        chosen.sort_by_key(|(index, _)| *index);
        text::joined(&chosen.into_iter().map(|(_, sentence)| sentence).collect::<Vec<_>>())
    }

    /// A sentence that has the field's words; with need, the best one that is free.
    pub(super) fn sentence_for(&mut self, field: &Field, need: bool) -> Option<String> {
        let source = self.scope.source.clone();
        let own = if need { field.cues().collect::<Vec<_>>() } else { field.words.iter().collect() };
        let with_words =
            own.iter().flat_map(|stem| source.places_of(stem).take(16)).filter_map(|at| source.sentence_at(at));
        let index = with_words
            .filter(|_| self.scope.has_prose())
            .find(|index| !self.scope.is_used(Fact::Sentence(*index)))
            .or_else(|| if need { self.free_sentence() } else { None })?;
        self.scope.take(Fact::Sentence(index));
        Some(source.sentence(index))
    }

    /// The best sentence that no field carries; the best one of all if there is no other.
    pub(super) fn free_sentence(&self) -> Option<usize> {
        let ranked = &self.scope.ranked;
        let free = ranked.iter().find(|index| !self.scope.is_used(Fact::Sentence(**index)));
        free.or_else(|| ranked.first()).copied()
    }

    /// The best sentences, in their order; those that no other field carries first.
    pub(super) fn best_sentences(&mut self, least: usize, most: usize) -> Vec<String> {
        let Limits { points, sentences, .. } = *self.limits;
        let wanted = points.or(sentences).unwrap_or(DEFAULT_SENTENCES).max(least).min(most);
        let ranked = self.scope.ranked.clone();
        let free = ranked.iter().filter(|index| !self.scope.is_used(Fact::Sentence(**index)));
        let mut chosen: Vec<usize> = free.copied().take(wanted).collect();
        if chosen.len() < least.max(1) {
            let missing = least.max(1) - chosen.len();
            let again: Vec<usize> =
                ranked.iter().filter(|index| !chosen.contains(index)).copied().take(missing).collect();
            chosen.extend(again);
        }
        chosen.sort_unstable();
        for index in &chosen {
            self.scope.take(Fact::Sentence(*index));
        }
        chosen.into_iter().map(|index| self.scope.source.sentence(index)).collect()
    }
}

/// A sentence as a headline: without its full stop.
pub(super) fn headline(sentence: &str) -> String {
    sentence.trim_end_matches(['.', '。', '।', '۔']).to_owned()
}
