//! The words with which instructions begin.

use super::words;

/// Whether a text opens with a word of request.
pub(super) fn is_request(text: &str) -> bool {
    let text = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    let mut opening = words::words(text).take(3).map(|word| word.text.to_lowercase());
    let first = opening.next().unwrap_or_default();
    let two = format!("{first} {}", opening.next().unwrap_or_default());
    REQUESTS.contains(&first.as_str()) || OPENINGS.contains(&two.as_str())
}

/// Verbs with which prompts begin, and `please`.
const REQUESTS: &[&str] = &[
    "summarise",
    "summarize",
    "classify",
    "categorise",
    "categorize",
    "extract",
    "list",
    "identify",
    "analyse",
    "analyze",
    "translate",
    "rewrite",
    "describe",
    "explain",
    "answer",
    "write",
    "generate",
    "create",
    "please",
    "label",
    "tag",
    "rate",
    "determine",
    "decide",
    "detect",
    "pick",
    "respond",
    "reply",
    "return",
    "shorten",
    "condense",
    "paraphrase",
    "convert",
    "tell",
    "give",
    "find",
    "fasse",
    "klassifiziere",
    "extrahiere",
    "übersetze",
    "nenne",
    "beschreibe",
    "résume",
    "resume",
    "exactly",
    "tl",
];

/// Two words with which prompts begin.
const OPENINGS: &[&str] = &[
    "you are",
    "at most",
    "no more",
    "your task",
    "your job",
    "the following",
    "up to",
    "in one",
    "in two",
    "in three",
    "in at",
    "use at",
    "here is",
    "here are",
    "read the",
    "below is",
    "what is",
    "what are",
    "which of",
    "based on",
    "given the",
    "from the",
    "make a",
    "name the",
    "keep it",
    "not more",
    "du bist",
    "act as",
    "be brief",
    "do not",
];
