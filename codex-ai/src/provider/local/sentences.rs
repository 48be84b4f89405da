//! Where sentences begin and end.

use std::ops::Range;

use super::words::is_ideograph;

/// A sentence, a heading or an item of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sentence {
    /// Its place in the text, without the mark of a list item.
    pub(super) range: Range<usize>,
    /// Whether it is an item of a list.
    pub(super) item: bool,
}

/// A run of text without an end in it is cut at a space after this many bytes.
const LONGEST: usize = 1_000;

/// Splits a text. An empty line, a list item and a heading end a sentence; inside a paragraph the terminators of many
/// scripts do, but not the stop of an abbreviation, of an initial, of a decimal number or of an ordinal before a month.
pub(super) fn split(text: &str) -> Vec<Sentence> {
    let mut found = Vec::new();
    let mut paragraph: Option<Range<usize>> = None;
    for line in lines(text) {
        let content = &text[line.clone()];
        let mark = item_mark(content);
        let heading = content.starts_with('#') || is_table_rule(content);
        if (content.is_empty() || mark > 0 || heading)
            && let Some(range) = paragraph.take()
        {
            split_paragraph(text, range, false, &mut found);
        }
        if heading {
            let start = line.start + content.len() - content.trim_start_matches('#').trim_start().len();
            if !is_table_rule(content) {
                split_paragraph(text, start..line.end, false, &mut found);
            }
        } else if mark > 0 {
            split_paragraph(text, line.start + mark..line.end, true, &mut found);
        } else if !content.is_empty() {
            paragraph = Some(paragraph.map_or(line.start, |range| range.start)..line.end);
        }
    }
    if let Some(range) = paragraph {
        split_paragraph(text, range, false, &mut found);
    }
    found
}

/// The lines of a text as places, without white space around them.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    text.split('\n').map(move |line| {
        let from = start + line.len() - line.trim_start().len();
        let to = from + line.trim().len();
        start += line.len() + 1;
        from..to.max(from)
    })
}

/// The length of the mark that makes a line a list item, such as `- `, `• ` or `2. `, else 0.
pub(super) fn item_mark(line: &str) -> usize {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let mark = if (1..=3).contains(&digits) {
        match line.as_bytes().get(digits) {
            Some(b'.' | b')') => digits + 1,
            _ => return 0,
        }
    } else {
        match line.chars().next() {
            Some(c @ ('-' | '*' | '+' | '•' | '‣' | '◦' | '·' | '–' | '—')) => c.len_utf8(),
            _ => return 0,
        }
    };
    let rest = &line[mark..];
    let text = rest.trim_start();
    let after = if rest.len() == text.len() || text.is_empty() { return 0 } else { rest.len() - text.len() };
    // A check box belongs to the mark.
    let boxed = ["[ ] ", "[x] ", "[X] "].iter().find(|mark| text.starts_with(**mark)).map_or(0, |mark| mark.len());
    mark + after + boxed
}

/// A line such as `---` or `|---|---|`, which only draws.
pub(super) fn is_table_rule(line: &str) -> bool {
    line.len() >= 3 && line.chars().all(|c| matches!(c, '-' | '|' | ':' | '=' | '_' | '*' | ' '))
}

fn split_paragraph(text: &str, range: Range<usize>, item: bool, found: &mut Vec<Sentence>) {
    let mut start = range.start;
    let mut last_space = None;
    let mut chars = text[range.clone()].char_indices().map(|(at, c)| (at + range.start, c)).peekable();
    let mut push = |from: usize, to: usize| {
        // Control characters at the edges say nothing, and alone they are no sentence.
        let blank = |c: char| c.is_whitespace() || c.is_control();
        let piece = &text[from..to];
        let from = from + piece.len() - piece.trim_start_matches(blank).len();
        let to = from + piece.trim_matches(blank).len();
        if from < to {
            found.push(Sentence { range: from..to, item });
        }
    };
    while let Some((at, c)) = chars.next() {
        let mut end = at + c.len_utf8();
        if c.is_whitespace() {
            last_space = Some(end);
        } else if is_terminator(c) {
            // Further terminators and closing quotes belong to the sentence.
            while let Some(&(at, next)) = chars.peek()
                && (is_terminator(next) || is_closing(next))
            {
                end = at + next.len_utf8();
                chars.next();
            }
            if ends_here(&text[start..at], c, &text[end..range.end]) {
                push(start, end);
                start = end;
                last_space = None;
            }
        }
        if end - start > LONGEST {
            let cut = last_space.filter(|space| *space > start).unwrap_or(end);
            push(start, cut);
            start = cut;
            last_space = None;
        }
    }
    push(start, range.end);
}

fn ends_here(before: &str, terminator: char, after: &str) -> bool {
    let next = after.chars().next();
    if matches!(terminator, '。' | '！' | '？' | '｡') {
        return true;
    }
    if !next.is_none_or(char::is_whitespace) {
        return next.is_some_and(is_ideograph) && terminator != '.';
    }
    let following = after.trim_start();
    // `"Is it open?" asked the captain.` goes on.
    if following.starts_with(char::is_lowercase) {
        return false;
    }
    if terminator != '.' {
        return true;
    }
    let word =
        before.rsplit(|c: char| c.is_whitespace() || matches!(c, '(' | '[' | '"' | '“' | '„')).next().unwrap_or("");
    let initial = word.chars().count() == 1 && word.starts_with(char::is_alphabetic) && word != "I";
    let dotted = word.contains('.') && word.chars().all(|c| c == '.' || c.is_alphabetic()) && !following.is_empty();
    let ordinal = (1..=2).contains(&word.len())
        && word.bytes().all(|b| b.is_ascii_digit())
        && MONTHS.iter().any(|month| following.starts_with(month));
    !(initial || dotted || ordinal || (is_abbreviation(word) && !following.is_empty()))
}

fn is_abbreviation(word: &str) -> bool {
    let mut lower = word.to_lowercase();
    lower.retain(char::is_alphanumeric);
    ABBREVIATIONS.contains(&lower.as_str())
}

/// After these a stop rarely ends a sentence.
const ABBREVIATIONS: &[&str] = &[
    "mr", "mrs", "ms", "dr", "prof", "sr", "jr", "st", "vs", "etc", "inc", "ltd", "co", "corp", "no", "nr", "fig",
    "vol", "approx", "dept", "est", "gov", "gen", "sen", "rep", "rev", "hon", "jan", "feb", "mar", "apr", "jun", "jul",
    "aug", "sep", "sept", "oct", "nov", "dec", "ca", "bzw", "usw", "zb", "evtl", "inkl", "str", "hr", "fr", "tel",
    "cf", "al",
];

/// German months, which stand after an ordinal: `am 3. Mai`.
const MONTHS: &[&str] = &[
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];

/// The ends of sentences in Latin, Greek, Cyrillic, Arabic, Indic, Armenian, Ethiopic, Burmese, Khmer, Tibetan and East
/// Asian writing (a choice from Unicode's `Sentence_Terminal`).
fn is_terminator(c: char) -> bool {
    matches!(
        c,
        '.' | '!'
            | '?'
            | '…'
            | '‼'
            | '⁇'
            | '。'
            | '．'
            | '！'
            | '？'
            | '｡'
            | '؟'
            | '۔'
            | '।'
            | '॥'
            | '։'
            | '።'
            | '။'
            | '។'
            | '།'
    )
}

fn is_closing(c: char) -> bool {
    matches!(c, '"' | '\'' | '”' | '’' | '»' | '“' | ')' | ']' | '」' | '』' | '）')
}
