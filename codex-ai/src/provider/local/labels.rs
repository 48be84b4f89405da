//! Lines that say what they are: `Name: Ada`, rows of a table, items of a list.

use std::ops::Range;

use super::sentences::{is_table_rule, item_mark, lines};
use super::words;

/// A name and the text that stands behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Label {
    /// Where the name is.
    pub(super) name: Range<usize>,
    /// Where its text is: the rest of the line, or the lines below it.
    pub(super) value: Range<usize>,
    /// The words of the name.
    pub(super) words: Vec<String>,
}

/// A longer name is a sentence with a colon in it.
const LONGEST_NAME: usize = 40;

/// More labels than this are not collected: the rest of such a text is the same again.
const MOST_LABELS: usize = 5_000;

/// More words make a sentence of a name.
const MOST_NAME_WORDS: usize = 5;

/// The labelled lines of a text, in order.
pub(super) fn find(text: &str) -> Vec<Label> {
    let lines: Vec<Range<usize>> = lines(text).collect();
    let mut found = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        if found.len() >= MOST_LABELS {
            break;
        }
        let Some((name, value)) = label_in(text, line) else { continue };
        let value = if value.is_empty() { block_below(text, &lines[index + 1..]).unwrap_or(value) } else { value };
        let words = words::name_words(&text[name.clone()]);
        if !value.is_empty() && (1..=MOST_NAME_WORDS).contains(&words.len()) {
            found.push(Label { name, value, words });
        }
    }
    found
}

/// The rows of the tables of a text (`| a | b |` with a line of dashes below the names), each as labelled lines.
pub(super) fn table_rows(text: &str) -> Vec<String> {
    let mut rows = Vec::new();
    let mut header: Vec<&str> = Vec::new();
    let mut before = "";
    for line in text.lines().map(str::trim) {
        if is_table_rule(line) && line.contains('|') {
            header = cells(before).collect();
        } else if !line.contains('|') {
            header.clear();
        } else if !header.is_empty() {
            let row: Vec<String> =
                header.iter().zip(cells(line)).map(|(name, cell)| format!("{name}: {cell}")).collect();
            rows.push(row.join("\n"));
        }
        before = line;
    }
    rows
}

fn cells(line: &str) -> impl Iterator<Item = &str> {
    line.trim_matches('|').split('|').map(str::trim)
}

/// The pieces of a text that stand for one thing each: list items, else lines, else what commas separate.
pub(super) fn pieces(text: &str) -> Vec<String> {
    let all: Vec<&str> = lines(text).map(|line| &text[line]).filter(|line| !line.is_empty()).collect();
    let items: Vec<&str> = all.iter().filter(|line| item_mark(line) > 0).map(|line| &line[item_mark(line)..]).collect();
    let found = if !items.is_empty() {
        items
    } else if all.len() > 1 {
        all
    } else {
        let mark = if text.contains(';') { ';' } else { ',' };
        text.split([mark, '、', '،']).collect()
    };
    found.into_iter().map(|piece| clean(piece).to_owned()).filter(|piece| !piece.is_empty()).collect()
}

/// A value without the marks of Markdown and quotes around it.
pub(super) fn clean(value: &str) -> &str {
    let mut value = value.trim();
    for (open, close) in [("**", "**"), ("*", "*"), ("`", "`"), ("\"", "\""), ("“", "”"), ("„", "“")] {
        value = value.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)).map_or(value, str::trim);
    }
    value
}

fn label_in(text: &str, line: &Range<usize>) -> Option<(Range<usize>, Range<usize>)> {
    let start = line.start + item_mark(&text[line.clone()]);
    let content = &text[start..line.end];
    let colon = content.find([':', '：'])?;
    let width = content[colon..].chars().next().map_or(1, char::len_utf8);
    let after = &content[colon + width..];
    let head = content[..colon].trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '_' | '`' | '#'));
    if head.is_empty()
        || head.len() > LONGEST_NAME
        || after.starts_with("//")
        || !head.starts_with(char::is_alphabetic)
        || head.contains(['.', '!', '?', ',', ';']) && !head.ends_with('.')
    {
        return None;
    }
    // In scripts without capitals every line may be a label; elsewhere `12:30` and `a:b` are none.
    if width == 1 && after.starts_with(|c: char| !c.is_whitespace() && c != '*') {
        return None;
    }
    let name = start + (head.as_ptr() as usize - content.as_ptr() as usize);
    let value_start = start + colon + width;
    let trimmed = after.trim_matches(|c: char| c.is_whitespace() || c == '*');
    let from = value_start + (trimmed.as_ptr() as usize - after.as_ptr() as usize);
    Some((name..name + head.len(), from..from + trimmed.len()))
}

/// The lines below a label that has nothing beside it: a list, or what comes before the next empty line or label.
fn block_below(text: &str, below: &[Range<usize>]) -> Option<Range<usize>> {
    let blank = below.first().is_some_and(Range::is_empty);
    let below = if blank { &below[1..] } else { below };
    let first = below.first().filter(|line| !line.is_empty())?;
    let list = item_mark(&text[first.clone()]) > 0;
    if !list && (blank || label_in(text, first).is_some()) {
        return None;
    }
    let end = below
        .iter()
        .take_while(|line| {
            let content = &text[(*line).clone()];
            !content.is_empty() && if list { item_mark(content) > 0 } else { label_in(text, line).is_none() }
        })
        .last()?
        .end;
    Some(first.start..end)
}
