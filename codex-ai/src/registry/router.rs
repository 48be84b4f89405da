use std::collections::BTreeMap;

use super::{Entry, Registry};
use crate::prompt::PromptDef;

/// A group of prompts put together by hand, for programs that choose which prompts a dispatcher has.
///
/// ```
/// use codex_ai::{Dispatcher, Registry, Router, prompt, provider::Local};
///
/// #[prompt]
/// async fn shout(text: &str) -> String {
///     format!("Say this louder: {text}")
/// }
///
/// let router = Router::new().prompt::<Shout>();
/// let dispatcher = Dispatcher::builder(Local::quiet()).registry(Registry::empty()).include_router(router).build()?;
/// assert_eq!(dispatcher.modes().collect::<Vec<_>>(), ["shout"]);
/// # Ok::<_, codex_ai::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Router {
    entries: BTreeMap<&'static str, &'static Entry>,
}

impl Router {
    /// A router without prompts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a prompt. Of two with one mode the later wins, and that is logged.
    #[must_use]
    pub fn prompt<P: PromptDef>(mut self) -> Self {
        self.insert(P::ENTRY);
        self
    }

    /// Adds all prompts of another router. Of two with one mode the later wins, and that is logged.
    #[must_use]
    pub fn include_router(mut self, other: Self) -> Self {
        for entry in other.entries.into_values() {
            self.insert(entry);
        }
        self
    }

    /// The prompt of this mode.
    pub fn get(&self, mode: &str) -> Option<&'static Entry> {
        self.entries.get(mode).copied()
    }

    /// The prompts, sorted by mode.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &'static Entry> + '_ {
        self.entries.values().copied()
    }

    pub(crate) fn insert(&mut self, entry: &'static Entry) {
        if let Some(earlier) = self.entries.insert(entry.mode(), entry)
            && !std::ptr::eq(earlier, entry)
        {
            tracing::info!(
                mode = entry.mode(),
                earlier = earlier.place(),
                later = entry.place(),
                "two prompts share a mode; the later one is used"
            );
        }
    }
}

impl From<&Registry> for Router {
    fn from(registry: &Registry) -> Self {
        Self { entries: registry.iter().map(|entry| (entry.mode(), entry)).collect() }
    }
}
