//! Where in a value: `points[2].name`.

use super::words::cut;

/// One step from a value into one of its parts.
#[derive(Clone, Copy)]
pub(crate) enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

/// A step of a path that was text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum OwnStep {
    Key(String),
    Index(usize),
}

impl OwnStep {
    pub(crate) fn as_step(&self) -> Step<'_> {
        match self {
            Self::Key(key) => Step::Key(key),
            Self::Index(index) => Step::Index(*index),
        }
    }
}

/// The steps of a path such as `points[2].name`; `None` for a text that is no path.
pub(crate) fn parse(path: &str) -> Option<Vec<OwnStep>> {
    let mut steps = Vec::new();
    let mut rest = if path == "$" || path.starts_with("$[") { &path[1..] } else { path };
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('[') {
            if inner.starts_with('"') {
                let mut texts = serde_json::Deserializer::from_str(inner).into_iter::<String>();
                steps.push(OwnStep::Key(texts.next()?.ok()?));
                rest = inner.get(texts.byte_offset()..)?.strip_prefix(']')?;
            } else {
                let (index, after) = inner.split_once(']')?;
                steps.push(OwnStep::Index(index.parse().ok()?));
                rest = after;
            }
        } else {
            let key = rest.strip_prefix('.').unwrap_or(rest);
            let end = key.find(['.', '[']).unwrap_or(key.len());
            steps.push(OwnStep::Key(key[..end].to_owned()));
            rest = &key[end..];
        }
    }
    Some(steps)
}

/// The way from the whole value to a part, kept on the stack: nothing is written out unless there is a problem.
#[derive(Clone, Copy)]
pub(crate) struct Path<'a> {
    last: Option<(&'a Path<'a>, Step<'a>)>,
}

impl<'a> Path<'a> {
    /// The whole value.
    pub(crate) const WHOLE: Path<'static> = Path { last: None };

    /// The value at `key` of this one.
    pub(crate) fn key(&'a self, key: &'a str) -> Self {
        Self { last: Some((self, Step::Key(key))) }
    }

    /// The item at `index` of this one.
    pub(crate) fn index(&'a self, index: usize) -> Self {
        Self { last: Some((self, Step::Index(index))) }
    }

    /// The path as text; `$` for the whole value.
    pub(crate) fn render(&self) -> String {
        let mut steps = Vec::new();
        let mut here = self;
        while let Some((parent, step)) = here.last {
            steps.push(step);
            here = parent;
        }
        render(steps.into_iter().rev())
    }
}

/// The steps as text; `$` when there are none.
pub(crate) fn render<'a>(steps: impl Iterator<Item = Step<'a>>) -> String {
    let mut text = String::new();
    for step in steps {
        push(&mut text, step);
    }
    if text.is_empty() {
        text.push('$');
    }
    text
}

/// The steps on which serde was when it met an error.
pub(crate) fn steps(path: &serde_path_to_error::Path) -> impl Iterator<Item = Step<'_>> {
    path.iter().filter_map(|segment| match segment {
        serde_path_to_error::Segment::Seq { index } => Some(Step::Index(*index)),
        serde_path_to_error::Segment::Map { key } => Some(Step::Key(key)),
        serde_path_to_error::Segment::Enum { variant } => Some(Step::Key(variant)),
        serde_path_to_error::Segment::Unknown => None,
    })
}

/// A path that goes on from another: `items[0]` and `count` make `items[0].count`.
pub(crate) fn join(base: &str, relative: &str) -> String {
    let rest = relative.strip_prefix('$').unwrap_or(relative);
    match (base, rest) {
        (base, "") => base.to_owned(),
        (base, rest) if rest.starts_with(['[', '.']) => format!("{base}{rest}"),
        ("$", _) => relative.to_owned(),
        // A key such as `$ref`.
        (base, _) => format!("{base}.{relative}"),
    }
}

/// Adds a step to a path; an empty `text` is the whole value.
pub(crate) fn push(text: &mut String, step: Step<'_>) {
    match step {
        Step::Key(key) if is_plain(key) => {
            if !text.is_empty() {
                text.push('.');
            }
            text.push_str(key);
        }
        Step::Key(key) => {
            start(text);
            text.push('[');
            text.push_str(&serde_json::Value::from(cut(key).as_ref()).to_string());
            text.push(']');
        }
        Step::Index(index) => {
            start(text);
            text.push_str(&format!("[{index}]"));
        }
    }
}

/// Brackets need something in front of them.
fn start(text: &mut String) {
    if text.is_empty() {
        text.push('$');
    }
}

/// Whether a key can stand in a path without quotes.
fn is_plain(key: &str) -> bool {
    key.len() <= super::words::LONGEST
        && key.strip_prefix('$').unwrap_or(key).starts_with(|c: char| c.is_alphabetic() || c == '_')
        && key.chars().skip(1).all(|c| c.is_alphanumeric() || c == '_' || c == '-')
}
