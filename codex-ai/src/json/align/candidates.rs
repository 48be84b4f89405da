//! The values that a text may be.

use std::borrow::Cow;

use super::shape::{Node, NodeId, Shape};
use crate::json::parser::{self, Found, Value};
use crate::json::raw::{Mistakes, Span};
use crate::json::{Raw, RawKind, RepairKind};

/// How many values of a text are looked at.
const MOST_VALUES: usize = 32;

/// A value that a text may be.
#[derive(Debug)]
pub(super) struct Candidate {
    raw: Raw,
    notes: Vec<RepairKind>,
    weak: bool,
}

impl Candidate {
    pub(super) fn raw(&self) -> &Raw {
        &self.raw
    }

    /// What was done to come to it.
    pub(super) fn notes(&self) -> &[RepairKind] {
        &self.notes
    }

    /// Whether it counts only where no other fits.
    pub(super) fn is_weak(&self) -> bool {
        self.weak
    }
}

/// The values that a text may be, those first that win among equals.
pub(super) fn of(shape: &Shape, text: &str, found: &Found) -> Vec<Candidate> {
    let aside = Aside::of(text, found);
    let is_weak = |value: &Value| value.weak || aside.has(value);
    let strong = found.values.iter().filter(|value| !is_weak(value)).count();
    let mut candidates = Vec::new();
    let roots = roots(shape);
    let takes_lists = roots.iter().any(|node| matches!(node, Node::List(_) | Node::Any));
    if strong > 1 && strong <= MOST_VALUES && takes_lists {
        let values = found.values.iter().filter(|value| !is_weak(value));
        let items: Vec<Raw> = values.map(|value| value.raw.clone()).collect();
        let span = Span { start: items[0].span.start, end: items[items.len() - 1].span.end };
        let raw = Raw { kind: RawKind::List(items), closed: true, mistakes: Mistakes::NONE, span };
        candidates.push(Candidate { raw, notes: vec![RepairKind::Collected], weak: false });
    }
    for value in found.values.iter().take(MOST_VALUES) {
        let mut notes = Vec::new();
        if let Some(raw) = parser::with_entries_behind(text, &value.raw) {
            notes.push(RepairKind::Brackets);
            candidates.push(Candidate { raw, notes, weak: is_weak(value) });
            continue;
        }
        if value.raw.span.of(text) != text.trim() {
            notes.push(RepairKind::Extracted);
        }
        if strong > 1
            || strong == 1 && is_weak(value)
            || strong > 0 && found.values.iter().any(|other| aside.has(other))
        {
            notes.push(RepairKind::OthersLeftOut);
        }
        candidates.push(Candidate { raw: value.raw.clone(), notes, weak: is_weak(value) });
    }
    texts(&roots, text, found, strong, &mut candidates);
    candidates
}

/// Which values count only where no other fits: those a model thought aloud before its answer, and those in prose where
/// others stand in a fence.
struct Aside {
    /// Where the answer begins.
    answer: usize,
    in_fences: bool,
}

impl Aside {
    fn of(text: &str, found: &Found) -> Self {
        let strong = || found.values.iter().filter(|value| !value.weak);
        let ends = THOUGHTS.iter().filter_map(|tag| text.rfind(tag));
        let answer = ends.max().filter(|end| strong().any(|value| value.raw.span.start as usize > *end)).unwrap_or(0);
        let in_fences = strong().any(|value| value.fence.is_some() && value.raw.span.start as usize >= answer);
        Self { answer, in_fences }
    }

    fn has(&self, value: &Value) -> bool {
        (value.raw.span.start as usize) < self.answer || self.in_fences && value.fence.is_none()
    }
}

/// What ends a model's thoughts where they stand in its answer.
const THOUGHTS: &[&str] = &["</think>", "</thinking>", "</thought>", "</reasoning>", "</scratchpad>", "</analysis>"];

/// The text itself, and that of fences.
fn texts(roots: &[&Node], text: &str, found: &Found, strong: usize, candidates: &mut Vec<Candidate>) {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return;
    }
    let span = |piece: &str| {
        let start = piece.as_ptr().addr() - text.as_ptr().addr();
        let at = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Span { start: at(start), end: at(start + piece.len()) }
    };
    let bare = |piece: &str, kind| Raw { kind, closed: true, mistakes: Mistakes::NONE, span: span(piece) };
    if trimmed.starts_with('"')
        && let Ok(inner) = serde_json::from_str::<String>(trimmed)
    {
        let raw = bare(trimmed, RawKind::Quoted(inner));
        candidates.push(Candidate { raw, notes: Vec::new(), weak: false });
        return;
    }
    let is_scalar = serde_json::from_str::<serde_json::Value>(trimmed).is_ok_and(|v| !v.is_array() && !v.is_object());
    let is_text = roots.iter().any(|node| matches!(node, Node::Text));
    if is_scalar {
        let raw = bare(trimmed, RawKind::Bare(trimmed.to_owned()));
        candidates.push(Candidate { raw, notes: Vec::new(), weak: false });
    } else if is_text {
        let only_text = roots.iter().all(|node| matches!(node, Node::Text));
        let piece = if only_text { text } else { trimmed };
        let raw = bare(piece, RawKind::Bare(piece.to_owned()));
        // Where text is only one of several things, JSON in it is more likely to be what was meant.
        candidates.push(Candidate { raw, notes: vec![RepairKind::Unquoted], weak: !only_text && strong > 0 });
    } else if roots.iter().any(|node| takes_words(node)) {
        let words = outside(text, found);
        if !words.trim().is_empty() {
            let raw = bare(trimmed, RawKind::Bare(words.trim().to_owned()));
            candidates.push(Candidate { raw, notes: Vec::new(), weak: false });
        }
    }
    for (index, fence) in found.fences.iter().enumerate().take(MOST_VALUES) {
        let body = fence.body.of(text).trim();
        if body.is_empty() || found.values.iter().any(|value| value.fence == Some(index)) {
            continue;
        }
        let raw = bare(body, RawKind::Bare(body.to_owned()));
        if roots.iter().any(|node| takes_words(node)) && !is_text {
            candidates.push(Candidate { raw, notes: vec![RepairKind::Extracted], weak: false });
        }
    }
}

/// The text without the structures in it: what is in them was not said in words.
fn outside<'t>(text: &'t str, found: &Found) -> Cow<'t, str> {
    let mut pieces: Option<String> = None;
    let mut at = 0;
    for value in found.values.iter().filter(|value| !value.weak && value.raw.text().is_none()) {
        let start = value.raw.span.start as usize;
        let words = pieces.get_or_insert_default();
        words.push_str(text.get(at..start).unwrap_or_default());
        words.push(' ');
        at = at.max(value.raw.span.end as usize);
    }
    match pieces {
        Some(mut words) => {
            words.push_str(text.get(at..).unwrap_or_default());
            words.into()
        }
        None => text.into(),
    }
}

/// Whether a value may be words without any brackets.
fn takes_words(node: &Node) -> bool {
    matches!(node, Node::Text | Node::Bool | Node::Integer | Node::Number | Node::Null | Node::Values(_))
}

/// The root, or the branches of a root that is a union.
fn roots(shape: &Shape) -> Vec<&Node> {
    let node = |id: NodeId| shape.node(id);
    match node(shape.root()) {
        Node::Union(union) => union.branches.iter().map(|id| node(*id)).collect(),
        other => vec![other],
    }
}
