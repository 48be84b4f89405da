//! Which prompts the binary has. Knows no provider.

mod arguments;
mod difference;
mod entry;
mod manifest;
mod picture;
mod router;
mod schemas;
mod slot;

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use crate::error::{Error, ErrorKind, Result};
use crate::prompt::PromptDef;

pub(crate) use arguments::drop_absent;
pub use difference::Difference;
pub use entry::{ArgInfo, Entry};
pub use manifest::Manifest;
pub use router::Router;
pub(crate) use slot::Slot;

// For generated code only, through `__private`.
#[doc(hidden)]
pub use arguments::{Arguments, JsonArg, ToolArg};
#[doc(hidden)]
pub use entry::EntryInfo;
#[doc(hidden)]
pub use schemas::{Probe, ProbeAny};

/// What `#[prompt]` hands to `inventory`.
#[doc(hidden)]
#[derive(Debug)]
pub struct Registered(pub &'static Entry);

inventory::collect!(Registered);

/// All prompts of the binary, sorted by mode, each mode once.
///
/// `Display` prints a table. A prompt of a crate that the binary depends on but never names is not linked and so not
/// here; [`link_prompts!`](crate::link_prompts) names crates for this.
#[derive(Debug, Clone, Default)]
pub struct Registry {
    entries: Vec<&'static Entry>,
}

/// Chooses between prompts that share a mode, by [`Registry::builder`].
#[derive(Debug, Clone, Default)]
pub struct RegistryBuilder {
    preferred: Vec<&'static Entry>,
}

impl Registry {
    /// Collects the prompts that were linked into the binary.
    ///
    /// # Errors
    /// [`ErrorKind::Registry`] if two prompts share a mode; it names the places of all of them and the way out.
    pub fn discover() -> Result<Self> {
        Self::builder().discover()
    }

    /// Collects the prompts, with choices made beforehand.
    pub fn builder() -> RegistryBuilder {
        RegistryBuilder::default()
    }

    /// No prompts at all: for programs that list theirs in a [`Router`].
    pub fn empty() -> Self {
        Self::default()
    }

    /// The prompts, sorted by mode.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &'static Entry> + '_ {
        self.entries.iter().copied()
    }

    /// The prompt of this mode.
    pub fn get(&self, mode: &str) -> Option<&'static Entry> {
        let index = self.entries.binary_search_by(|entry| entry.mode().cmp(mode)).ok()?;
        self.entries.get(index).copied()
    }

    /// How many prompts there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no prompt.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Everything that a tool needs to know of every prompt, as JSON; see [`Entry::describe`].
    pub fn describe(&self) -> Value {
        self.iter().map(Entry::describe).collect()
    }
}

impl RegistryBuilder {
    /// Takes this prompt where others share its mode.
    #[must_use]
    pub fn prefer<P: PromptDef>(mut self) -> Self {
        self.preferred.push(P::ENTRY);
        self
    }

    /// Collects the prompts that were linked into the binary.
    ///
    /// # Errors
    /// As [`Registry::discover`].
    pub fn discover(self) -> Result<Registry> {
        self.collect(inventory::iter::<Registered>.into_iter().map(|registered| registered.0))
    }

    fn collect(self, linked: impl Iterator<Item = &'static Entry>) -> Result<Registry> {
        let mut by_mode: BTreeMap<&'static str, Vec<&'static Entry>> = BTreeMap::new();
        for entry in linked {
            by_mode.entry(entry.mode()).or_default().push(entry);
        }
        let mut entries = Vec::with_capacity(by_mode.len());
        let mut collisions = Vec::new();
        for (mode, mut sharing) in by_mode {
            if let Some(preferred) = self.preferred.iter().find(|entry| entry.mode() == mode) {
                sharing = vec![preferred];
            }
            match *sharing {
                [only] => entries.push(only),
                _ => {
                    sharing.sort_by_key(|entry| {
                        (entry.crate_name(), entry.crate_version(), entry.file(), entry.line(), entry.column())
                    });
                    collisions.push(sharing);
                }
            }
        }
        if collisions.is_empty() { Ok(Registry { entries }) } else { Err(collision_error(&collisions)) }
    }
}

