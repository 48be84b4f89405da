//! Collects mistakes, so that one look shows them all.

use proc_macro2::TokenStream;
use quote::ToTokens;

use crate::messages::Subject;

/// The mistakes found so far. Whoever makes one must ask for the result by [`Diag::finish`].
#[derive(Default)]
pub(crate) struct Diag {
    errors: Option<syn::Error>,
    /// What the rules are told of.
    pub(crate) subject: Subject,
}

impl Diag {
    /// For mistakes in what stands below `#[tool]`.
    pub(crate) fn of_tools() -> Self {
        Self { subject: Subject::Tool, ..Self::default() }
    }

    /// Reports `message` at the user's own `tokens`.
    pub(crate) fn error(&mut self, tokens: impl ToTokens, message: impl Into<String>) {
        // Converted before the generic constructor is called, so that it is compiled once.
        let tokens = tokens.into_token_stream();
        self.push(syn::Error::new_spanned(tokens, message.into()));
    }

    /// Reports an error of the parser.
    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.errors {
            Some(errors) => errors.combine(error),
            none => *none = Some(error),
        }
    }

    /// Takes over what another collected.
    pub(crate) fn extend(&mut self, other: Self) {
        if let Some(errors) = other.errors {
            self.push(errors);
        }
    }

    /// Whether a mistake was found.
    pub(crate) fn has_errors(&self) -> bool {
        self.errors.is_some()
    }

    /// All mistakes as `compile_error!` calls, or nothing.
    pub(crate) fn finish(self) -> Option<TokenStream> {
        self.errors.map(|errors| errors.to_compile_error())
    }
}

/// Runs an attribute's expansion; a panic in it becomes an error that asks for a report, and the user's item stays.
pub(crate) fn guard(item: TokenStream, expand: impl FnOnce(TokenStream) -> TokenStream) -> TokenStream {
    let kept = item.clone();
    guarded(item, kept, expand)
}

/// As [`guard`] for a derive, where rustc keeps the item.
pub(crate) fn guard_derive(item: TokenStream, expand: impl FnOnce(TokenStream) -> TokenStream) -> TokenStream {
    guarded(item, TokenStream::new(), expand)
}

fn guarded(item: TokenStream, kept: TokenStream, expand: impl FnOnce(TokenStream) -> TokenStream) -> TokenStream {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| expand(item))).unwrap_or_else(|panic| {
        let cause = panic
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "unknown cause".to_owned());
        let error = syn::Error::new(proc_macro2::Span::call_site(), crate::messages::panicked(&cause));
        let mut tokens = error.to_compile_error();
        tokens.extend(kept);
        tokens
    })
}
