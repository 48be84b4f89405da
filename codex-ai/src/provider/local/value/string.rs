//! Texts: what fits a field best, within its length, pattern and format.

use regex::Regex;
use serde_json::Value;

use super::goal::Goal;
use super::scope::Fact;
use super::writer::{Made, Writer};
use super::{format, pattern};
use crate::provider::local::facts::Facts;
use crate::provider::local::field::{Field, Role};
use crate::provider::local::labels::clean;
use crate::provider::local::limits::Limits;
use crate::provider::local::names::Cue;
use crate::provider::local::source::{Source, one_line, shorten};

/// A headline is cut at so many characters.
pub(super) const LONGEST_HEADLINE: usize = 90;

/// How many sentences a summary inside a larger answer has if nobody says.
const SUMMARY_SENTENCES: usize = 2;

/// What stands for a text that a field must have and the material does not.
const UNKNOWN: &str = "unknown";

/// A text of a longer minimum is not made.
const LONGEST_MINIMUM: usize = 1_000_000;

/// Rare forms are looked for in the first so many bytes only.
const SEARCHED: usize = 65_536;

/// A date or a code further than so many bytes from the words of a field belongs to something else.
const FAR: usize = 60;

impl<'s> Writer<'s, '_> {
    pub(super) fn string(&mut self, goal: &Goal<'s>, field: &Field, need: bool, way: &mut usize) -> Made {
        let least = goal.largest("minLength").unwrap_or(0) as usize;
        let most = goal.smallest("maxLength").map_or(usize::MAX, |most| most as usize);
        if least > most || least > LONGEST_MINIMUM {
            return Err(self.problem(format!("no text has at least {least} and at most {most} characters here")));
        }
        let skip = std::mem::take(way);
        let mark = self.scope.mark();
        if skip == 0 && !self.is_terse() {
            let found = self.found_text(goal, field, need, most);
            if let Some(text) = found.and_then(|text| self.fitted(goal, &text, least, most)) {
                return Ok(Some(Value::String(text)));
            }
            self.scope.back_to(mark);
        }
        if !need {
            return Ok(None);
        }
        for text in made(goal, least, most, skip, self.is_plain()) {
            if let Some(text) = self.fitted(goal, &text, least, most) {
                return Ok(Some(Value::String(text)));
            }
        }
        Err(self.problem("no text is found that keeps to the length, the pattern and the format"))
    }

    /// Whether a text keeps to the length and to the patterns.
    pub(super) fn fits(&mut self, goal: &Goal<'s>, text: &str) -> bool {
        let length = text.chars().count() as u64;
        length >= goal.largest("minLength").unwrap_or(0)
            && length <= goal.smallest("maxLength").unwrap_or(u64::MAX)
            && goal.all("pattern").filter_map(Value::as_str).all(|pattern| self.matches(pattern, text))
            && !goal.is_excluded(&Value::String(text.to_owned()))
    }

    /// Whether the pattern matches somewhere in the text. A pattern that cannot be read matches nothing.
    pub(super) fn matches(&mut self, pattern: &str, text: &str) -> bool {
        // Here `\d` holds the digits of all scripts, in ECMA 262 those of ASCII alone.
        if pattern.contains('\\') && !text.is_ascii() && CLASSES.iter().any(|class| pattern.contains(class)) {
            return false;
        }
        if !self.patterns.contains_key(pattern) {
            self.patterns.insert(pattern.to_owned(), Regex::new(pattern).ok());
        }
        self.patterns.get(pattern).is_some_and(|regex| regex.as_ref().is_some_and(|regex| regex.is_match(text)))
    }

    /// The text cut or padded to its length, if it then keeps to everything.
    fn fitted(&mut self, goal: &Goal<'s>, text: &str, least: usize, most: usize) -> Option<String> {
        let bound = goal.all("format").any(|name| name.as_str().is_some_and(|name| format::plainest(name, 0).is_some()));
        if bound || goal.all("pattern").next().is_some() {
            if self.fits(goal, text) {
                return Some(text.to_owned());
            }
            // A pattern may leave room around the text.
            let missing = least.saturating_sub(text.chars().count());
            let padded = [format!("{text}{}", "a".repeat(missing)), format!("{}{text}", "a".repeat(missing))];
            return padded.into_iter().find(|text| missing > 0 && !bound && self.fits(goal, text));
        }
        let mut text = shorten(text, most);
        let length = text.chars().count();
        if length < least {
            let filler = if text.is_empty() { "." } else { " …" };
            text.extend(filler.chars().cycle().take(least - length));
        }
        self.fits(goal, &text).then_some(text)
    }

    /// What the material has for the field.
    fn found_text(&mut self, goal: &Goal<'s>, field: &Field, need: bool, most: usize) -> Option<String> {
        if let Some(name) = goal.all("format").filter_map(Value::as_str).find(|name| format::plainest(name, 0).is_some()) {
            return self.in_format(name, field, need);
        }
        let patterns: Vec<&str> = goal.all("pattern").filter_map(Value::as_str).collect();
        if !patterns.is_empty() {
            return self.by_pattern(goal, field);
        }
        if let Some(given) = &field.given {
            return Some(self.from_given(given, field)).filter(|text| !text.is_empty());
        }
        if most <= 1 {
            return None;
        }
        let record = self.scope.record;
        match field.role {
            Role::Headline => self.headline_sentence(),
            Role::Summary => Some(self.summary(goal, most)).filter(|text| !text.is_empty()),
            Role::Person => self.name(&[Some(Cue::Person), None], need).or_else(|| self.rest(record)),
            Role::Place => self.name(&[Some(Cue::Place)], need),
            Role::Company => self.name(&[Some(Cue::Company), None], need).or_else(|| self.rest(record)),
            Role::Name if record => self.rest(true),
            Role::Name => self.name(&[Some(Cue::Person), Some(Cue::Company), None, Some(Cue::Place)], need),
            Role::Email => self.fact(|facts| &facts.emails, Fact::Email),
            Role::Phone => self.fact(|facts| &facts.phones, Fact::Phone),
            Role::Website => self.fact(|facts| &facts.urls, Fact::Url),
            Role::Quote => self.fact(|facts| &facts.quotes, Fact::Quote),
            Role::Code => self.code(field, need),
            Role::Date => self.date("date", field, need),
            Role::Time => self.time("partial-time", need),
            Role::Keywords => self.scope.source.frequent().into_iter().next().map(|(word, _)| word),
            Role::Currency => {
                self.scope.source.facts().numbers.iter().find_map(|number| number.currency).map(str::to_owned)
            }
            Role::Money | Role::Count | Role::Year => self.written_number(field),
            Role::Plain if record => self.rest(true).or_else(|| self.sentence_for(field, need)),
            Role::Plain => self.sentence_for(field, need),
        }
        .or_else(|| (need && !matches!(field.role, Role::Plain | Role::Summary | Role::Headline)).then(|| UNKNOWN.to_owned()))
    }

    /// A text that stands behind the field's label, in the form that the field wants.
    fn from_given(&self, given: &str, field: &Field) -> String {
        let line = one_line(clean(given));
        let inner = Source::new(line.clone());
        let facts = inner.facts();
        let first = |ranges: &[std::ops::Range<usize>]| ranges.first().map(|range| inner.slice(range).to_owned());
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
        text.split_whitespace().map(|chunk| chunk.trim_matches(around)).find(|chunk| self.fits(goal, chunk)).map(str::to_owned)
    }

    /// The first fact of a kind that no other field has.
    fn fact(&mut self, of: fn(&Facts) -> &Vec<std::ops::Range<usize>>, fact: fn(usize) -> Fact) -> Option<String> {
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
        let index = found.or_else(|| (0..names.len()).find(|index| need && suits(index) && free(index)))?;
        let text = one_line(source.slice(&names[index].range));
        // The same name elsewhere is used with it.
        for (other, name) in names.iter().enumerate().take(MOST_NAMES) {
            if source.slice(&name.range) == source.slice(&names[index].range) {
                self.scope.take(Fact::Name(other));
            }
        }
        Some(text)
    }

    /// A text about one thing without its numbers: `2 x Widget, EUR 9.99` is about a `Widget`.
    fn rest(&self, record: bool) -> Option<String> {
        let source = self.scope.source.clone();
        let text = source.text();
        if !record || source.sentences().len() > 1 || !source.labels().is_empty() {
            return None;
        }
        let facts = source.facts();
        let mut cut: Vec<std::ops::Range<usize>> = facts.numbers.iter().map(|number| number.range.clone()).collect();
        cut.extend(facts.dates.iter().map(|(range, _)| range.clone()));
        cut.extend(facts.codes.iter().cloned());
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
                piece = piece.strip_prefix(word).filter(|rest| rest.starts_with(edge)).unwrap_or(piece).trim_matches(edge);
                piece = piece.strip_suffix(word).filter(|rest| rest.ends_with(edge)).unwrap_or(piece).trim_matches(edge);
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
        let index = self.nearest(field, codes.len(), |index| codes[index].start, Fact::Code, need || self.scope.record)?;
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

    fn headline_sentence(&mut self) -> Option<String> {
        let source = self.scope.source.clone();
        let first = source.sentences().first()?;
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
    fn summary(&mut self, goal: &Goal<'s>, most: usize) -> String {
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
        chosen.into_iter().map(|(_, sentence)| sentence).collect::<Vec<_>>().join(" ")
    }

    /// A sentence that has the field's words; with need, the best one that is free.
    fn sentence_for(&mut self, field: &Field, need: bool) -> Option<String> {
        let source = self.scope.source.clone();
        let own = if need { field.cues().collect::<Vec<_>>() } else { field.words.iter().collect() };
        let with_words = own.iter().flat_map(|stem| source.places_of(stem).take(16)).filter_map(|at| source.sentence_at(at));
        let index = with_words
            .into_iter()
            .find(|index| !self.scope.is_used(Fact::Sentence(*index)))
            .or_else(|| if need { self.free_sentence() } else { None })?;
        self.scope.take(Fact::Sentence(index));
        Some(source.sentence(index))
    }

    /// The best sentence that no field carries; the best one of all if there is no other.
    fn free_sentence(&self) -> Option<usize> {
        let ranked = &self.scope.ranked;
        let free = ranked.iter().find(|index| !self.scope.is_used(Fact::Sentence(**index)));
        free.or_else(|| ranked.first()).copied()
    }
}

/// A sentence as a headline: without its full stop.
pub(super) fn headline(sentence: &str) -> String {
    sentence.trim_end_matches(['.', '。', '।', '۔']).to_owned()
}

/// More names than this are not compared.
const MOST_NAMES: usize = 2_000;

/// Classes that hold other characters here than in ECMA 262.
const CLASSES: &[&str] = &["\\d", "\\w", "\\s", "\\D", "\\W", "\\S", "\\b"];

/// Texts from the schema alone, from the plainest on; `skip` of them are left out.
fn made(goal: &Goal<'_>, least: usize, most: usize, skip: usize, plain: bool) -> Vec<String> {
    let formats: Vec<&str> = goal.all("format").filter_map(Value::as_str).collect();
    if let Some(format) = formats.iter().find(|format| format::plainest(format, 0).is_some()) {
        return (skip..skip + 4).filter_map(|variant| format::plainest(format, variant)).collect();
    }
    let patterns: Vec<&str> = goal.all("pattern").filter_map(Value::as_str).collect();
    if patterns.is_empty() {
        let word = if plain || most < UNKNOWN.len() { "" } else { UNKNOWN };
        return (skip..skip + 2)
            .map(|variant| match variant {
                0 => word.to_owned(),
                _ if most == 1 => char::from_u32('a' as u32 + (variant % 26) as u32).map_or_else(String::new, String::from),
                _ => format!("{word}{}{variant}", if word.is_empty() { "" } else { " " }),
            })
            .collect();
    }
    let mut extras: Vec<usize> = (0..=8).chain([least.min(10_000), least.min(10_000).saturating_sub(1), least / 2, 16, 32]).collect();
    extras.dedup();
    let mut texts = Vec::new();
    for pattern in patterns {
        for variant in skip..skip + 4 {
            texts.extend(extras.iter().filter_map(|extra| pattern::example(pattern, *extra, variant)));
        }
        // Some patterns match a text that another one was made for.
        texts.push(String::new());
    }
    texts
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
