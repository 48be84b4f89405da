//! Reading a text without a model in between.

use serde_json::Value;

use super::{Leniency, Parsed};
use crate::error::Result;
use crate::reply::Reply;
use crate::schema::{LlmSchema, Schema};
use crate::structured;

/// Reads what a model wrote as a `T`, as the answer of a prompt is read: JSON in prose or in a fence, with missing quotes
/// and commas, numbers in quotes, enum values in another case. Each repair is in the result; an answer that was right
/// as it came has none.
///
/// ```
/// use codex_ai::json;
///
/// #[derive(serde::Deserialize, codex_ai::LlmSchema)]
/// struct Place {
///     city: String,
///     inhabitants: u32,
/// }
///
/// let parsed = json::from_str::<Place>("Here you are:\n{city: 'Oslo', \"inhabitants\": \"709,037\"}")?;
/// assert_eq!((parsed.value.city.as_str(), parsed.value.inhabitants), ("Oslo", 709_037));
/// assert!(parsed.cost() > 0);
/// assert!(json::from_str::<Place>("I do not know.").is_err());
/// # Ok::<_, codex_ai::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::InvalidOutput`](crate::ErrorKind::InvalidOutput) with every problem of the best reading and its path;
/// [`ErrorKind::Empty`](crate::ErrorKind::Empty) for a text of white space.
pub fn from_str<T: LlmSchema + 'static>(text: &str) -> Result<Parsed<T>> {
    let mut value = None;
    let repairs = structured::read_json_text(text, T::llm_schema(), Leniency::Lenient, &mut value)?;
    Ok(Parsed { value: structured::kept(value)?, repairs })
}

impl Schema {
    /// Reads what a model wrote as a value of this schema, for schemas that are known at run time alone.
    ///
    /// ```
    /// use codex_ai::{Leniency, Schema};
    /// use serde_json::json;
    ///
    /// let schema = Schema::new("Colour", json!({ "enum": ["red", "dark green"] }))?;
    /// assert_eq!(schema.read("Dark-Green.", Leniency::Lenient)?.value, "dark green");
    /// assert!(schema.read("Dark-Green.", Leniency::Exact).is_err());
    /// # Ok::<_, codex_ai::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`from_str`]; and where a number has more digits than a [`Value`] keeps.
    pub fn read(&self, text: &str, leniency: Leniency) -> Result<Parsed<Value>> {
        structured::read_schema_value(&Reply::from_text("", text), self, leniency)
    }
}
