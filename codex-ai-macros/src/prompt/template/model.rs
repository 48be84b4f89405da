//! A template as the expansion sees it. Expressions and patterns are Rust, as text.

use syn::{Ident, LitStr};

/// A template that is read and checked.
pub(in crate::prompt) struct Template {
    /// What the user wrote behind `template` or `template_file`: everything points there.
    pub(super) literal: LitStr,
    /// Whether the literal is the path of a file, from the crate's root.
    pub(super) is_file: bool,
    pub(super) sections: Vec<Section>,
    /// The variables of ours, which are named as none of the template's.
    pub(super) writer: Ident,
    pub(super) none: Ident,
}

/// The text of one message, or of the instructions.
pub(super) struct Section {
    pub(super) role: Role,
    pub(super) nodes: Vec<Node>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Role {
    System,
    User,
    Assistant,
}

impl Role {
    pub(super) const NAMES: [&str; 3] = ["system", "user", "assistant"];

    pub(super) fn of(name: &str) -> Option<Self> {
        Some(match name {
            "system" => Self::System,
            "user" => Self::User,
            "assistant" => Self::Assistant,
            _ => return None,
        })
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}

/// A piece of a section.
pub(super) enum Node {
    Text(String),
    /// The border between what is the same in every call and what is not.
    CachePoint,
    /// `{{ value }}`.
    Value(String),
    /// The branches with their conditions; the last may have none.
    If(Vec<(Option<String>, Vec<Node>)>),
    For(For),
    /// What is looked at, and the arms.
    Match(String, Vec<(String, Vec<Node>)>),
    /// Pattern and value.
    Let(String, String),
    Break,
    Continue,
}

pub(super) struct For {
    pub(super) pattern: String,
    pub(super) list: String,
    pub(super) body: Vec<Node>,
    pub(super) otherwise: Vec<Node>,
    /// The names of the counter and the iterator, where `loop.index` and its like are used.
    pub(super) counter: Option<(String, String)>,
}
