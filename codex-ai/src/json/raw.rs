//! What the tolerant parser makes of a text, before a schema says what was meant.

/// A value as it was written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Raw {
    pub(crate) kind: RawKind,
    /// Whether its end was seen; `false` where the text ended first.
    pub(crate) closed: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum RawKind {
    /// Text without quotes: a number, `true`, `null`, or a word that should have had them.
    Bare(String),
    /// Text in quotes of any sort, its escapes resolved.
    Quoted(String),
    /// Items in brackets.
    List(Vec<Raw>),
    /// Keys and values in braces, in order; a key may be there twice.
    Object(Vec<(String, Raw)>),
}
