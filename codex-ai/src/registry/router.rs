use std::any::TypeId;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;

use super::{Entry, Registry};
use crate::mount::AnyState;
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
#[derive(Clone, Default)]
pub struct Router {
    entries: BTreeMap<&'static str, &'static Entry>,
    /// What methods are called on, by its type.
    mounted: HashMap<TypeId, Arc<AnyState>>,
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

    /// Sets what the prompts that are methods of `T` are called on, those that are added later too. It adds none.
    ///
    /// Typed calls need more than that, because the dispatcher's type says what is mounted there:
    /// [`Dispatcher::mount`](crate::Dispatcher::mount).
    #[must_use]
    pub fn mount<T: Send + Sync + 'static>(mut self, state: Arc<T>) -> Self {
        self.mounted.insert(TypeId::of::<T>(), state);
        self
    }

    /// Adds all prompts of another router, and what is mounted there. Of two with one mode, or of one type, the later wins;
    /// for prompts that is logged.
    #[must_use]
    pub fn include_router(mut self, other: Self) -> Self {
        for entry in other.entries.into_values() {
            self.insert(entry);
        }
        self.mounted.extend(other.mounted);
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

    /// What this prompt is called on, if it is a method and something is mounted for it.
    pub(crate) fn state_of(&self, entry: &Entry) -> Option<&Arc<AnyState>> {
        self.mounted.get(&entry.state_id()?)
    }

    fn insert(&mut self, entry: &'static Entry) {
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
        Self { entries: registry.iter().map(|entry| (entry.mode(), entry)).collect(), mounted: HashMap::new() }
    }
}

impl fmt::Debug for Router {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mounted: Vec<_> = self.iter().filter(|entry| self.state_of(entry).is_some()).map(Entry::mode).collect();
        f.debug_struct("Router").field("entries", &self.entries).field("mounted", &mounted).finish()
    }
}
