use std::any::TypeId;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::{Entry, Registry};
use crate::mount::{self, AnyState, Mount};
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
    entries: BTreeMap<&'static str, Routed>,
}

/// A prompt and what its method is called on.
#[derive(Clone)]
pub(crate) struct Routed {
    pub(crate) entry: &'static Entry,
    pub(crate) state: Option<Arc<AnyState>>,
}

impl Router {
    /// A router without prompts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a prompt. Of two with one mode the later wins, and that is logged.
    #[must_use]
    pub fn prompt<P: PromptDef>(mut self) -> Self {
        self.insert(P::ENTRY, None);
        self
    }

    /// Adds all prompts of another router. Of two with one mode the later wins, and that is logged.
    #[must_use]
    pub fn include_router(mut self, other: Self) -> Self {
        for routed in other.entries.into_values() {
            self.insert(routed.entry, routed.state);
        }
        self
    }

    /// The prompt of this mode.
    pub fn get(&self, mode: &str) -> Option<&'static Entry> {
        self.entries.get(mode).map(|routed| routed.entry)
    }

    /// The prompts, sorted by mode.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &'static Entry> + '_ {
        self.entries.values().map(|routed| routed.entry)
    }

    pub(crate) fn routed(&self, mode: &str) -> Option<&Routed> {
        self.entries.get(mode)
    }

    /// Gives the methods of `T` what they are called on, and adds those that are not there.
    pub(crate) fn mount<T: Mount>(&mut self, state: &Arc<T>) {
        let state = mount::shared(state);
        for entry in T::ENTRIES {
            if !self.entries.contains_key(entry.mode()) {
                self.insert(entry, None);
            }
        }
        let id = TypeId::of::<T>();
        for routed in self.entries.values_mut().filter(|routed| routed.entry.is_method_of(id)) {
            routed.state = Some(Arc::clone(&state));
        }
    }

    fn insert(&mut self, entry: &'static Entry, state: Option<Arc<AnyState>>) {
        if let Some(Routed { entry: earlier, .. }) = self.entries.insert(entry.mode(), Routed { entry, state })
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
        Self { entries: registry.iter().map(|entry| (entry.mode(), Routed { entry, state: None })).collect() }
    }
}

impl fmt::Debug for Routed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Routed").field("entry", &self.entry).field("mounted", &self.state.is_some()).finish()
    }
}
