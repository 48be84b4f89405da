//! Limits on the answer that the instructions state in words.

use super::numbers::SMALL;
use super::words;

/// What the instructions say about the size and the form of the answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Limits {
    /// The most sentences.
    pub(super) sentences: Option<usize>,
    /// The most points of a list.
    pub(super) points: Option<usize>,
    /// The most words.
    pub(super) words: Option<usize>,
    /// The most characters.
    pub(super) characters: Option<usize>,
    /// Whether a list is asked for.
    pub(super) list: bool,
}

/// A number and its unit may have this many words between them: `three short, clear sentences`.
const MOST_BETWEEN: usize = 2;

impl Limits {
    /// Reads `one sentence`, `at most 3 points`, `in 50 words`, `no more than 200 characters`, `bullet points` and the like:
    /// a number, in digits or as a word up to twelve, with its unit close behind it. The last one said holds.
    pub(super) fn read(instructions: &str) -> Self {
        let lower = instructions.to_lowercase();
        let words: Vec<&str> = words::words(&lower).map(|word| word.text).collect();
        let mut limits = Self::default();
        for (index, word) in words.iter().enumerate() {
            if matches!(*word, "bullet" | "bullets" | "bulleted" | "stichpunkte" | "stichpunkten") {
                limits.list = true;
            }
            if *word == "list" && words.get(index + 1).is_some_and(|next| LISTED.contains(next)) {
                limits.list = true;
            }
            let Some(number) = number(word) else { continue };
            for (distance, unit) in words.iter().skip(index + 1).take(MOST_BETWEEN + 1).enumerate() {
                // `a` far from its unit belongs to something else: `a list of words`.
                if distance > 0 && matches!(*word, "a" | "an") && *unit != "sentence" {
                    break;
                }
                let slot = match *unit {
                    "sentence" | "sentences" | "satz" | "sätze" | "sätzen" => &mut limits.sentences,
                    "point" | "points" | "bullet" | "bullets" | "item" | "items" | "punkte" | "punkten" => {
                        limits.list = true;
                        &mut limits.points
                    }
                    "word" | "words" | "wörter" | "wörtern" | "worten" => &mut limits.words,
                    "character" | "characters" | "chars" | "zeichen" => &mut limits.characters,
                    _ => continue,
                };
                *slot = Some(number);
                break;
            }
        }
        limits
    }
}

/// What follows `list` where it asks for one.
const LISTED: &[&str] = &["the", "all", "of", "every", "each", "any", "main", "key", "up", "at"];

fn number(word: &str) -> Option<usize> {
    match word {
        "a" | "an" | "one" | "single" | "einem" | "einen" | "ein" => Some(1),
        "zwei" => Some(2),
        "drei" => Some(3),
        _ if word.starts_with(|c: char| c.is_ascii_digit()) => word.parse().ok().filter(|n| *n > 0),
        _ => SMALL.iter().position(|small| *small == word).map(|n| n + 2),
    }
}
