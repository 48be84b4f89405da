//! State that the methods of a type share: what a dispatcher holds for prompts and tools with `&self`.

use std::any::{Any, TypeId};
use std::fmt;

/// What is mounted on a dispatcher has a `T`, for prompts and tools that are methods of `T`.
///
/// Every type provides itself. A type that holds others provides them by an impl of this trait, so that the methods of all
/// of them can be called on one dispatcher:
///
/// ```
/// use codex_ai::Provides;
///
/// struct Reviewer;
/// struct Translator;
///
/// struct App {
///     reviewer: Reviewer,
///     translator: Translator,
/// }
///
/// impl Provides<Reviewer> for App {
///     fn provide(&self) -> &Reviewer {
///         &self.reviewer
///     }
/// }
///
/// impl Provides<Translator> for App {
///     fn provide(&self) -> &Translator {
///         &self.translator
///     }
/// }
/// ```
///
/// In calls by name nothing is known of the types: there a method is called on the value of its own type that was mounted.
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
impl<S: Send + Sync + 'static> Provides<Stateless> for S {
    fn provide(&self) -> &Stateless {
        STATELESS
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> Provides<T> for T {
    fn provide(&self) -> &T {
        self
    }
}

/// The state of a prompt that is no method: it needs none, and every dispatcher has it.
///
/// It is unsized, and thereby none of the types that can be mounted.
pub struct Stateless<T: ?Sized = [()]>(T);

/// The one value of [`Stateless`], for those who render a prompt themselves: `Greet::render(STATELESS, args)`.
pub const STATELESS: &Stateless = &Stateless([]);

impl fmt::Debug for Stateless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stateless")
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

/// Forgets the type of a state.
#[doc(hidden)]
pub type Erase<T> = fn(&T) -> &AnyState;

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

impl Erased for Stateless {
    fn erase(&self) -> &AnyState {
        &()
    }

    fn restore(_: &AnyState) -> Option<&Self> {
        Some(STATELESS)
    }
}
