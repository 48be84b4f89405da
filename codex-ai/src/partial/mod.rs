//! Values that are still coming.
//!
//! A stream of JSON is read once, and a typed value grows with it: `Partial<Summary>` has the fields of `Summary`, each a
//! [`Progress`]. What a piece costs does not depend on what came before it, but for the piece that completes a part: that
//! part is read once as a whole.
//!
//! ```
//! use codex_ai::{Dispatcher, LlmSchema, provider::Local};
//!
//! #[derive(Debug, serde::Deserialize, LlmSchema)]
//! struct Summary {
//!     headline: String,
//!     points: Vec<String>,
//! }
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let dispatcher = Dispatcher::new(Local::quiet())?;
//! let mut stream = dispatcher.stream_json::<Summary>("Rain fell all night. Two roads are closed.").await?;
//! let mut seen = 0;
//! while let Some(summary) = stream.next_partial().await {
//!     let _summary = summary?; // `headline` and `points`, each as far as it has come
//!     seen += 1;
//! }
//! let summary: Summary = stream.finish().await?.value;
//! assert!(seen > 1 && !summary.points.is_empty());
//! # Ok::<_, codex_ai::Error>(()) }).unwrap();
//! ```
//!
//! The variants of an enum are named as those of its [`Partial`]:
//!
//! ```
//! use codex_ai::{LlmSchema, Partial, Progress};
//!
//! #[derive(serde::Deserialize, LlmSchema)]
//! #[serde(tag = "kind", rename_all = "lowercase")]
//! enum Step {
//!     Search { query: String },
//!     Answer { text: String, sources: Vec<String> },
//! }
//!
//! fn line(step: &Progress<Step>) -> String {
//!     match step {
//!         Progress::Partial(Partial::<Step>::Search { query, .. }) => format!("searching for {}", query.as_str()),
//!         Progress::Partial(Partial::<Step>::Answer { text, .. }) => text.as_str().to_owned(),
//!         Progress::Done(Step::Answer { text, sources }) => format!("{text} ({} sources)", sources.len()),
//!         _ => "...".to_owned(),
//!     }
//! }
//! # assert_eq!(line(&Progress::Pending), "...");
//! ```
//!
//! # What is shown when
//!
//! - Text grows. A number, a boolean, an enum is [`Progress::Done`] once what follows shows that it is complete.
//! - A list, a map and an object show what they hold so far.
//! - An enum with data has the same variants, each with its fields, from the moment when its tag has come or nothing else
//!   is possible; before, it is [`Progress::Pending`].
//! - A tuple, an untagged enum and a type with a reader of its own are shown when they are complete.
//! - A complete part that is no value of its type stays as far as it was shown. The end tells what is wrong with it.
//! - An answer that was cut off, by its limit, a filter or a refusal, leaves what stands at its end as it was.
//! - Under [`Leniency::Exact`](crate::Leniency::Exact) nothing that would have to be put right is done.
//! - Only the value that [`finish`](crate::ReplyStream::finish) gives is checked, and read from the whole text. A part that
//!   is done does not change; where an answer holds several values or a key twice, the whole may be another one.

mod cursor;
mod decode;
mod growing;
mod incoming;
mod list;
mod map;
mod reader;
mod scalar;
mod snapshot;
mod text;
mod union;
mod variant;

use std::fmt;

use crate::schema::LlmSchema;
use crate::schema::plain::Object;

pub use cursor::{Cursor, Fields};
pub(crate) use growing::{AnyPartial, Growing, pending};
pub(crate) use incoming::Incoming;
pub use list::PartialList;
pub use map::PartialMap;
pub use reader::PartialReader;
pub use text::PartialText;
#[doc(hidden)]
pub use variant::{OfVariant, Variants};

/// A `T` that is still coming: for a struct, the same fields, each a [`Progress`]; for an enum with data, the same variants
/// with such fields, and one more for as long as it is not known which one it is: `Pending`, or `Pending_` where the enum
/// has a `Pending` of its own.
///
/// For text it is a [`PartialText`], for lists and sets a [`PartialList`], for maps a [`PartialMap`]; for what is shown
/// only when it is complete, [`Whole`].
pub type Partial<T> = <T as LlmSchema>::Partial;

/// How far a part of a value has come.
// Without a bound on `T`, so that a field without a schema is one error in a derived type.
#[derive(Default)]
#[non_exhaustive]
pub enum Progress<T, P = <T as LlmSchema>::Partial> {
    /// Nothing of it has come, or nothing that can be shown.
    #[default]
    Pending,
    /// Some of it has come.
    Partial(P),
    /// It is complete and will not change.
    Done(T),
}

/// A partial value. For generated code, and for a type that has a partial value of its own.
pub trait Grow: Default + fmt::Debug {
    /// Whether there is nothing to show before the value is complete.
    #[doc(hidden)]
    const WHOLE: bool = false;

    /// Whether there is anything in it to look at: of an enum with data, whether it is known which one it is.
    #[doc(hidden)]
    fn is_begun(&self) -> bool {
        true
    }

    /// Takes in what has come since the last time, and tells whether anything that is shown has changed.
    fn grow(&mut self, from: Cursor<'_>) -> bool {
        self.fields(Step::All(from))
    }

    /// Takes in one field, if it is one of this value's; for structs that are flattened into another.
    fn grow_field(&mut self, name: &str, at: Cursor<'_>) -> bool {
        self.fields(Step::One(name, at))
    }

    /// Hands all fields to the step; a derived struct has no more than that.
    #[doc(hidden)]
    fn fields(&mut self, step: Step<'_, '_>) -> bool {
        let _ = step;
        false
    }
}

