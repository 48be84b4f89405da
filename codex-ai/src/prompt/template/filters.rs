//! The filters of templates: `{{ name|upper }}`.

#![expect(clippy::needless_pass_by_value, reason = "a template gives the arguments of a filter as values")]

use super::{IsTrusted, TemplateValue};

fn text<V: TemplateValue<Trust: IsTrusted> + ?Sized>(value: &V) -> String {
    let mut text = String::new();
    value.write_plain(&mut text);
    text
}

/// The first letter as a capital.
pub fn capitalize<V: TemplateValue<Trust: IsTrusted> + ?Sized>(value: &V) -> String {
    let text = text(value);
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// What is in the option, or something else.
pub fn default<V: TemplateValue<Trust: IsTrusted>, F: TemplateValue<Trust: IsTrusted>>(
    value: &Option<V>,
    fallback: F,
) -> String {
    value.as_ref().map_or_else(|| text(&fallback), text)
}

/// All lines but the first begin with so many spaces, so that a text stays in its place of a list. Empty ones stay empty.
pub fn indent<V: TemplateValue<Trust: IsTrusted> + ?Sized>(value: &V, width: usize) -> String {
    let space = " ".repeat(width);
    let mut indented = String::new();
    for (i, line) in text(value).split_inclusive('\n').enumerate() {
        if i > 0 && !line.trim().is_empty() {
            indented.push_str(&space);
        }
        indented.push_str(line);
    }
    indented
}

/// The items with something between them.
pub fn join<V: TemplateValue<Trust: IsTrusted>>(
    items: impl IntoIterator<Item = V>,
    between: impl TemplateValue<Trust: IsTrusted>,
) -> String {
    let mut joined = String::new();
    for (i, item) in items.into_iter().enumerate() {
        if i > 0 {
            between.write_plain(&mut joined);
        }
        item.write_plain(&mut joined);
    }
    joined
}

/// In small letters.
pub fn lower<V: TemplateValue<Trust: IsTrusted> + ?Sized>(value: &V) -> String {
    text(value).to_lowercase()
}

/// Without space at the ends.
pub fn trim<V: TemplateValue<Trust: IsTrusted> + ?Sized>(value: &V) -> String {
    text(value).trim().to_owned()
}

/// At most so many characters, the last of them an ellipsis where something is cut.
pub fn truncate<V: TemplateValue<Trust: IsTrusted> + ?Sized>(value: &V, length: usize) -> String {
    let mut text = text(value);
    if text.chars().count() <= length {
        return text;
    }
    let kept = text.char_indices().nth(length.saturating_sub(1)).map_or(0, |(at, _)| at);
    text.truncate(kept);
    if length > 0 {
        text.push('…');
    }
    text
}

/// In capital letters.
pub fn upper<V: TemplateValue<Trust: IsTrusted> + ?Sized>(value: &V) -> String {
    text(value).to_uppercase()
}
