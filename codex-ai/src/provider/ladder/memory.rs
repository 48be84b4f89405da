//! What a provider has found out: which way to tell a schema works, by model and schema.

use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

use crate::request::Request;
use crate::schema::Schema;

/// How many ways are remembered; then the oldest is forgotten.
const MOST: usize = 1_024;

#[derive(Default)]
pub(super) struct Memory {
    /// Whether there is anything; nothing else is looked at where there is not.
    any: AtomicBool,
    kept: RwLock<Kept>,
}

#[derive(Default)]
struct Kept {
    ways: HashMap<u64, usize>,
    order: VecDeque<u64>,
}

impl Memory {
    /// The place of the way that worked.
    pub(super) fn recall(&self, request: &Request, schema: &Schema) -> Option<usize> {
        if !self.any.load(Ordering::Acquire) {
            return None;
        }
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        kept.ways.get(&key(request, schema)).copied()
    }

    pub(super) fn keep(&self, request: &Request, schema: &Schema, at: usize) {
        let key = key(request, schema);
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if kept.ways.insert(key, at).is_none() {
            kept.order.push_back(key);
            if kept.order.len() > MOST
                && let Some(oldest) = kept.order.pop_front()
            {
                kept.ways.remove(&oldest);
            }
        }
        self.any.store(true, Ordering::Release);
    }
}

/// What a way is remembered by. A vendor that takes a schema may not take it beside tools.
fn key(request: &Request, schema: &Schema) -> u64 {
    let mut hasher = DefaultHasher::new();
    request.options.model.hash(&mut hasher);
    request.tools.is_empty().hash(&mut hasher);
    schema.fingerprint().hash(&mut hasher);
    hasher.finish()
}
