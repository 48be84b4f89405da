//! The paths that generated code uses.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// Where generated code finds the library.
#[derive(Clone)]
pub(crate) struct Paths {
    /// The crate: `::codex_ai`, or what `crate = ..` says.
    pub(crate) krate: TokenStream,
    /// The import of the hidden module, where the generated code has one.
    pub(crate) library: Option<Ident>,
}

impl Default for Paths {
    fn default() -> Self {
        Self { krate: quote!(::codex_ai), library: None }
    }
}

impl Paths {
    /// Reads the value of a `crate` key: an absolute path, `::facade::codex_ai` or `crate::x`.
    pub(crate) fn from_path(path: &syn::Path) -> Option<Self> {
        let absolute =
            path.leading_colon.is_some() || path.segments.first().is_some_and(|first| first.ident == "crate");
        absolute.then(|| Self { krate: quote!(#path), library: None })
    }

    /// The hidden module for generated code: by its import, which is less to compile, or else by its path.
    pub(crate) fn private(&self) -> TokenStream {
        match &self.library {
            Some(library) => quote!(#library),
            None => self.private_path(),
        }
    }

    /// The hidden module by its path.
    pub(crate) fn private_path(&self) -> TokenStream {
        let krate = &self.krate;
        quote!(#krate::__private)
    }
}
