//! The pieces of the material that become the elements of a list.

use std::collections::HashSet;
use std::ops::Range;

use super::array::MOST_ELEMENTS;
use super::scope::Fact;
use super::writer::Writer;
use crate::provider::local::classify::Choice;
use crate::provider::local::field::{Field, Role};
use crate::provider::local::labels;
use crate::provider::local::names::Cue;
use crate::provider::local::numbers::Number;
use crate::provider::local::sentences;
use crate::provider::local::source::one_line;
use crate::provider::local::text::DEFAULT_KEYWORDS;
use crate::provider::local::words;

impl Writer<'_, '_> {
    /// Texts for a list: behind the field's label, or of its kind, or the items of a list, or the best sentences.
    pub(super) fn texts(&mut self, field: &Field, need: bool, least: usize, most: usize) -> Vec<String> {
        if let Some(given) = &field.given {
            return labels::pieces(given);
        }
        let source = self.scope.source.clone();
        let facts = source.facts();
        let slices = |ranges: &[Range<usize>]| ranges.iter().map(|r| one_line(source.slice(r))).collect();
        let named = |cues: &[Option<Cue>]| {
            let fits = facts.names.iter().filter(|name| cues.contains(&name.cue));
            fits.map(|name| one_line(source.slice(&name.range))).collect()
        };
        let mut found: Vec<String> = match field.role {
            Role::Keywords => source.frequent().into_iter().map(|(word, _)| word).take(DEFAULT_KEYWORDS).collect(),
            Role::Email => slices(&facts.emails),
            Role::Website => slices(&facts.urls),
            Role::Phone => slices(&facts.phones),
            Role::Quote => slices(&facts.quotes),
            Role::Date => facts.dates.iter().map(|(_, date)| date.to_string()).collect(),
            Role::Person => named(&[Some(Cue::Person), None]),
            Role::Place => named(&[Some(Cue::Place)]),
            Role::Company => named(&[Some(Cue::Company)]),
            Role::Name => named(&[Some(Cue::Person), Some(Cue::Place), Some(Cue::Company), None]),
            _ => {
                let items: Vec<usize> =
                    (0..source.sentences().len()).filter(|index| source.sentences()[*index].item).collect();
                return if items.len() > 1 {
                    for index in &items {
                        self.scope.take(Fact::Sentence(*index));
                    }
                    items.into_iter().map(|index| source.sentence(index)).collect()
                } else if need || is_points(field) {
                    self.best_sentences(least, most)
                } else {
                    Vec::new()
                };
            }
        };
        let mut seen = HashSet::new();
        found.retain(|text| seen.insert(text.to_lowercase()));
        found
    }

    /// Texts about one thing each: what stands behind the field's label, rows of a table, items of a list, lines with
    /// numbers, else sentences.
    pub(super) fn records(&mut self, field: &Field) -> Vec<String> {
        if let Some(given) = &field.given {
            return labels::pieces(given);
        }
        let source = self.scope.source.clone();
        let rows = labels::table_rows(source.text());
        if !rows.is_empty() {
            return rows;
        }
        let items: Vec<String> =
            source.sentences().iter().filter(|s| s.item).map(|s| source.slice(&s.range).to_owned()).collect();
        if items.len() > 1 {
            return items;
        }
        let labelled: Vec<usize> = source.labels().iter().map(|label| label.value.end).collect();
        let lines: Vec<String> = sentences::lines(source.text())
            .filter(|line| labelled.binary_search(&line.end).is_err())
            .map(|line| source.slice(&line))
            .filter(|line| line.ends_with(|c: char| c.is_ascii_digit() || "€$£%".contains(c)))
            .map(str::to_owned)
            .collect();
        if lines.len() > 1 {
            return lines;
        }
        source.sentences().iter().map(|s| source.slice(&s.range).to_owned()).take(MOST_ELEMENTS).collect()
    }

    /// The numbers behind the field's label, or the prices of the text for a field that wants money.
    pub(super) fn numbers_for(&self, field: &Field) -> Vec<String> {
        if let Some(given) = &field.given {
            return labels::pieces(given);
        }
        let source = &self.scope.source;
        let wants = |number: &&Number| match field.role {
            Role::Money => number.currency.is_some(),
            Role::Year => number.is_year(),
            _ => false,
        };
        source.facts().numbers.iter().filter(wants).map(|number| source.slice(&number.range).to_owned()).collect()
    }

    /// The names of the choices that the text speaks for.
    pub(super) fn chosen(&self, choices: &[Choice], field: &Field) -> Vec<String> {
        let ranking = self.rank(choices, field);
        ranking.order.into_iter().take(ranking.speaking).map(|index| choices[index].name.clone()).collect()
    }
}

/// Names of lists that the best sentences fill well.
fn is_points(field: &Field) -> bool {
    const POINTS: &[&str] = &["point", "highlight", "takeaway", "fact", "bullet", "finding", "insight"];
    field.words.iter().any(|word| POINTS.iter().any(|point| words::stem(point) == *word))
}