/// The partial value of a type that is shown only when it is complete: a number, an enum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Whole;

impl Grow for Whole {
    const WHOLE: bool = true;

    fn grow(&mut self, _: Cursor<'_>) -> bool {
        false
    }
}

impl<P: Grow> Grow for Box<P> {
    const WHOLE: bool = P::WHOLE;

    fn is_begun(&self) -> bool {
        P::is_begun(self)
    }

    fn grow(&mut self, from: Cursor<'_>) -> bool {
        P::grow(self, from)
    }

    fn grow_field(&mut self, name: &str, at: Cursor<'_>) -> bool {
        P::grow_field(self, name, at)
    }
}

impl<T, P> Progress<T, P> {
    /// The value, once it is complete.
    pub fn done(&self) -> Option<&T> {
        match self {
            Self::Done(value) => Some(value),
            _ => None,
        }
    }

    /// What has come, while it is not complete.
    pub fn partial(&self) -> Option<&P> {
        match self {
            Self::Partial(partial) => Some(partial),
            _ => None,
        }
    }

    /// Whether it is complete.
    pub fn is_done(&self) -> bool {
        matches!(self, Self::Done(_))
    }

    /// Whether nothing of it has come that can be shown.
    pub fn is_pending(&self) -> bool {
        matches!(self, Self::Pending)
    }
}

impl<T: LlmSchema> Progress<T> {
    /// Takes in what has come since the last time, and tells whether it has changed. For generated code.
    pub fn grow(&mut self, from: Cursor<'_>) -> bool {
        if self.is_done() {
            return false;
        }
        if let Some(value) = from.read() {
            *self = Self::Done(value);
            return true;
        }
        if Partial::<T>::WHOLE || !from.shows() {
            return false;
        }
        match self {
            Self::Partial(partial) => partial.grow(from),
            _ => {
                let mut partial = Partial::<T>::default();
                partial.grow(from);
                let is_begun = partial.is_begun();
                if is_begun {
                    *self = Self::Partial(partial);
                }
                is_begun
            }
        }
    }
}

/// A part of a value whatever its type. For generated code.
#[doc(hidden)]
pub trait Grown {
    /// Takes in what has come since the last time, and tells whether it has changed. A flattened part takes in the field of
    /// this name.
    fn grown(&mut self, name: &str, at: Cursor<'_>) -> bool;

    /// Tells its type's schema as that of a field.
    fn tell(&self, name: &str, object: &mut Object<'_>);
}

impl<T: LlmSchema> Grown for Progress<T> {
    fn grown(&mut self, _: &str, at: Cursor<'_>) -> bool {
        self.grow(at)
    }

    fn tell(&self, name: &str, object: &mut Object<'_>) {
        object.field::<T>(name);
    }
}

/// A part that is flattened into the value. For generated code.
#[doc(hidden)]
#[derive(Debug)]
pub struct Flat<'a, P>(pub &'a mut P);

impl<P: Grow> Grown for Flat<'_, P> {
    fn grown(&mut self, name: &str, at: Cursor<'_>) -> bool {
        self.0.grow_field(name, at)
    }

    // A struct with such a part is no plain one.
    fn tell(&self, _: &str, _: &mut Object<'_>) {}
}

/// What is done with the fields of a value. For generated code.
#[doc(hidden)]
#[derive(Debug)]
pub enum Step<'a, 'g> {
    /// All that is new in an object is taken in.
    All(Cursor<'a>),
    /// One field is taken in.
    One(&'a str, Cursor<'a>),
    /// The fields are told to the schema of a plain struct.
    Tell(&'a mut Object<'g>),
}

/// What a flattened part has in place of names.
const FLAT: &str = "\0";

impl Step<'_, '_> {
    /// Does it, and tells whether anything that is shown has changed. `seen` counts the fields that are complete; the
    /// names of a field have a NUL between them.
    pub fn over(self, seen: &mut usize, names: &[&str], parts: &mut [&mut dyn Grown]) -> bool {
        match self {
            Self::All(from) => {
                from.fields(seen).fold(false, |changed, (name, at)| take_in(names, parts, name, at) || changed)
            }
            Self::One(name, at) => take_in(names, parts, name, at),
            Self::Tell(object) => {
                for (names, part) in names.iter().zip(parts) {
                    part.tell(names.split('\0').next().unwrap_or_default(), object);
                }
                false
            }
        }
    }
}

/// Whether the name is one of these, which have a NUL between them.
fn is_named(known: &str, name: &str) -> bool {
    known.split('\0').any(|known| known == name)
}

fn take_in(names: &[&str], parts: &mut [&mut dyn Grown], name: &str, at: Cursor<'_>) -> bool {
    let is_meant = |known: &&str| *known != FLAT && is_named(known, name);
    if let Some(part) = names.iter().position(is_meant).and_then(|index| parts.get_mut(index)) {
        return part.grown(name, at);
    }
    names.iter().zip(parts).any(|(known, part)| *known == FLAT && part.grown(name, at))
}

impl<T: AsRef<str>> Progress<T, PartialText> {
    /// The text so far, complete or not; empty while there is none.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Pending => "",
            Self::Partial(text) => text,
            Self::Done(text) => text.as_ref(),
        }
    }
}

/// Without the value, which may have no `Debug`.
impl<T, P: fmt::Debug> fmt::Debug for Progress<T, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pending => f.write_str("Pending"),
            Self::Partial(partial) => f.debug_tuple("Partial").field(partial).finish(),
            Self::Done(_) => f.write_str("Done(..)"),
        }
    }
}
