//! State that the methods of a type share: what a dispatcher holds for prompts and tools with `&self`.

use std::any::{Any, TypeId};
use std::marker::PhantomData;
use std::sync::Arc;

use crate::registry::Entry;

/// A type with `#[prompts]` on its `impl` block, which [`Dispatcher::mount`](crate::Dispatcher::mount) takes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no prompts to mount",
    label = "no `#[prompts]` on its `impl` block",
    note = "write `#[prompts]` above `impl {Self}`, and `#[prompt]` above each method that is a prompt"
)]
pub trait Mount: Sized + Send + Sync + 'static {
    /// The prompts that are methods of this type.
    #[doc(hidden)]
    const ENTRIES: &'static [&'static Entry];
}

/// What is mounted on a dispatcher has a `T` for prompts and tools that are methods of `T`.
///
/// Every mounted type provides itself. A type that holds others provides them by an impl of this trait, so that the methods
/// of all of them can be called on one dispatcher.
#[diagnostic::on_unimplemented(
    message = "the prompt is a method of `{T}`, which is not mounted on this dispatcher",
    label = "needs a `{T}`",
    note = "call it on what `dispatcher.mount(Arc::new(..))` returns"
)]
pub trait Provides<T: ?Sized>: Send + Sync + 'static {
    /// The `T`.
    fn provide(&self) -> &T;
}

#[diagnostic::do_not_recommend]
impl<S: Send + Sync + 'static> Provides<()> for S {
    fn provide(&self) -> &() {
        &()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Mount> Provides<T> for T {
    fn provide(&self) -> &T {
        self
    }
}

/// A mounted state whose type only its methods know.
#[doc(hidden)]
pub type AnyState = dyn Any + Send + Sync;

/// The type whose method a prompt is.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct StateInfo {
    pub name: &'static str,
    pub id: fn() -> TypeId,
}

impl StateInfo {
    /// For generated code.
    #[doc(hidden)]
    pub const fn of<T: 'static>(name: &'static str) -> Self {
        Self { name, id: TypeId::of::<T> }
    }
}

/// The state of a call by name.
pub(crate) fn shared<T: Send + Sync + 'static>(state: &Arc<T>) -> Arc<AnyState> {
    Arc::clone(state) as Arc<AnyState>
}

/// What prompts and tools are called on, with its type forgotten and found again.
#[doc(hidden)]
pub trait Erased: Send + Sync + 'static {
    fn erase(&self) -> &AnyState;
    fn restore(state: &AnyState) -> Option<&Self>;
}

impl<T: Send + Sync + 'static> Erased for T {
    fn erase(&self) -> &AnyState {
        self
    }

    fn restore(state: &AnyState) -> Option<&Self> {
        state.downcast_ref()
    }
}

/// What the tools of a call are called on, held as long as the call runs.
pub(crate) trait Held: Send + Sync {
    fn state(&self) -> &AnyState;
}

/// What is mounted, as the `T` that a prompt is called on.
pub(crate) struct HeldAs<S, T: ?Sized>(Arc<S>, PhantomData<fn(&T)>);

impl<S: Provides<T>, T: Erased + ?Sized> HeldAs<S, T> {
    pub(crate) fn new(state: &Arc<S>) -> Self {
        Self(Arc::clone(state), PhantomData)
    }
}

impl<S: Provides<T>, T: Erased + ?Sized> Held for HeldAs<S, T> {
    fn state(&self) -> &AnyState {
        self.0.provide().erase()
    }
}

/// What a prompt is called on whose type is not known.
pub(crate) struct HeldAny(pub(crate) Option<Arc<AnyState>>);

impl Held for HeldAny {
    fn state(&self) -> &AnyState {
        match &self.0 {
            Some(state) => &**state,
            None => &(),
        }
    }
}
