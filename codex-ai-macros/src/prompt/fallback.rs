//! What is emitted beside an error: the user's item, and what other code needs so that it does not fail too.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::FnArg;

use super::check::{is_ours_on_argument, is_prompt, is_tool};
use super::parse::{Body, Function};
use super::types::is_unsized;
use crate::diag::Diag;
use crate::paths::Paths;

/// An item that is no function, or one that does not parse: it stays as it is.
pub(super) fn item(item: TokenStream, diag: Diag) -> TokenStream {
    let mut tokens = item;
    tokens.extend(diag.finish());
    tokens
}

/// The function as the user wrote it, but for our attributes on it and on its arguments, and with a body made for it where
/// it has none.
pub(crate) fn clean_function(function: &Function, made: Option<TokenStream>) -> TokenStream {
    let mut sig = function.sig.clone();
    // `const async` is an error of rustc's own, and ours is there already.
    sig.constness = None;
    for input in &mut sig.inputs {
        match input {
            FnArg::Typed(input) => {
                input.attrs.retain(|attr| !is_ours_on_argument(attr));
                if is_unsized(&input.ty) {
                    // As our message says it should be, so that rustc does not repeat it.
                    let ty = &input.ty;
                    input.ty = syn::parse_quote!(&#ty);
                }
            }
            FnArg::Receiver(input) => input.attrs.retain(|attr| !is_ours_on_argument(attr)),
        }
    }
    let attrs = function.attrs.iter().filter(|attr| !is_prompt(attr) && !is_tool(attr));
    let vis = &function.vis;
    let mut generated = None;
    let body = match (&function.body, made) {
        (Body::Braces(group), _) => group.to_token_stream(),
        // A function without a body is an error of its own outside a trait; with an empty one there is only ours.
        (Body::Semicolon(_), Some(made)) => {
            // What a template is made into may have a parenthesis or a loop too many for taste.
            // The argument that a wrong template leaves out is no second mistake.
            generated = Some(quote!(#[allow(unused_parens, unused_variables, clippy::all, clippy::pedantic)]));
            made
        }
        (Body::Semicolon(semicolon), None) => semicolon.to_token_stream(),
    };
    quote! {
        #(#attrs)*
        // A prompt function is `async` whether it waits for something or not.
        #[allow(clippy::unused_async)]
        #generated
        #vis #sig #body
    }
}

/// The body of a function whose template has a mistake: nobody can run it.
pub(super) fn no_body() -> TokenStream {
    quote!({ ::core::future::pending().await })
}

/// A marker that names the prompt and nothing else.
pub(super) fn marker(function: &Function, marker: &Ident, paths: &Paths) -> TokenStream {
    let vis = &function.vis;
    let p = paths.private();
    quote! {
        #[doc(hidden)]
        #[allow(dead_code)]
        #vis struct #marker;
        #[automatically_derived]
        impl #p::PromptDef for #marker {
            const ENTRY: &'static #p::Entry = &#p::BROKEN;
            type Args<'__a> = ();
            type Returned = #p::Prompt;
            type State = #p::Stateless;
            type Requires = ();
            async fn run<'__a>(_state: &'__a #p::Stateless, _args: ()) -> #p::Prompt {
                ::core::future::pending().await
            }
        }
    }
}
