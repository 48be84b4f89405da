//! What a provider has found out: which ways to tell a schema are refused, by a model as such or for one schema.

use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

use crate::request::Request;
use crate::schema::Schema;

/// How much is remembered; then the oldest is forgotten.
const MOST: usize = 1_024;

/// Some of the ways of a provider, by their places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Places(u8);

#[derive(Default)]
pub(super) struct Memory {
    /// Whether there is anything; nothing else is looked at where there is not.
    any: AtomicBool,
    kept: RwLock<Kept>,
}

#[derive(Default)]
struct Kept {
    refused: HashMap<u64, Places>,
    order: VecDeque<u64>,
}

impl Places {
    pub(super) fn of(places: impl IntoIterator<Item = usize>) -> Self {
        Self(places.into_iter().fold(0, |all, at| all | Self::bit(at)))
    }

    pub(super) fn has(self, at: usize) -> bool {
        self.0 & Self::bit(at) != 0
    }

    /// There are fewer ways than bits; any further one would be tried anew each time.
    fn bit(at: usize) -> u8 {
        u32::try_from(at).ok().and_then(|at| 1_u8.checked_shl(at)).unwrap_or_default()
    }
}

impl Memory {
    /// The ways that were refused, whatever the schema or for this one.
    pub(super) fn refused(&self, request: &Request, schema: &Schema) -> Places {
        if !self.any.load(Ordering::Acquire) {
            return Places::default();
        }
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        let of = |key: u64| kept.refused.get(&key).map_or(0, |places| places.0);
        Places(of(key(request, None)) | of(key(request, Some(schema))))
    }

    /// Keeps what was refused: for one schema, or by the model whatever the schema.
    pub(super) fn keep(&self, request: &Request, schema: Option<&Schema>, places: Places) {
        let key = key(request, schema);
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = kept.refused.get_mut(&key) {
            known.0 |= places.0;
        } else {
            kept.refused.insert(key, places);
            kept.order.push_back(key);
            if kept.order.len() > MOST
                && let Some(oldest) = kept.order.pop_front()
            {
                kept.refused.remove(&oldest);
            }
        }
        self.any.store(true, Ordering::Release);
    }
}

/// What a refusal is remembered by. A vendor that takes a schema may not take it beside tools, and one that takes tools
/// may not take them while its model thinks.
fn key(request: &Request, schema: Option<&Schema>) -> u64 {
    let mut hasher = DefaultHasher::new();
    let options = &request.options;
    options.model.hash(&mut hasher);
    options.reasoning_effort.hash(&mut hasher);
    for name in options.extra.keys() {
        name.hash(&mut hasher);
    }
    request.tools.is_empty().hash(&mut hasher);
    schema.map(Schema::fingerprint).hash(&mut hasher);
    hasher.finish()
}
