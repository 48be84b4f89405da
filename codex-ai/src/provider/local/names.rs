//! Names of people, places and organisations: runs of capitalised words.

use std::collections::HashSet;
use std::ops::Range;

use super::words::{self, Word};

/// A run of capitalised words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) range: Range<usize>,
    /// How many words it has.
    pub(super) words: usize,
    /// What its surroundings make of it.
    pub(super) cue: Option<Cue>,
}

/// What a word beside a name, or in it, says about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cue {
    Person,
    Place,
    Company,
}

/// A longer run is a headline.
const MOST_WORDS: usize = 5;

/// The names of a text, in order. A word is capitalised by itself only if it is so inside a sentence too; the first word
/// of a sentence counts only at the head of a longer run, or where it is a name elsewhere.
pub(super) fn find(text: &str) -> Vec<Name> {
    let all: Vec<Word<'_>> = words::words(text).collect();
    let mut inside: HashSet<&str> = HashSet::new();
    for (index, word) in all.iter().enumerate() {
        if is_capitalised(word.text) && !starts_sentence(text, word.start) && index > 0 {
            inside.insert(word.text);
        }
    }
    let mut found = Vec::new();
    let mut index = 0;
    while index < all.len() {
        let first = all[index];
        if !is_capitalised(first.text) || is_common(first.text) {
            index += 1;
            continue;
        }
        let mut last = index;
        while let Some(next) = all.get(last + 1) {
            let gap = &text[all[last].start + all[last].text.len()..next.start];
            let joins = is_capitalised(next.text) && !is_common(next.text);
            let link = LINKS.contains(&next.text)
                && gap == " "
                && all.get(last + 2).is_some_and(|after| {
                    is_capitalised(after.text) && &text[next.start + next.text.len()..after.start] == " "
                });
            if joins && matches!(gap, " " | "-" | ". " | " & " | "\u{a0}") && !(gap == ". " && all[last].text.len() > 3)
            {
                last += 1;
            } else if link {
                last += 2;
            } else {
                break;
            }
        }
        let count = last - index + 1;
        let at_start = starts_sentence(text, first.start);
        let after = all.get(last + 1).map(|word| word.text.to_lowercase());
        let acts = after.as_deref().is_some_and(|word| PERSON_AFTER.contains(&word) || VERBS.contains(&word));
        if count <= MOST_WORDS && (count > 1 || !at_start || acts || inside.contains(first.text)) {
            let range = first.start..all[last].start + all[last].text.len();
            let before = index.checked_sub(1).map(|i| all[i].text.to_lowercase());
            let cue = cue(text, &all[index..=last], before.as_deref(), after.as_deref());
            found.push(Name { range, words: count, cue });
        }
        index = last + 1;
    }
    found
}

fn cue(text: &str, words: &[Word<'_>], before: Option<&str>, after: Option<&str>) -> Option<Cue> {
    let (first, last) = (words.first()?, words.last()?);
    if COMPANY_ENDS.contains(&last.text.to_lowercase().as_str()) || COMPANY_STARTS.contains(&first.text) {
        return Some(Cue::Company);
    }
    let linked = before.is_some() && text[..first.start].ends_with([' ', '\u{a0}']);
    if TITLES.contains(&first.text)
        || before.is_some_and(|word| linked && PERSON_BEFORE.contains(&word))
        || after.is_some_and(|word| PERSON_AFTER.contains(&word))
    {
        return Some(Cue::Person);
    }
    before.filter(|word| linked && PLACE_BEFORE.contains(word)).map(|_| Cue::Place)
}

const LINKS: &[&str] = &["of", "de", "von", "van", "der", "la", "del", "the", "al", "bin"];
const TITLES: &[&str] =
    &["Mr", "Mrs", "Ms", "Dr", "Prof", "Professor", "Sir", "Herr", "Frau", "President", "Minister", "Mayor"];
const PERSON_BEFORE: &[&str] = &[
    "by", "mr", "mrs", "ms", "dr", "prof", "am", "author", "dear", "hi", "hello", "minister", "ceo", "director",
    "frau", "herr", "regards", "thanks",
];
const PERSON_AFTER: &[&str] =
    &["said", "says", "told", "wrote", "writes", "asked", "added", "explained", "who", "sagte"];
/// Verbs that make a name of a single word before them, at the start of a sentence.
const VERBS: &[&str] = &[
    "is", "was", "has", "had", "lives", "lived", "works", "worked", "wants", "will", "and", "bought", "reported",
    "ist", "war",
];
const PLACE_BEFORE: &[&str] = &["in", "at", "from", "near", "to", "outside", "across", "aus"];
const COMPANY_ENDS: &[&str] = &[
    "inc",
    "ltd",
    "llc",
    "gmbh",
    "ag",
    "corp",
    "corporation",
    "company",
    "co",
    "plc",
    "bank",
    "group",
    "labs",
    "university",
    "institute",
    "agency",
    "sa",
];
const COMPANY_STARTS: &[&str] = &["University", "Bank", "Institute", "Ministry", "Department"];

/// Words that stand capitalised without being a name: the first person, days, months and what opens many sentences.
fn is_common(word: &str) -> bool {
    words::content_stem(word).is_none() || COMMON.contains(&word)
}

const COMMON: &[&str] = &[
    "I",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
    "Dear",
    "Hello",
    "Hi",
    "Thanks",
    "Regards",
    "Please",
    "Yesterday",
    "Today",
    "Tomorrow",
    "However",
    "Meanwhile",
    "English",
    "Invoice",
    "Total",
    "Date",
    "Email",
    "Phone",
    "Yes",
    "Best",
    "Kind",
    "I'm",
    "I've",
    "I'd",
    "I'll",
    "It's",
];

fn is_capitalised(word: &str) -> bool {
    let mut chars = word.chars();
    chars.next().is_some_and(char::is_uppercase) && (word.chars().count() > 1)
}

fn starts_sentence(text: &str, at: usize) -> bool {
    let before = text[..at].trim_end_matches([' ', '\t', '"', '“', '„', '(', '*', '-', '•', '#', '\'']);
    before.is_empty() || before.ends_with(['.', '!', '?', '\n', ':', '…', '|'])
}
