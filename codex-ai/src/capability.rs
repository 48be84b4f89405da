//! What a prompt needs of a provider, as types that the compiler checks and as values that a program can read.
//!
//! `#[prompt(requires(images, tools, strict_schema))]` says what a prompt needs; an argument of type
//! [`Image`](crate::Image) and the key `tools(..)` imply it. A provider says what it has in two ways: by [`Supports`] to the
//! compiler, and by [`Provider::supports`](crate::Provider::supports) to the running program.
//!
//! ```
//! use codex_ai::capability::Images;
//! use codex_ai::{BoxFuture, Capability, Provider, Reply, Request, Result, Supports};
//!
//! /// A model of one's own that takes pictures.
//! struct Eyes;
//!
//! impl Provider for Eyes {
//!     fn name(&self) -> &str {
//!         "eyes"
//!     }
//!
//!     fn generate<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Reply>> {
//!         Box::pin(async move { Ok(Reply::from_text("eyes-1", "a fox")) })
//!     }
//!
//!     // For `AnyProvider`, and for calls by name.
//!     fn supports(&self, capability: Capability, _model: Option<&str>) -> bool {
//!         capability == Capability::IMAGES
//!     }
//! }
//!
//! // For the compiler, where the provider is known by its type.
//! impl<Q> Supports<Images, Q> for Eyes {}
//! ```

use std::fmt;

use crate::prompt::PromptDef;

/// Something that not every provider can do.
///
/// The values are constants and no variants, so that the types [`Images`], [`Tools`] and [`StrictSchema`] are the only items
/// of their names: the compiler writes such a name without its path.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Capability(Kind);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Kind {
    Images,
    Tools,
    StrictSchema,
}

impl Capability {
    /// Takes pictures in messages.
    pub const IMAGES: Self = Self(Kind::Images);
    /// Lets the model call tools of the program.
    pub const TOOLS: Self = Self(Kind::Tools);
    /// Holds the answer to a schema while the model writes it.
    pub const STRICT_SCHEMA: Self = Self(Kind::StrictSchema);

    /// The name in `#[prompt(requires(..))]`.
    pub const fn name(self) -> &'static str {
        match self.0 {
            Kind::Images => "images",
            Kind::Tools => "tools",
            Kind::StrictSchema => "strict_schema",
        }
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Debug for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The capability [`Capability::IMAGES`] as a type.
#[derive(Debug, Clone, Copy)]
pub struct Images;

/// The capability [`Capability::TOOLS`] as a type.
#[derive(Debug, Clone, Copy)]
pub struct Tools;

/// The capability [`Capability::STRICT_SCHEMA`] as a type.
#[derive(Debug, Clone, Copy)]
pub struct StrictSchema;

impl Images {
    const VALUE: Capability = Capability::IMAGES;
}

impl Tools {
    const VALUE: Capability = Capability::TOOLS;
}

impl StrictSchema {
    const VALUE: Capability = Capability::STRICT_SCHEMA;
}

/// A provider with a capability, [`Images`], [`Tools`] or [`StrictSchema`], for a prompt `Q`.
///
/// It is implemented for all prompts at once, `impl<Q> Supports<Images, Q> for Mine {}`; the prompt is there so that the
/// compiler can name it. A layer has what its provider has, a chain what all of its routes have. What is known at run time
/// alone ([`AnyProvider`](crate::AnyProvider), [`Routes`](crate::provider::Routes), a server by its profile) passes here and
/// is checked when a dispatcher is built.
#[diagnostic::on_unimplemented(
    message = "the provider `{Self}` does not support `{C}`, which the prompt `{Q}` requires",
    label = "cannot serve `{Q}`",
    note = "call `{Q}` on a provider that supports `{C}`, or leave this one out of the chain"
)]
pub trait Supports<C, Q> {}

/// The methods of a [`Provider`](crate::Provider) that tell what it supports, handed on to the one within.
macro_rules! supports_as {
    ($self:ident => $inner:expr) => {
        fn supports(&$self, capability: $crate::Capability, model: Option<&str>) -> bool {
            $inner.supports(capability, model)
        }

        fn route_without(&$self, capability: $crate::Capability, model: Option<&str>) -> Option<String> {
            $inner.route_without(capability, model)
        }

        fn is_dynamic(&$self) -> bool {
            $inner.is_dynamic()
        }
    };
}
pub(crate) use supports_as;

/// A provider with all that the prompt `Q` requires, which is `L`. It is never implemented by hand.
#[diagnostic::on_unimplemented(
    message = "the provider `{Self}` does not support `{L}`, which the prompt `{Q}` requires",
    label = "cannot serve `{Q}`",
    note = "call `{Q}` on a provider that does; one of your own says what it can by `impl<Q> Supports<.., Q> for {Self}`"
)]
pub trait Serves<Q, L = <Q as PromptDef>::Requires> {}

/// What a prompt requires, as values.
#[doc(hidden)]
pub trait Required {
    const ALL: &'static [Capability];
}

/// For each list of capabilities, in the order of [`Capability`].
macro_rules! lists {
    ($($list:ty: [$($capability:ident),*];)+) => {
        $(
            impl<P: ?Sized, Q> Serves<Q, $list> for P where $(P: Supports<$capability, Q>),* {}

            impl Required for $list {
                const ALL: &'static [Capability] = &[$($capability::VALUE),*];
            }
        )+
    };
}

lists! {
    (): [];
    Images: [Images];
    Tools: [Tools];
    StrictSchema: [StrictSchema];
    (Images, Tools): [Images, Tools];
    (Images, StrictSchema): [Images, StrictSchema];
    (Tools, StrictSchema): [Tools, StrictSchema];
    (Images, Tools, StrictSchema): [Images, Tools, StrictSchema];
}

/// What a prompt requires, for its entry.
#[doc(hidden)]
pub const fn requires<Q: PromptDef<Requires: Required>>() -> &'static [Capability] {
    <Q::Requires as Required>::ALL
}

/// What a prompt requires whose arguments read `Image`: a type of the user's own with this name implies nothing.
#[doc(hidden)]
pub trait Choose<With, Without> {
    type List;
}

#[doc(hidden)]
#[derive(Debug)]
pub enum When<const HOLDS: bool> {}

impl<With, Without> Choose<With, Without> for When<true> {
    type List = With;
}

impl<With, Without> Choose<With, Without> for When<false> {
    type List = Without;
}

#[doc(hidden)]
#[derive(Debug)]
pub struct Reads<T: ?Sized>(std::marker::PhantomData<T>);

impl Reads<crate::message::Image> {
    /// It is the library's own. This one goes before that of the trait.
    pub const IMAGE: bool = true;
}

#[doc(hidden)]
pub trait ReadsAny {
    const IMAGE: bool = false;
}

impl<T: ?Sized> ReadsAny for Reads<T> {}
