//! What the material has for a field that wants a text.

use std::ops::Range;

use serde_json::Value;

use super::format;
use super::goal::Goal;
use super::scope::Fact;
use super::string::{LONGEST_HEADLINE, UNKNOWN};
use super::writer::Writer;
use crate::provider::local::facts::Facts;
use crate::provider::local::field::{Field, Role};
use crate::provider::local::labels::clean;
use crate::provider::local::names::Cue;
use crate::provider::local::source::{Source, one_line, shorten};

/// Rare forms are looked for in the first so many bytes only.
const SEARCHED: usize = 65_536;

/// A date or a code further than so many bytes from the words of a field belongs to something else.
const FAR: usize = 60;

/// More names than this are not compared.
const MOST_NAMES: usize = 2_000;

/// A line about one thing has at most so many words.
const LONGEST_LINE: usize = 10;

impl<'s> Writer<'s, '_> {
    /// What the material has for the field.
    pub(super) fn found_text(&mut self, goal: &Goal<'s>, field: &Field, need: bool, most: usize) -> Option<String> {
        if let Some(name) =
            goal.all("format").filter_map(Value::as_str).find(|name| format::plainest(name, 0).is_some())
        {
            return self.in_format(name, field, need);
        }
        let patterns: Vec<&str> = goal.all("pattern").filter_map(Value::as_str).collect();
        if !patterns.is_empty() {
            return self.by_pattern(goal, field);
        }
        if let Some(given) = &field.given {
            return Some(as_wanted(given, field)).filter(|text| !text.is_empty());
        }
        if most <= 1 {
            return None;
        }
        let record = self.scope.record;
        match field.role {
            Role::Headline => self.headline_sentence(),
            Role::Summary => Some(self.summary(goal, most)).filter(|text| !text.is_empty()),
            Role::Person if record && self.behind_label().is_some() => self.behind_label().map(|(name, _)| name),
            Role::Person => self
                .name(&[Some(Cue::Person), None], need)
                .or_else(|| self.rest(record && is_line(self.scope.source.text()))),
            Role::Place => self.name(&[Some(Cue::Place)], need),
            Role::Company => self
                .name(&[Some(Cue::Company), None], need)
                .or_else(|| self.rest(record && is_line(self.scope.source.text()))),
            Role::Name if record && is_line(self.scope.source.text()) => self.rest(true),
            Role::Name => self.name(&[Some(Cue::Person), None, Some(Cue::Company), Some(Cue::Place)], need),
            Role::Email => self.fact(|facts| &facts.emails, Fact::Email),
            Role::Phone => self.fact(|facts| &facts.phones, Fact::Phone),
            Role::Website => self.fact(|facts| &facts.urls, Fact::Url),
            Role::Quote => {
                self.fact(|facts| &facts.quotes, Fact::Quote).map(|quote| quote.trim_end_matches([',', ' ']).to_owned())
            }
            Role::Code => self.code(field, need),
            Role::Date => self.date("date", field, need),
            Role::Time => self.time("partial-time", need),
            Role::Keywords => self.scope.source.frequent().into_iter().next().map(|(word, _)| word),
            Role::Currency => {
                self.scope.source.facts().numbers.iter().find_map(|number| number.currency).map(str::to_owned)
            }
            Role::Money | Role::Count | Role::Year => self.written_number(field),
            Role::Plain if record && self.behind_label().is_some() => self.behind_label().map(|(_, text)| text),
            Role::Plain if record => self.rest(true).or_else(|| self.sentence_for(field, need)),
            Role::Plain => self.sentence_for(field, need),
        }
        .or_else(|| {
            (need && !matches!(field.role, Role::Plain | Role::Summary | Role::Headline)).then(|| UNKNOWN.to_owned())
        })
    }

    fn in_format(&mut self, name: &str, field: &Field, need: bool) -> Option<String> {
        if let Some(given) = &field.given {
            return format::first_in(name, given);
        }
        match name {
            "date" | "date-time" | "partial-date-time" | "zoned-date-time" => self.date(name, field, need),
            "time" | "partial-time" => self.time(name, need),
            "email" | "idn-email" => self.fact(|facts| &facts.emails, Fact::Email),
            "uri" | "iri" | "uri-reference" | "iri-reference" | "url" => self.fact(|facts| &facts.urls, Fact::Url),
            _ => format::first_in(name, start_of(self.scope.source.text())),
        }
    }

    /// A word of the text, or of what stands behind the label, that the patterns match; else the part that they match.
    fn by_pattern(&mut self, goal: &Goal<'s>, field: &Field) -> Option<String> {
        let source = self.scope.source.clone();
        let text = field.given.as_deref().map_or_else(|| start_of(source.text()), |given| given.trim());
        if field.given.is_some() && self.fits(goal, text) {
            return Some(text.to_owned());
        }
        let around = |c: char| ",;.!?()[]<>\"'`".contains(c);
        text.split_whitespace()
            .map(|chunk| chunk.trim_matches(around))
            .find(|chunk| self.fits(goal, chunk))
            .map(str::to_owned)
    }

    /// The first fact of a kind that no other field has.
    fn fact(&mut self, of: fn(&Facts) -> &Vec<Range<usize>>, fact: fn(usize) -> Fact) -> Option<String> {
        let source = self.scope.source.clone();
        let all = of(source.facts());
        let index = (0..all.len()).find(|index| !self.scope.is_used(fact(*index)))?;
        self.scope.take(fact(index));
        Some(one_line(source.slice(&all[index])))
    }

    fn name(&mut self, cues: &[Option<Cue>], need: bool) -> Option<String> {
        let source = self.scope.source.clone();
        let names = &source.facts().names;
        let free = |index: &usize| !self.scope.is_used(Fact::Name(*index));
        let suits = |index: &usize| names[*index].cue.is_none() || cues.contains(&names[*index].cue);
        let found = cues.iter().find_map(|cue| {
            let mut same = (0..names.len()).filter(|index| names[*index].cue == *cue && free(index));
            // Full names before single words.
            same.clone().find(|index| names[*index].words > 1).or_else(|| same.next())
        });
        let index = found.or_else(|| {
            let mut others = (0..names.len()).filter(|index| need && suits(index) && free(index));
            // People mostly have two names, places mostly one.
            if cues.contains(&Some(Cue::Place)) {
                others.min_by_key(|index| names[*index].words)
            } else {
                others.next()
            }
        })?;
        let text = one_line(source.slice(&names[index].range));
        // The same name elsewhere is used with it.
        for (other, name) in names.iter().enumerate().take(MOST_NAMES) {
            if source.slice(&name.range) == source.slice(&names[index].range) {
                self.scope.take(Fact::Name(other));
            }
        }
        Some(text)
    }

    /// Name and text of a line such as `Ada: write the notes`.
    fn behind_label(&self) -> Option<(String, String)> {
        let source = &self.scope.source;
        let [label] = source.labels() else { return None };
        let name = source.slice(&label.name);
        let capitals = name.split(' ').all(|word| word.starts_with(char::is_uppercase));
        let known = capitals && name.split(' ').count() <= 3 && !self.scope.is_used(Fact::Label(0));
        known.then(|| (name.to_owned(), one_line(source.slice(&label.value))))
    }

    /// A text about one thing without its numbers: `2 x Widget, EUR 9.99` is about a `Widget`.
    fn rest(&self, record: bool) -> Option<String> {
        let source = self.scope.source.clone();
        let text = source.text();
        if !record || source.sentences().len() > 1 || !source.labels().is_empty() {
            return None;
        }
        let facts = source.facts();
        let mut cut: Vec<Range<usize>> = facts.numbers.iter().map(|number| number.range.clone()).collect();
        cut.extend(facts.dates.iter().map(|(range, _)| range.clone()));
        let number = |code: &&Range<usize>| code.len() > 4 || source.slice(code).starts_with('#');
        cut.extend(facts.codes.iter().filter(number).cloned());
        cut.sort_by_key(|range| range.start);
        let mut pieces = Vec::new();
        let mut from = 0;
        for range in cut {
            pieces.push(text.get(from..range.start).unwrap_or(""));
            from = from.max(range.end);
        }
        pieces.push(text.get(from..).unwrap_or(""));
        let edge = |c: char| c.is_whitespace() || "-–—|,;:@()$€£×*=/".contains(c);
        let clean = |piece: &str| {
            let mut piece = piece.trim_matches(edge);
            for word in ["x", "X", "at", "à", "EUR", "USD", "GBP", "each", "for", "je", "pcs"] {
                piece =
                    piece.strip_prefix(word).filter(|rest| rest.starts_with(edge)).unwrap_or(piece).trim_matches(edge);
                piece =
                    piece.strip_suffix(word).filter(|rest| rest.ends_with(edge)).unwrap_or(piece).trim_matches(edge);
                if piece == word {
                    piece = "";
                }
            }
            one_line(piece)
        };
        let pieces = pieces.into_iter().flat_map(|piece| piece.split(['|', ';', '\t']));
        let best = pieces.map(clean).rev().max_by_key(|piece| piece.chars().count())?;
        (!best.is_empty()).then_some(best)
    }

    fn code(&mut self, field: &Field, need: bool) -> Option<String> {
        let source = self.scope.source.clone();
        let codes = &source.facts().codes;
        let index =
            self.nearest(field, codes.len(), |index| codes[index].start, Fact::Code, need || self.scope.record)?;
        self.scope.take(Fact::Code(index));
        Some(source.slice(&codes[index]).trim_start_matches('#').to_owned())
    }

    fn date(&mut self, format: &str, field: &Field, need: bool) -> Option<String> {
        if let Some(given) = &field.given {
            return format::first_in(format, given);
        }
        let source = self.scope.source.clone();
        let facts = source.facts();
        // A field that is called `date` and nothing else wants whatever date there is.
        let any = need || self.scope.record || field.words.len() == 1;
        let index = self.nearest(field, facts.dates.len(), |index| facts.dates[index].0.start, Fact::Date, any)?;
        self.scope.take(Fact::Date(index));
        let (range, date) = &facts.dates[index];
        let after = facts.times.partition_point(|(time, _)| time.start < range.end);
        let time = facts.times.get(after).filter(|(time, _)| time.start - range.end < FAR / 4).map(|(_, time)| time);
        Some(format::dated(format, *date, time))
    }

    fn time(&mut self, format: &str, need: bool) -> Option<String> {
        let source = self.scope.source.clone();
        let times = &source.facts().times;
        let index = (0..times.len()).find(|index| need && !self.scope.is_used(Fact::Time(*index)))?;
        self.scope.take(Fact::Time(index));
        Some(format::timed(format, &times[index].1))
    }

    /// The fact that stands nearest to a word of the field; with `any`, the first free one if none is near.
    fn nearest(
        &self,
        field: &Field,
        count: usize,
        start: impl Fn(usize) -> usize,
        fact: fn(usize) -> Fact,
        any: bool,
    ) -> Option<usize> {
        let free = |index: &usize| *index < count && !self.scope.is_used(fact(*index));
        let mut best: Option<(usize, usize)> = None;
        for stem in &field.words {
            for place in self.scope.source.places_of(stem).take(16) {
                let after = partition(count, |index| start(index) < place);
                for index in [after.checked_sub(1), Some(after)].into_iter().flatten().filter(free) {
                    let gap = start(index).abs_diff(place);
                    if gap <= FAR && best.is_none_or(|(least, _)| gap < least) {
                        best = Some((gap, index));
                    }
                }
            }
        }
        best.map(|(_, index)| index).or_else(|| (0..count).find(|index| any && free(index)))
    }

    /// A number as it is written, for a text that wants one.
    fn written_number(&mut self, field: &Field) -> Option<String> {
        let source = self.scope.source.clone();
        let numbers = &source.facts().numbers;
        let suits = |index: &usize| match field.role {
            Role::Money => numbers[*index].currency.is_some(),
            Role::Year => numbers[*index].is_year(),
            _ => numbers[*index].currency.is_none() && !numbers[*index].is_year(),
        };
        let index = (0..numbers.len()).filter(suits).find(|index| !self.scope.is_used(Fact::Number(*index)))?;
        self.scope.take(Fact::Number(index));
        Some(source.slice(&numbers[index].range).to_owned())
    }
}

