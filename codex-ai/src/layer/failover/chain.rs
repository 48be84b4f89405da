//! The providers of a chain, and what all of them can do.

use crate::capability::Supports;
use crate::image::{GenerateImage, GenerateImagen};
use crate::provider::{AnyProvider, Provider};

/// Providers in order: `(((), A), B)` for a typed chain, `Vec<AnyProvider>` for one put together at run time. Made by
/// [`FailoverBuilder`](super::FailoverBuilder).
pub trait Chain: sealed::Sealed + Send + Sync + 'static {
    /// How many there are.
    #[doc(hidden)]
    fn count(&self) -> usize;

    /// The provider of this number, from 0.
    #[doc(hidden)]
    fn provider(&self, index: usize) -> Option<&dyn Provider>;

    /// Whether the routes, or what one of them supports, are known at run time alone.
    #[doc(hidden)]
    fn is_dynamic(&self) -> bool {
        (0..self.count()).filter_map(|index| self.provider(index)).any(Provider::is_dynamic)
    }
}

/// A [`Chain`] of which every provider makes images.
#[diagnostic::on_unimplemented(
    message = "not every route of this chain makes images",
    note = "leave out the routes that do not implement `GenerateImage`, or ask one of the providers by itself"
)]
pub trait ImageChain: Chain {
    /// The provider of this number, from 0.
    #[doc(hidden)]
    fn image_source(&self, index: usize) -> Option<&dyn GenerateImage>;
}

/// A [`Chain`] of which every provider has Imagen.
#[diagnostic::on_unimplemented(
    message = "not every route of this chain has Imagen",
    note = "leave out the routes that do not implement `GenerateImagen`, or ask one of the providers by itself"
)]
pub trait ImagenChain: Chain {
    /// The provider of this number, from 0.
    #[doc(hidden)]
    fn imagen_source(&self, index: usize) -> Option<&dyn GenerateImagen>;
}

impl Chain for () {
    fn count(&self) -> usize {
        0
    }

    fn provider(&self, _: usize) -> Option<&dyn Provider> {
        None
    }
}

impl ImageChain for () {
    fn image_source(&self, _: usize) -> Option<&dyn GenerateImage> {
        None
    }
}

impl ImagenChain for () {
    fn imagen_source(&self, _: usize) -> Option<&dyn GenerateImagen> {
        None
    }
}

impl<L: Chain, P: Provider> Chain for (L, P) {
    fn count(&self) -> usize {
        self.0.count() + 1
    }

    fn provider(&self, index: usize) -> Option<&dyn Provider> {
        if index == self.0.count() { Some(&self.1) } else { self.0.provider(index) }
    }
}

impl<L: ImageChain, P: Provider + GenerateImage> ImageChain for (L, P) {
    fn image_source(&self, index: usize) -> Option<&dyn GenerateImage> {
        if index == self.0.count() { Some(&self.1) } else { self.0.image_source(index) }
    }
}

impl<L: ImagenChain, P: Provider + GenerateImagen> ImagenChain for (L, P) {
    fn imagen_source(&self, index: usize) -> Option<&dyn GenerateImagen> {
        if index == self.0.count() { Some(&self.1) } else { self.0.imagen_source(index) }
    }
}

impl Chain for Vec<AnyProvider> {
    fn count(&self) -> usize {
        self.len()
    }

    fn provider(&self, index: usize) -> Option<&dyn Provider> {
        self.get(index).map(|provider| provider as _)
    }
}

impl ImageChain for Vec<AnyProvider> {
    fn image_source(&self, index: usize) -> Option<&dyn GenerateImage> {
        self.get(index).map(|provider| provider as _)
    }
}

impl ImagenChain for Vec<AnyProvider> {
    fn imagen_source(&self, index: usize) -> Option<&dyn GenerateImagen> {
        self.get(index).map(|provider| provider as _)
    }
}

impl<C, Q> Supports<C, Q> for () {}

/// A chain supports what all of its routes support.
impl<L: Supports<C, Q>, P: Supports<C, Q>, C, Q> Supports<C, Q> for (L, P) {}

/// The routes are checked when a dispatcher is built.
impl<C, Q> Supports<C, Q> for Vec<AnyProvider> {}

mod sealed {
    use super::AnyProvider;

    /// No chains but those of this module.
    pub trait Sealed {}

    impl Sealed for () {}
    impl<L, P> Sealed for (L, P) {}
    impl Sealed for Vec<AnyProvider> {}
}
