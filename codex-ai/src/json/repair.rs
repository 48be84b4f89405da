//! What was put right in an answer.

use std::fmt;

/// How much is forgiven in an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Leniency {
    /// What was meant is read wherever that is certain enough: JSON in prose or in a fence, missing quotes and commas, an
    /// enum in another case, a number in quotes. Each is a [`Repair`].
    #[default]
    Lenient,
    /// The whole text must be one JSON value that follows the schema to the letter.
    Exact,
}

/// A value with what was put right on the way to it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Parsed<T> {
    /// The value.
    pub value: T,
    /// What was put right, in the order of the value; empty for an answer that was right as it came.
    pub repairs: Vec<Repair>,
}

/// One thing that was put right in an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Repair {
    /// Where: `points[2].name`; `$` is the whole value.
    pub path: String,
    /// What was put right.
    pub kind: RepairKind,
    /// How far the value is from what was written. They add up; of several readings the cheapest is taken.
    pub cost: u32,
}

/// What was put right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RepairKind {
    /// The value stood in prose or in a fence.
    Extracted,
    /// The text holds further values, which were left out.
    OthersLeftOut,
    /// Several values beside each other became one list.
    Collected,
    /// The text ended before the value did.
    Unclosed,
    /// Quotes of another sort than `"`, or with escapes where none belong.
    Quotes,
    /// Text or a key without quotes.
    Unquoted,
    /// A comma that was missing or one too many, a missing `:` or another sign for it.
    Separators,
    /// Brackets of another sort, or one too many.
    Brackets,
    /// A comment.
    Comment,
    /// A quote, a line break or a backslash inside quotes without its escape.
    Escapes,
    /// A key without a value, or a value without a key.
    MissingPart,
    /// `...` where items were left out.
    Ellipsis,
    /// Words that belong to nothing were skipped.
    Junk,
    /// A fenced block of code where text belongs.
    CodeBlock,
    /// A number or another value that was written as text.
    QuotedValue,
    /// A number with signs that JSON does not know: `1,000`, `$5`, `50%`, `1_000`.
    NumberFormat,
    /// A fraction: `1/5`.
    Fraction,
    /// A whole number that was written with a point or an exponent.
    WholeNumber,
    /// The only number in words.
    NumberInText,
    /// A word for a truth value: `yes`, `True`, `1`.
    BoolWord,
    /// A word for `null`: `None`.
    NullWord,
    /// A fixed value in another case, or without its accents.
    EnumCase,
    /// A fixed value with other punctuation.
    EnumPunctuation,
    /// A fixed value by its title or description.
    EnumDescription,
    /// A fixed value in a sentence.
    EnumInText,
    /// A value of another sort, written out as text.
    ToText,
    /// Text that holds JSON.
    FromText,
    /// A single value where a list belongs.
    ToList,
    /// A list of one, or with one fitting item, where a single value belongs.
    FromList,
    /// An object of one where a single value belongs.
    FromObject,
    /// A single value for the only property of an object.
    ToObject,
    /// `null` or nothing where an empty list or map belongs.
    Emptied,
    /// A required property that is missing and may be `null`.
    Absent,
    /// A key in another case, without its accents or with other punctuation.
    Key,
    /// A key that the schema does not have.
    UnknownKey,
    /// The same key with the same value again.
    SameAgain,
}

impl RepairKind {
    /// It in words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Extracted => "taken out of the text around it",
            Self::OthersLeftOut => "other values in the text were left out",
            Self::Collected => "values beside each other became a list",
            Self::Unclosed => "was not closed",
            Self::Quotes => "was in other quotes",
            Self::Unquoted => "had no quotes",
            Self::Separators => "had wrong commas or colons",
            Self::Brackets => "had wrong brackets",
            Self::Comment => "had a comment",
            Self::Escapes => "had signs that must be escaped",
            Self::MissingPart => "had a key without a value or a value without a key",
            Self::Ellipsis => "had `...` for more",
            Self::Junk => "had words that belong to nothing",
            Self::CodeBlock => "was a block of code",
            Self::QuotedValue => "was written as text",
            Self::NumberFormat => "had signs that JSON numbers have not",
            Self::Fraction => "was a fraction",
            Self::WholeNumber => "was a whole number with a point or an exponent",
            Self::NumberInText => "is the only number in a text",
            Self::BoolWord => "was a word for a truth value",
            Self::NullWord => "was a word for null",
            Self::EnumCase => "was in another case or without accents",
            Self::EnumPunctuation => "had other punctuation",
            Self::EnumDescription => "was described instead of named",
            Self::EnumInText => "stood in a sentence",
            Self::ToText => "was written out as text",
            Self::FromText => "was JSON inside a text",
            Self::ToList => "was a single value for a list",
            Self::FromList => "was in a list",
            Self::FromObject => "was in an object",
            Self::ToObject => "was the bare value of the only property",
            Self::Emptied => "was missing or null and is empty",
            Self::Absent => "was missing and is null",
            Self::Key => "had its name in another spelling",
            Self::UnknownKey => "is not in the schema and was dropped",
            Self::SameAgain => "was there twice with the same value",
        }
    }

    /// How far a value with this repair is from what was written.
    pub(crate) fn cost(self) -> u32 {
        match self {
            Self::Extracted
            | Self::Quotes
            | Self::Unquoted
            | Self::Separators
            | Self::Comment
            | Self::Escapes
            | Self::CodeBlock
            | Self::Unclosed
            | Self::QuotedValue
            | Self::NumberFormat
            | Self::WholeNumber
            | Self::EnumCase
            | Self::NullWord
            | Self::Key
            | Self::UnknownKey
            | Self::SameAgain => 1,
            Self::OthersLeftOut
            | Self::Collected
            | Self::Brackets
            | Self::MissingPart
            | Self::Fraction
            | Self::BoolWord
            | Self::EnumPunctuation
            | Self::FromText
            | Self::Absent => 2,
            Self::EnumDescription | Self::Junk | Self::ToList | Self::FromList => 3,
            Self::EnumInText | Self::NumberInText | Self::FromObject => 4,
            Self::Ellipsis | Self::ToObject => 5,
            Self::ToText => 6,
            Self::Emptied => 20,
        }
    }
}

impl<T> Parsed<T> {
    /// A value that was right as it came.
    pub fn exact(value: T) -> Self {
        Self { value, repairs: Vec::new() }
    }

    /// The sum of all costs; 0 for an answer that was right as it came.
    pub fn cost(&self) -> u32 {
        self.repairs.iter().map(|repair| repair.cost).fold(0, u32::saturating_add)
    }

    /// The same repairs with another value.
    pub fn with_value<U>(self, value: U) -> Parsed<U> {
        Parsed { value, repairs: self.repairs }
    }
}

impl fmt::Display for Repair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {} (cost {})", self.path, self.kind.as_str(), self.cost)
    }
}
