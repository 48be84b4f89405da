//! What a prompt needs of a provider, as types that the compiler checks and as values that a program can read.

use crate::prompt::PromptDef;

/// Something that not every provider can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Capability {
    /// Takes pictures in messages.
    Images,
    /// Lets the model call tools of the program.
    Tools,
    /// Holds the answer to a schema while the model writes it.
    StrictSchema,
}

/// The capability [`Capability::Images`] as a type.
#[derive(Debug, Clone, Copy)]
pub struct Images;

/// The capability [`Capability::Tools`] as a type.
#[derive(Debug, Clone, Copy)]
pub struct Tools;

/// The capability [`Capability::StrictSchema`] as a type.
#[derive(Debug, Clone, Copy)]
pub struct StrictSchema;

/// A provider with a capability: [`Images`], [`Tools`] or [`StrictSchema`].
pub trait Supports<C> {}

/// A provider with all that the prompt `Q` requires. It is never implemented by hand.
pub trait Serves<Q: PromptDef> {}

#[diagnostic::do_not_recommend]
impl<P, Q: PromptDef> Serves<Q> for P where P: ServesAll<Q, Q::Requires> {}

/// A provider with all of a list `(Images, (Tools, ()))`.
#[doc(hidden)]
pub trait ServesAll<Q, L> {}

impl<P, Q> ServesAll<Q, ()> for P {}

#[diagnostic::do_not_recommend]
impl<P, Q, C, L> ServesAll<Q, (C, L)> for P where P: ServesOne<Q, C> + ServesAll<Q, L> {}

/// A provider with one capability that a prompt requires; both are named in the message.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not support `{C}`, which the prompt `{Q}` requires",
    label = "no `{C}` here",
    note = "call the prompt on a provider that implements `Supports<{C}>`"
)]
pub trait ServesOne<Q, C> {}

#[diagnostic::do_not_recommend]
impl<P: Supports<C>, Q, C> ServesOne<Q, C> for P {}
