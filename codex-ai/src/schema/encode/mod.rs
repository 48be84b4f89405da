//! Shapes that a vendor's schema language cannot hold, written as others that it can, and the way back.
//!
//! | shape | on the wire |
//! |---|---|
//! | a root that is no object | the one property `value` of an object |
//! | a map | a list of objects with a `key` and a `value` |
//! | free keys beside named properties | such a list in a property of its own, `others` |
//! | a tuple | an object with the properties `0`, `1`, .. |
//! | any value, a list or an object in an `enum` | a string with the value as JSON text |
//! | an integer of more than 64 bits | a string of digits |
//! | a property that may be left out | a property that may be null |
//! | `allOf`, `$ref` or a choice beside other keywords | the plain schemas that they amount to |
//!
//! What `T` accepts does not change: what a vendor gives is decoded before it is read. What cannot be written in another
//! shape is a [`Problem`] with its path in the type. Keywords that do not change the shape stay as they are.

mod build;
mod choice;
mod combine;
mod decode;
mod digits;
mod document;
mod fit;
mod forms;
mod keyword;
mod list;
mod locate;
mod map;
mod merge;
mod object;
mod plan;
mod text;
mod write;

use serde_json::Value;

use crate::error::Problem;
use crate::json::Tree;
use crate::schema::path::OwnStep;
pub(super) use document::each_schema;
pub(crate) use locate::Written;
pub(crate) use plan::Plan;

/// What a vendor's schema language lacks; everything that is `true` is written as something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Lacks {
    /// The root must be an object.
    pub(super) other_roots: bool,
    /// An object must have a fixed list of properties.
    pub(super) maps: bool,
    /// The items of a list must have one type.
    pub(super) tuples: bool,
    /// Every value must have a type.
    pub(super) any: bool,
    /// The values of `enum` and `const` must be scalars.
    pub(super) listed_parts: bool,
    /// Every property must be required.
    pub(super) optional: bool,
    /// A number has at most 64 bits.
    pub(super) wide: bool,
    /// The keys of a map cannot be told by patterns.
    pub(super) patterns: bool,
    /// Several schemas cannot hold for one value: no `allOf`, nothing beside `$ref`, nothing beside a choice.
    pub(super) combined: bool,
    /// An object about which nothing is said is a struct without fields, and no map.
    pub(super) fields: bool,
}

impl Lacks {
    /// Nothing.
    pub(super) const NONE: Self = Self {
        other_roots: false,
        maps: false,
        tuples: false,
        any: false,
        listed_parts: false,
        optional: false,
        wide: false,
        patterns: false,
        combined: false,
        fields: false,
    };
    /// JSON Schema with an object as root.
    pub(super) const OBJECT: Self = Self { other_roots: true, ..Self::NONE };
    /// OpenAI's strict mode. A number of more than 64 bits loses digits in many a program between here and there.
    pub(super) const OPENAI_STRICT: Self = Self {
        other_roots: true,
        maps: true,
        tuples: true,
        any: true,
        listed_parts: true,
        optional: true,
        wide: true,
        patterns: true,
        combined: true,
        fields: false,
    };
    /// Anthropic's structured output. Its SDK closes maps, drops the types of a tuple and refuses a schema of any value.
    pub(super) const ANTHROPIC: Self = Self { optional: false, ..Self::OPENAI_STRICT };
    /// Gemini's `responseJsonSchema`. The arguments of tools travel as floats there.
    pub(super) const GEMINI: Self =
        Self { listed_parts: true, wide: true, patterns: true, combined: true, ..Self::NONE };
    /// Gemini's `responseSchema`, a part of OpenAPI 3.0.
    pub(super) const GEMINI_OPENAPI: Self = Self { maps: true, tuples: true, any: true, ..Self::GEMINI };
}

/// A schema without the shapes that are lacking, and the way there and back for values.
#[derive(Debug)]
pub(super) struct Encoded {
    pub(super) schema: Value,
    pub(super) plan: Plan,
}

/// Writes a usable schema without the shapes that are lacking.
///
/// # Errors
/// Everything for which there is no other form, each with its path in the type.
pub(super) fn encode(schema: &Value, lacks: Lacks) -> Result<Encoded, Vec<Problem>> {
    document::encode(schema, lacks)
}

impl Plan {
    /// Whether an answer is read as it is: [`decode`](Self::decode) changes nothing.
    pub(crate) fn is_same(&self) -> bool {
        self.inner().is_none_or(|plan| plan.is_same(plan.root))
    }

    /// A value of the type in the vendor's form.
    ///
    /// # Errors
    /// What has no place there, with its path.
    pub(crate) fn encode(&self, value: Tree) -> Result<Tree, Problem> {
        match self.inner() {
            Some(plan) => write::whole(plan, value),
            None => Ok(value),
        }
    }

    /// A value in the vendor's form as one of the type. What is not in that form stays as it is, for the check that
    /// follows to tell.
    ///
    /// # Errors
    /// What would be lost, such as one of two entries with the same key.
    pub(crate) fn decode(&self, value: Tree) -> Result<Tree, Problem> {
        match self.inner() {
            Some(plan) => decode::whole(plan, plan.root, value),
            None => Ok(value),
        }
    }
    /// Where the part at `steps` of what [`decode`](Self::decode) gives stands in what the vendor wrote; `None` where both
    /// are the same.
    pub(crate) fn written<'t>(&self, whole: &'t Tree, steps: &[OwnStep]) -> Option<Written<'t>> {
        self.inner().map(|plan| locate::written(plan, whole, steps))
    }

    /// The path in the decoded value of the part at `steps` of what the vendor wrote; `None` where both are the same.
    pub(crate) fn meant(&self, whole: &Tree, steps: &[OwnStep]) -> Option<String> {
        self.inner().map(|plan| locate::meant(plan, whole, steps))
    }
}
