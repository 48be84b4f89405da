//! `#[tool]`: parse, check, expand, as for `#[prompt]`; on a mistake the function comes back with a tool that nobody can
//! call.

mod check;
mod expand;
mod model;
pub(crate) mod path;

use proc_macro2::TokenStream;

use crate::diag::Diag;
use crate::messages;
use crate::prompt::{Beside, Item, Owner, clean_function, is_done, item};

/// Expands `#[tool(attr)] item`.
pub(crate) fn expand(attr: TokenStream, tokens: TokenStream) -> TokenStream {
    if is_done(&attr) {
        return tokens;
    }
    let mut diag = Diag::of_tools();
    let function = match item(tokens.clone()) {
        Ok(Item::Function(function)) => function,
        Ok(Item::Other(keyword)) => {
            let message = messages::not_a_function(diag.subject, &keyword.to_string());
            diag.error(keyword, message);
            return kept(tokens, diag);
        }
        Err(error) => {
            diag.push(error);
            return kept(tokens, diag);
        }
    };
    let mut output = clean_function(&function, None);
    output.extend(check::check(attr, &function, None, &mut diag).map(|tool| expand::tool(&tool)));
    output.extend(diag.finish());
    output
}

/// Expands a function of an `impl` block with `#[prompts]`; `attr` is what stands in its `#[tool(..)]`.
pub(crate) fn in_impl(attr: TokenStream, tokens: TokenStream, owner: &Owner, diag: &mut Diag) -> Beside {
    let mut own = Diag::of_tools();
    let mut made = Beside { inside: tokens.clone(), beside: TokenStream::new() };
    match item(tokens) {
        Ok(Item::Function(function)) => {
            made.inside = clean_function(&function, None);
            let function = owner.lower_function(*function);
            made.beside.extend(check::check(attr, &function, Some(owner), &mut own).map(|tool| expand::tool(&tool)));
        }
        Ok(Item::Other(keyword)) => {
            let message = messages::not_a_function(diag.subject, &keyword.to_string());
            own.error(keyword, message);
        }
        Err(error) => own.push(error),
    }
    diag.extend(own);
    made
}

/// An item that is no function, or one that does not parse: it stays as it is.
fn kept(item: TokenStream, diag: Diag) -> TokenStream {
    let mut tokens = item;
    tokens.extend(diag.finish());
    tokens
}
