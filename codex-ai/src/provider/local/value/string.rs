//! Texts: what fits a field best, within its length, pattern and format.

use regex::Regex;
use serde_json::Value;

use super::goal::Goal;
use super::writer::{Made, Writer};
use super::{format, pattern};
use crate::provider::local::field::Field;
use crate::provider::local::source::shorten;

/// A headline is cut at so many characters.
pub(super) const LONGEST_HEADLINE: usize = 90;

/// What stands for a text that a field must have and the material does not.
pub(super) const UNKNOWN: &str = "unknown";

/// A text of a longer minimum is not made.
const LONGEST_MINIMUM: usize = 1_000_000;

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
        let bound =
            goal.all("format").any(|name| name.as_str().is_some_and(|name| format::plainest(name, 0).is_some()));
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
}

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
                _ if most == 1 => {
                    char::from_u32('a' as u32 + (variant % 26) as u32).map_or_else(String::new, String::from)
                }
                _ => format!("{word}{}{variant}", if word.is_empty() { "" } else { " " }),
            })
            .collect();
    }
    let mut extras: Vec<usize> =
        (0..=8).chain([least.min(10_000), least.min(10_000).saturating_sub(1), least / 2, 16, 32]).collect();
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
