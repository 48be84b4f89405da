//! Free text: sentences taken from the material, or a label, or what was asked to be found.

use super::classify::{self, Choice};
use super::input::Input;
use super::limits::Limits;
use super::names::Cue;
use super::source::{Source, one_line, shorten};
use super::words;

/// How many sentences an answer has if the instructions do not say.
pub(super) const DEFAULT_SENTENCES: usize = 3;

/// The answer in free text. Never empty.
///
/// `Classify as A, B or C` gives one of the labels; `extract all email addresses` and the like give what is found, a line
/// each; all else gives the sentences that tell most, in their order.
pub(super) fn answer(input: &Input, source: &Source, limits: &Limits) -> String {
    let only_asks = source.sentences().len() <= 1 && source.text().trim_end().ends_with(['?', '？', '؟']);
    if source.sentences().is_empty() || only_asks {
        let asked = if only_asks { source.text() } else { &input.task };
        return nothing_to_work_on(asked);
    }
    if let Some(labels) = labels(&input.task) {
        let choices: Vec<Choice> =
            labels.iter().map(|name| Choice { name: name.clone(), ..Choice::default() }).collect();
        let best = classify::rank(&choices, source).order.first().copied().unwrap_or(0);
        return labels[best].clone();
    }
    if let Some(found) = extracted(&input.task, source) {
        let most = limits.points.unwrap_or(usize::MAX);
        let mark = if limits.list { "- " } else { "" };
        return found.into_iter().take(most).map(|item| format!("{mark}{item}")).collect::<Vec<_>>().join("\n");
    }
    let wanted = words::content_stems(&input.task);
    let mut limits = *limits;
    if input.task.contains(['?', '？', '؟']) && !limits.list && limits.words.or(limits.characters).is_none() {
        // One for each tool that was called.
        limits.sentences.get_or_insert(input.results.max(1));
    }
    let sentences = best_sentences(source, &wanted, &limits);
    if limits.list {
        sentences.iter().map(|sentence| format!("- {sentence}")).collect::<Vec<_>>().join("\n")
    } else {
        joined(&sentences)
    }
}

/// Sentences as a paragraph: with a space between them where the script has spaces.
pub(super) fn joined(sentences: &[String]) -> String {
    let mut text = String::new();
    for sentence in sentences {
        if !text.is_empty() && !text.ends_with(['。', '！', '？', '｡']) {
            text.push(' ');
        }
        text.push_str(sentence);
    }
    text
}

/// The sentences that tell most and keep to the limits, in their order. At least one, shortened if it must be.
pub(super) fn best_sentences(source: &Source, wanted: &[String], limits: &Limits) -> Vec<String> {
    let most = if limits.list { limits.points.or(limits.sentences) } else { limits.sentences };
    let most = most.unwrap_or(if limits.words.is_some() || limits.characters.is_some() {
        // The other limits decide.
        MOST_SENTENCES
    } else {
        DEFAULT_SENTENCES
    });
    let room = Room { words: limits.words, characters: limits.characters, mark: if limits.list { 2 } else { 0 } };
    let mut chosen: Vec<(usize, String)> = Vec::new();
    let mut used = Room::none();
    for index in source.ranked(wanted).into_iter().take(MOST_SENTENCES) {
        if chosen.len() >= most {
            break;
        }
        let sentence = source.sentence(index);
        if chosen.iter().any(|(_, known)| *known == sentence) {
            continue;
        }
        if room.holds(&used, &sentence) {
            used.add(&sentence, room.mark);
            chosen.push((index, sentence));
        } else if chosen.is_empty() {
            chosen.push((index, room.shorten(&sentence)));
            break;
        }
    }
    chosen.sort_by_key(|(index, _)| *index);
    chosen.into_iter().map(|(_, sentence)| sentence).collect()
}

/// No answer has more sentences, however many words are allowed.
const MOST_SENTENCES: usize = 50;

/// Space for words and characters.
struct Room {
    words: Option<usize>,
    characters: Option<usize>,
    mark: usize,
}

impl Room {
    fn none() -> Self {
        Self { words: Some(0), characters: Some(0), mark: 0 }
    }

    fn holds(&self, used: &Self, sentence: &str) -> bool {
        let fits = |most: Option<usize>, used: Option<usize>, more: usize| {
            most.is_none_or(|most| used.unwrap_or(0) + more <= most)
        };
        fits(self.words, used.words, sentence.split_whitespace().count())
            && fits(self.characters, used.characters, sentence.chars().count() + self.mark)
    }

    fn add(&mut self, sentence: &str, mark: usize) {
        self.words = self.words.map(|n| n + sentence.split_whitespace().count());
        // One more for the space or the new line behind it.
        self.characters = self.characters.map(|n| n + sentence.chars().count() + mark + 1);
    }

    fn shorten(&self, sentence: &str) -> String {
        let mut text = sentence.to_owned();
        if let Some(most) = self.words {
            let words: Vec<&str> = text.split_whitespace().collect();
            if words.len() > most {
                text = format!("{}…", words[..most].join(" ").trim_end_matches([',', ';', ':']));
            }
        }
        match self.characters {
            Some(most) => shorten(&text, most.saturating_sub(self.mark)),
            None => text,
        }
    }
}

