//! What the tools of a call are called on.

use std::marker::PhantomData;
use std::sync::Arc;

use crate::mount::{AnyState, Provides};
use crate::prompt::PromptDef;

/// What the tools of a call are called on, held as long as the call runs.
pub(super) trait Held: Send + Sync {
    fn state(&self) -> &AnyState;
}

/// What is mounted, as that which a prompt is called on.
pub(super) struct HeldFor<S, Q>(Arc<S>, PhantomData<fn() -> Q>);

impl<S: Provides<Q::State>, Q: PromptDef> HeldFor<S, Q> {
    pub(super) fn new(state: &Arc<S>) -> Self {
        Self(Arc::clone(state), PhantomData)
    }
}

impl<S: Provides<Q::State>, Q: PromptDef> Held for HeldFor<S, Q> {
    fn state(&self) -> &AnyState {
        match Q::ERASE {
            Some(erase) => erase(Provides::<Q::State>::provide(&*self.0)),
            None => &(),
        }
    }
}

/// What a prompt is called on whose type is not known; nothing for one that is no method.
pub(super) struct HeldAny(pub(super) Option<Arc<AnyState>>);

impl Held for HeldAny {
    fn state(&self) -> &AnyState {
        match &self.0 {
            Some(state) => &**state,
            None => &(),
        }
    }
}
