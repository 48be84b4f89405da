//! `#[tool]`: parse, check, expand, as for `#[prompt]`; on a mistake the function comes back with a tool that nobody can
//! call.

mod check;
mod expand;
mod model;
pub(crate) mod path;

use proc_macro2::TokenStream;

use crate::diag::Diag;
use crate::messages;
use crate::prompt::{Item, clean_function, item};

/// Expands `#[tool(attr)] item`.
pub(crate) fn expand(attr: TokenStream, tokens: TokenStream) -> TokenStream {
    let mut diag = Diag::of_tools();
    let function = match item(tokens.clone()) {
        Ok(Item::Function(function)) => function,
        Ok(Item::Other(keyword)) => {
            diag.error(keyword, messages::not_a_function());
            return kept(tokens, diag);
        }
        Err(error) => {
            diag.push(error);
            return kept(tokens, diag);
        }
    };
    let mut output = clean_function(&function);
    output.extend(check::check(attr, &function, None, &mut diag).map(|tool| expand::tool(&tool)));
    output.extend(diag.finish());
    output
}

/// An item that is no function, or one that does not parse: it stays as it is.
fn kept(item: TokenStream, diag: Diag) -> TokenStream {
    let mut tokens = item;
    tokens.extend(diag.finish());
    tokens
}
