//! What the tools of a call are called on.

use std::sync::Arc;

use crate::mount::{AnyState, Erase, Provides};

/// What the tools of a call are called on, held as long as the call runs.
pub(super) trait Held: Send + Sync {
    fn state(&self) -> &AnyState;
}

/// What is mounted, as that which a prompt is called on.
struct HeldAs<S, T: ?Sized>(Arc<S>, Option<Erase<T>>);

impl<S: Provides<T>, T: ?Sized + 'static> Held for HeldAs<S, T> {
    fn state(&self) -> &AnyState {
        match self.1 {
            Some(erase) => erase(Provides::<T>::provide(&*self.0)),
            None => &(),
        }
    }
}

/// Makes what the tools of a prompt are called on.
pub(super) fn held<S: Provides<T>, T: ?Sized + 'static>(
    state: &Arc<S>,
    erase: Option<Erase<T>>,
) -> impl Fn() -> Arc<dyn Held> + Send + Sync + '_ {
    move || Arc::new(HeldAs::<S, T>(Arc::clone(state), erase))
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
