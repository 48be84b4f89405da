//! A schema as a short text that people and models read: types as in TypeScript, the rest in words.
//!
//! For models that take no schema. A schema in JSON takes several times as many tokens to say the same.
//!
//! ```text
//! {
//! headline: string // One sentence, no jargon.
//! points: string[] (1 to 7 items)
//! mood?: "good" | "bad" | null
//! links: {[string]: Link}
//! }
//! Link = {url: string (uri), next?: Link | null}
//! ```

mod comments;
mod names;
mod notes;
mod write;

use std::sync::OnceLock;

use serde_json::Value;

use super::Schema;

/// What is made of a schema once, when it is first needed.
#[derive(Default)]
pub(super) struct Told {
    text: OnceLock<String>,
    #[cfg(any(feature = "_vendor", feature = "app-server"))]
    fingerprint: OnceLock<u64>,
}

impl Schema {
    /// The type as a short text, made at the first call; the same bytes each time.
    ///
    /// It holds everything that the schema says: names, types, what may be left out, enum values and descriptions as
    /// they are, bounds in words, and in JSON what has no words.
    ///
    /// ```
    /// use codex_ai::{LlmSchema, Schema};
    ///
    /// #[derive(serde::Deserialize, LlmSchema)]
    /// struct Book {
    ///     /// As printed on the cover.
    ///     title: String,
    ///     #[llm(min = 1450, max = 2100)]
    ///     year: Option<u16>,
    /// }
    ///
    /// let text = Schema::of::<Book>().type_text();
    /// assert_eq!(text, "{\ntitle: string // As printed on the cover.\nyear?: int | null (1450 to 2100)\n}");
    /// ```
    pub fn type_text(&self) -> &str {
        self.told.text.get_or_init(|| text_of(&self.name, &self.value))
    }

    /// A number that tells one schema from others.
    #[cfg(any(feature = "_vendor", feature = "app-server"))]
    pub(crate) fn fingerprint(&self) -> u64 {
        use std::hash::{DefaultHasher, Hash, Hasher};

        *self.told.fingerprint.get_or_init(|| {
            let mut hasher = DefaultHasher::new();
            self.name.hash(&mut hasher);
            self.value.to_string().hash(&mut hasher);
            hasher.finish()
        })
    }
}

/// The text of a schema; `name` is for a type that holds itself.
pub(super) fn text_of(name: &str, schema: &Value) -> String {
    let names = names::Names::of(name, schema);
    write::Writer::new(&names).document(schema)
}
