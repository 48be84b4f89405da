//! Paragraphs of a text, and blocks that marks stand around.

use std::ops::Range;

use crate::fence;

/// The longest enclosed block with what stands before and behind it.
pub(super) fn enclosed(text: &str) -> Option<(&str, &str, &str)> {
    // What a prompt says is data is the material, however short.
    if let Some((outer, inner)) = fence::find(text) {
        return Some((text[..outer.start].trim(), text[inner].trim(), text[outer.end..].trim()));
    }
    let candidates = [fenced(text, "```"), fenced(text, "\"\"\""), tagged(text)];
    let (outer, inner) = candidates.into_iter().flatten().max_by_key(|(_, inner)| inner.len())?;
    let (before, after) = (text[..outer.start].trim(), text[outer.end..].trim());
    let longest = [before, after].iter().flat_map(|t| paragraphs(t)).map(str::len).max().unwrap_or(0);
    let inside = text[inner].trim();
    (!inside.is_empty() && inside.len() > longest).then_some((before, inside, after))
}

type Span = Range<usize>;

/// The longest block between two marks; a word right behind the first mark names its language.
fn fenced(text: &str, mark: &str) -> Option<(Span, Span)> {
    let places: Vec<usize> = text.match_indices(mark).map(|(at, _)| at).collect();
    places
        .chunks_exact(2)
        .map(|pair| {
            let line_end = text[pair[0]..pair[1]].find('\n').map_or(pair[0] + mark.len(), |end| pair[0] + end);
            (pair[0]..pair[1] + mark.len(), line_end..pair[1])
        })
        .max_by_key(|(_, inner)| inner.len())
}

/// What stands between the first tag of a text, such as `<article>`, and the end of its pair.
fn tagged(text: &str) -> Option<(Span, Span)> {
    text.match_indices('<').take(8).find_map(|(at, _)| {
        let name = text[at + 1..].split('>').next().filter(|name| (1..=40).contains(&name.len()))?;
        let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        let inner = at + name.len() + 2;
        let end = if plain && inner <= text.len() { text[inner..].find(&format!("</{name}>"))? } else { return None };
        Some((at..inner + end + name.len() + 3, inner..inner + end))
    })
}

/// Texts with empty lines between them.
pub(super) fn paragraphs(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut start, mut at, mut end) = (None, 0, 0);
    for line in text.split_inclusive('\n') {
        if line.trim().is_empty() {
            if let Some(start) = start.take() {
                found.push(text[start..end].trim());
            }
        } else {
            start.get_or_insert(at);
            end = at + line.len();
        }
        at += line.len();
    }
    if let Some(start) = start {
        found.push(text[start..end].trim());
    }
    found
}
