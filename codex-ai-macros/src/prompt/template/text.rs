//! The text of a template: where its sections are, and the place of a byte in it.

use std::ops::Range;

use super::model::Role;

/// The name of an inline template in messages is none: `line 3, column 7 of the template`.
pub(in crate::prompt) struct Source {
    pub(super) text: String,
    /// The path of the file, as the user wrote it.
    pub(super) file: Option<String>,
}

impl Source {
    /// The whole text.
    pub(in crate::prompt) fn text(&self) -> &str {
        &self.text
    }

    /// The place of a byte, for messages.
    pub(super) fn place(&self, offset: usize) -> String {
        let before = self.text.get(..offset).unwrap_or(&self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        match &self.file {
            Some(file) => format!("{file}:{line}:{column}"),
            None if self.text.contains('\n') => format!("line {line}, column {column} of the template"),
            None => format!("column {column} of the template"),
        }
    }
}

/// A section before its text is parsed.
pub(super) struct RawSection {
    pub(super) role: Role,
    /// Where its line `--- user` is.
    pub(super) header: Range<usize>,
    pub(super) text: Cut,
}

/// A line `--- word` that names no section: where it is, and the word.
pub(super) type UnknownSection = (Range<usize>, String);

/// Splits a text at lines such as `--- user`. What stands before the first of them is the user's.
pub(super) fn sections(text: &str) -> (Vec<RawSection>, Vec<UnknownSection>) {
    let (mut sections, mut unknown) = (Vec::new(), Vec::new());
    let (mut role, mut header, mut body, mut at) = (Role::User, 0..0, 0, 0);
    for line in text.split_inclusive('\n') {
        let here = at..at + line.len();
        at = here.end;
        let Some(word) = section_word(line) else { continue };
        let Some(next) = Role::of(word) else {
            unknown.push((here, word.to_owned()));
            continue;
        };
        if !(header.is_empty() && text[body..here.start].trim().is_empty()) {
            sections.push(RawSection { role, header: header.clone(), text: Cut::new(text, body..here.start) });
        }
        (role, header, body) = (next, here.clone(), here.end);
    }
    sections.push(RawSection { role, header, text: Cut::new(text, body..text.len()) });
    (sections, unknown)
}

/// The word of a line `--- word`.
fn section_word(line: &str) -> Option<&str> {
    let word = line.strip_prefix("---")?.trim();
    let first = line.as_bytes().get(3)?;
    let is_word = !word.is_empty() && word.chars().all(|c| c.is_ascii_alphabetic());
    (matches!(first, b' ' | b'\t') && is_word).then_some(word)
}

/// A section's text without the indentation and the end of each line that has nothing but a tag, and with the place of
/// each of its bytes in the whole text.
pub(super) struct Cut {
    pub(super) text: String,
    /// Where a run of the text begins, here and in the whole.
    runs: Vec<(usize, usize)>,
}

impl Cut {
    fn new(whole: &str, range: Range<usize>) -> Self {
        let part = whole.get(range.clone()).unwrap_or_default();
        let mut cut = Self { text: String::with_capacity(part.len()), runs: Vec::new() };
        let mut at = range.start;
        for line in part.split_inclusive('\n') {
            let kept = if is_tag_alone(line) { line.trim() } else { line };
            let indent = if kept.len() == line.len() { 0 } else { line.len() - line.trim_start().len() };
            cut.runs.push((cut.text.len(), at + indent));
            cut.text.push_str(kept);
            at += line.len();
        }
        cut
    }

    /// The place in the whole text.
    pub(super) fn offset(&self, here: usize) -> usize {
        match self.runs.iter().rev().find(|(start, _)| *start <= here) {
            Some((start, whole)) => whole + (here - start),
            None => here,
        }
    }
}

/// Whether a line has nothing but one block tag or one comment.
fn is_tag_alone(line: &str) -> bool {
    let line = line.trim();
    [("{%", "%}"), ("{#", "#}")].iter().any(|(open, close)| {
        line.len() >= 4
            && line.starts_with(open)
            && line.ends_with(close)
            && line[2..line.len() - 2].find(close).is_none()
            && line[2..].find(open).is_none()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_split_at_its_headers() {
        let text = "\n--- system\nBe brief.\n---\n--- user\nHi\n--- assistant\nHello\n--- usr\n";
        let (sections, unknown) = sections(text);
        let shown: Vec<_> = sections.iter().map(|section| (section.role, section.text.text.as_str())).collect();
        assert_eq!(
            shown,
            [(Role::System, "Be brief.\n---\n"), (Role::User, "Hi\n"), (Role::Assistant, "Hello\n--- usr\n")]
        );
        assert_eq!(unknown.len(), 1);
        assert_eq!(&text[unknown[0].0.clone()], "--- usr\n");
    }

    #[test]
    fn a_line_with_a_tag_alone_leaves_nothing() {
        let text = "a\n  {% if x %}\n  b {{ c }}\n{# note #}\n{% endif %} d\n";
        let (sections, _) = sections(text);
        let cut = &sections[0].text;
        assert_eq!(cut.text, "a\n{% if x %}  b {{ c }}\n{# note #}{% endif %} d\n");
        for word in ["a\n", "{% if", "b {{", "{# note", "endif", "d\n"] {
            let here = cut.text.find(word).map(|here| cut.offset(here));
            assert_eq!(here, text.find(word), "{word}");
        }
    }

    #[test]
    fn places_are_for_people() {
        let inline = |text: &str| Source { text: text.to_owned(), file: None };
        assert_eq!(inline("a {{ b }}").place(5), "column 6 of the template");
        assert_eq!(inline("a\nü {{ b }}").place(8), "line 2, column 6 of the template");
        let file = Source { text: "a\nb".to_owned(), file: Some("prompts/x.md".to_owned()) };
        assert_eq!(file.place(2), "prompts/x.md:2:1");
    }
}