/// A text that stands behind the field's label, in the form that the field wants.
fn as_wanted(given: &str, field: &Field) -> String {
    let line = one_line(clean(given));
    let inner = Source::new(line.clone());
    let facts = inner.facts();
    let first = |ranges: &[Range<usize>]| ranges.first().map(|range| inner.slice(range).to_owned());
    let part = match field.role {
        Role::Email => first(&facts.emails),
        Role::Website => first(&facts.urls),
        Role::Phone => first(&facts.phones),
        Role::Date => facts.dates.first().map(|(_, date)| date.to_string()),
        Role::Currency => facts.numbers.iter().find_map(|number| number.currency).map(str::to_owned),
        Role::Headline => Some(shorten(&line, LONGEST_HEADLINE)),
        _ => None,
    };
    part.unwrap_or(line)
}

/// Whether a text is a line about one thing rather than a sentence about it.
fn is_line(text: &str) -> bool {
    text.split_whitespace().count() <= LONGEST_LINE && !text.trim_end().ends_with(['.', '!', '?', '。'])
}

/// The beginning of a text, cut at a character.
fn start_of(text: &str) -> &str {
    let mut end = text.len().min(SEARCHED);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The first index of a sorted list of which the condition does not hold.
fn partition(count: usize, holds: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = usize::midpoint(low, high);
        if holds(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}
