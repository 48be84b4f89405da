//! The paths that generated code uses.

use proc_macro2::TokenStream;
use quote::quote;

/// Where generated code finds the library.
#[derive(Clone)]
pub(crate) struct Paths {
    /// The crate: `::codex_ai`, or what `crate = ..` says.
    pub(crate) krate: TokenStream,
}

impl Default for Paths {
    fn default() -> Self {
        Self { krate: quote!(::codex_ai) }
    }
}

impl Paths {
    /// Reads the value of a `crate` key: an absolute path, `::facade::codex_ai` or `crate::x`.
    pub(crate) fn from_path(path: &syn::Path) -> Option<Self> {
        let absolute =
            path.leading_colon.is_some() || path.segments.first().is_some_and(|first| first.ident == "crate");
        absolute.then(|| Self { krate: quote!(#path) })
    }

    /// The hidden module for generated code.
    pub(crate) fn private(&self) -> TokenStream {
        let krate = &self.krate;
        quote!(#krate::__private)
    }
}