/// What is said where there is nothing to take an answer from.
fn nothing_to_work_on(asked: &str) -> String {
    let asked = shorten(&one_line(asked), 200);
    let place = "The built-in `local` provider is no language model: it only picks from a text that it is given";
    if asked.is_empty() {
        format!("{place}, and this prompt is empty.")
    } else {
        format!("{place}, and here is none besides the request itself: {asked}")
    }
}

/// The labels in `classify … as A, B or C`, `one of: A, B`, `into A and B`.
fn labels(task: &str) -> Option<Vec<String>> {
    let lower = task.to_lowercase();
    if !["classif", "categor", "label", "sentiment", "one of", "klassifizier"].iter().any(|cue| lower.contains(cue)) {
        return None;
    }
    // Lower case may have another length than the text itself; then the labels are given in lower case.
    let text = if lower.len() == task.len() { task } else { &lower };
    let start = ["one of", " into ", " either ", "labels:", "categories:", " as ", "label:", "category:", " als "]
        .iter()
        .find_map(|mark| Some(lower.find(mark)? + mark.len()));
    let end = |start: usize| lower[start..].find(['.', '\n', '?', '!']).map_or(lower.len(), |end| start + end);
    let list = start.and_then(|start| text.get(start..end(start))).map(|list| in_list(list, false));
    let plausible = |labels: &Vec<String>| {
        (2..=MOST_LABELS).contains(&labels.len()) && labels.iter().all(|label| label.split_whitespace().count() <= 4)
    };
    list.filter(plausible).or_else(|| {
        // `Is the sentiment positive, negative or neutral?`: the list stands behind the sentence's other words.
        let or = lower.find(" or ").or_else(|| lower.find(" oder "))?;
        let start = lower[..or].rfind(['.', '\n', '?', '!']).map_or(0, |at| at + 1);
        Some(in_list(text.get(start..end(or))?, true)).filter(plausible)
    })
}

/// More labels than this are no list of labels.
const MOST_LABELS: usize = 24;

/// The labels of a list such as `A, B or C`; with `tail` only the last word before the first comma belongs to it.
fn in_list(list: &str, tail: bool) -> Vec<String> {
    let list = list.trim_start_matches(|c: char| c == ':' || c.is_whitespace());
    let list =
        list.trim_start_matches("these labels:").trim_start_matches("the following:").trim_end_matches([':', ' ']);
    let list =
        [" or ", " and ", " oder ", " und ", " / "].iter().fold(list.to_owned(), |list, word| list.replace(word, ","));
    let clean = |label: &str| label.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    let mut labels: Vec<String> = list.split([',', ';', '|']).map(clean).filter(|label| !label.is_empty()).collect();
    if let Some(first) = labels.first_mut().filter(|_| tail) {
        *first = first.rsplit(' ').next().unwrap_or_default().to_owned();
    }
    labels
}

/// What a prompt asks to be found in the text, each thing once, if it is of a kind that can be found.
fn extracted(task: &str, source: &Source) -> Option<Vec<String>> {
    let lower = task.to_lowercase();
    let verbs = ["extract", "find", "list", "identify", "give", "return", "extrahiere", "nenne"];
    let mut words = words::words(&lower).map(|word| word.text);
    words.find(|word| verbs.contains(word))?;
    // What is to be found stands close behind: `list all email addresses`, but not `find the point and name its date`.
    let objects: Vec<&str> = words.take(OBJECT_WORDS).collect();
    let asks = |names: &[&str]| objects.iter().any(|word| names.contains(word));
    let facts = source.facts();
    let slices =
        |ranges: &[std::ops::Range<usize>]| ranges.iter().map(|r| one_line(source.slice(r))).collect::<Vec<_>>();
    let named = |cue: Cue, any: bool| {
        let fits = |cues: Option<Cue>| cues == Some(cue) || (any && cues.is_none());
        facts.names.iter().filter(|name| fits(name.cue)).map(|name| one_line(source.slice(&name.range))).collect()
    };
    let mut found: Vec<String> = if asks(&["email", "emails", "e-mail", "mail"]) {
        slices(&facts.emails)
    } else if asks(&["url", "urls", "link", "links", "websites"]) {
        slices(&facts.urls)
    } else if asks(&["phone", "telephone"]) {
        slices(&facts.phones)
    } else if asks(&["date", "dates"]) {
        facts.dates.iter().map(|(_, date)| date.to_string()).collect()
    } else if asks(&["price", "prices", "amount", "amounts", "numbers", "figures"]) {
        facts.numbers.iter().map(|number| one_line(source.slice(&number.range))).collect()
    } else if asks(&["keyword", "keywords", "tags"]) {
        source.frequent().into_iter().map(|(word, _)| word).take(DEFAULT_KEYWORDS).collect()
    } else if asks(&["names", "people", "persons", "name"]) {
        named(Cue::Person, true)
    } else if asks(&["places", "cities", "locations", "countries"]) {
        named(Cue::Place, false)
    } else if asks(&["companies", "organisations", "organizations"]) {
        named(Cue::Company, false)
    } else if asks(&["quotes", "quotations"]) {
        slices(&facts.quotes)
    } else {
        return None;
    };
    let mut seen = std::collections::HashSet::new();
    found.retain(|item| seen.insert(item.clone()));
    if found.is_empty() {
        found.push("None found.".to_owned());
    }
    Some(found)
}

/// What is to be extracted is named within so many words.
const OBJECT_WORDS: usize = 5;

/// How many keywords are given where no number is asked for.
pub(super) const DEFAULT_KEYWORDS: usize = 5;
