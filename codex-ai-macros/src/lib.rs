//! The macros of `codex-ai`.

#[cfg(test)]
mod broken;
mod diag;
mod docs;
mod keys;
mod messages;
mod names;
mod paths;
mod pretty;
mod prompt;
mod schema;
mod suggest;

use proc_macro::TokenStream;
use quote::ToTokens;

/// Makes an async function a prompt.
#[proc_macro_attribute]
pub fn prompt(attr: TokenStream, item: TokenStream) -> TokenStream {
    diag::guard(item.into(), |item| prompt::expand(attr.into(), item)).into()
}

/// Gives a type a schema that a model can follow.
#[proc_macro_derive(LlmSchema, attributes(llm, serde, schemars, validate, garde))]
pub fn llm_schema(item: TokenStream) -> TokenStream {
    diag::guard_derive(item.into(), schema::expand).into()
}

fn tokens(syntax: impl ToTokens) -> proc_macro2::TokenStream {
    syntax.into_token_stream()
}