/// Lists every collision with all its places.
fn collision_error(collisions: &[Vec<&'static Entry>]) -> Error {
    let mut text = String::new();
    for (index, sharing) in collisions.iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        let mode = sharing.first().map(|entry| entry.mode()).unwrap_or_default();
        text.push_str(&format!("{} prompts share the mode `{mode}`", sharing.len()));
        for (number, entry) in sharing.iter().enumerate() {
            text.push_str(&format!(
                "\n    {}. {}  {} {}  {}",
                number + 1,
                entry.path(),
                entry.crate_name(),
                entry.crate_version(),
                entry.place()
            ));
        }
        if let Some(versions) = two_versions(sharing) {
            text.push_str(&format!("\n    {versions}"));
        }
    }
    let first = collisions.first().and_then(|sharing| sharing.last()).copied();
    let help = match first {
        Some(entry) => format!(
            "give one of them another name, for instance `#[prompt(mode = \"{}.{}\")]`, or choose one with \
             `Registry::builder().prefer::<{}>()`",
            entry.crate_name(),
            entry.mode(),
            entry.marker_path(),
        ),
        None => "give one of them another name".to_owned(),
    };
    Error::new(ErrorKind::Registry, text).with_help(help)
}

/// The sentence for one crate that is linked in several versions.
fn two_versions(sharing: &[&'static Entry]) -> Option<String> {
    let first = sharing.first()?;
    let same_crate = sharing.iter().all(|entry| entry.crate_name() == first.crate_name());
    let mut versions: Vec<&str> = sharing.iter().map(|entry| entry.crate_version()).collect();
    versions.sort_unstable();
    versions.dedup();
    (same_crate && versions.len() > 1).then(|| {
        let count = if versions.len() == 2 { "two".to_owned() } else { versions.len().to_string() };
        format!(
            "{count} versions of `{}` are linked ({}); align them in the manifest",
            first.crate_name(),
            versions.join(", ")
        )
    })
}

/// The sentence for a prompt that may be there but is not linked.
pub(crate) const LINKING_HELP: &str = "the crate with your prompts may not be linked: add `use my_prompts as _;` or `codex_ai::link_prompts!(my_prompts);`";

impl fmt::Display for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return write!(f, "no prompt is registered\n  = help: {LINKING_HELP}");
        }
        let rows: Vec<[String; 4]> = self
            .iter()
            .map(|entry| [entry.mode().to_owned(), entry.signature(), entry.summary().to_owned(), entry.place()])
            .collect();
        let headings = ["MODE", "SIGNATURE", "WHAT IT DOES", "PLACE"];
        let mut widths = headings.map(str::len);
        for row in &rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let mut line = |cells: [&str; 4], end: &str| {
            let [a, b, c, _] = widths;
            let [mode, signature, docs, place] = cells;
            write!(f, "{mode:a$}  {signature:b$}  {docs:c$}  {place}{end}")
        };
        line(headings, "\n")?;
        for (index, row) in rows.iter().enumerate() {
            let end = if index + 1 == rows.len() { "" } else { "\n" };
            line([&row[0], &row[1], &row[2], &row[3]], end)?;
        }
        Ok(())
    }
}

/// Names the crates whose prompts the binary shall have, so that they are linked.
///
/// A dependency that no line of code names is left out by the linker, and its prompts with it. Typed calls need no care,
/// because they name the crate; calls by name and listings do.
///
/// ```
/// # use serde_json as news;
/// # use serde as legal;
/// codex_ai::link_prompts!(news, legal);
/// ```
#[macro_export]
macro_rules! link_prompts {
    ($($krate:ident),+ $(,)?) => {
        $(
            #[allow(unused_imports)]
            use $krate as _;
        )+
    };
}
