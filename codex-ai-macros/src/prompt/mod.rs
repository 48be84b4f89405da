//! `#[prompt]`: parse, check, expand; on a mistake the function comes back with what can be kept of its prompt.

mod arguments;
mod builder;
mod check;
mod entry;
mod expand;
mod fallback;
mod model;
mod needs;
mod options;
mod owner;
mod parse;
mod requires;
mod template;
#[cfg(test)]
mod tests;
mod types;

use proc_macro2::TokenStream;

use crate::diag::Diag;
use crate::messages;
pub(crate) use arguments::arguments;
use check::Checked;
pub(crate) use check::{check_receiver, find_self, is_forwarded, is_prompt, is_tool, plain_name, signature};
pub(crate) use entry::{arg_info, is_text, origin, read_type};
pub(crate) use fallback::clean_function;
pub(crate) use model::{Arg, ArgDefault, Capability, Vendor};
pub(crate) use options::{crate_path, shown, string};
pub(crate) use owner::{Beside, Owner};
pub(crate) use parse::{Body, Function, Item, item};
pub(crate) use types::{generic_argument, peel};

/// Expands `#[prompt(attr)] item`.
pub(crate) fn expand(attr: TokenStream, item: TokenStream) -> TokenStream {
    if is_done(&attr) {
        return item;
    }
    let mut diag = Diag::default();
    let function = match parse::item(item.clone()) {
        Ok(Item::Function(function)) => function,
        Ok(Item::Other(keyword)) => {
            let message = messages::not_a_function(diag.subject, &keyword.to_string());
            diag.error(keyword, message);
            return fallback::item(item, diag);
        }
        Err(error) => {
            match parse::default_value(item.clone()) {
                Some(equals) => diag.error(equals, messages::argument_default_value(diag.subject)),
                None => diag.push(error),
            }
            return fallback::item(item, diag);
        }
    };
    let (mut tokens, beside) = both(attr, &function, &function, None, &mut diag);
    tokens.extend(beside);
    tokens.extend(diag.finish());
    tokens
}

/// What `#[prompts]` leaves of an attribute in its block, so that its name is looked up, and an import of it is used.
pub(crate) fn done(attr: &syn::Attribute) -> TokenStream {
    let path = attr.path();
    quote::quote!(#[#path(@)])
}

/// Whether `#[prompts]` has done what there is to do.
pub(crate) fn is_done(attr: &TokenStream) -> bool {
    let mut trees = attr.clone().into_iter();
    matches!(trees.next(), Some(proc_macro2::TokenTree::Punct(punct)) if punct.as_char() == '@')
        && trees.next().is_none()
}

/// Expands a function of an `impl` block with `#[prompts]`; `attr` is what stands in its `#[prompt(..)]`.
pub(crate) fn in_impl(attr: TokenStream, item: TokenStream, owner: &Owner, diag: &mut Diag) -> Beside {
    let function = match parse::item(item.clone()) {
        Ok(Item::Function(function)) => function,
        Ok(Item::Other(keyword)) => {
            let message = messages::not_a_function(diag.subject, &keyword.to_string());
            diag.error(keyword, message);
            return Beside { inside: item, beside: TokenStream::new() };
        }
        Err(error) => {
            diag.push(error);
            return Beside { inside: item, beside: TokenStream::new() };
        }
    };
    let lowered = owner.lower_function(function.as_ref().clone());
    let (inside, beside) = both(attr, &function, &lowered, Some(owner), diag);
    Beside { inside, beside }
}

/// The function, and what stands beside it. `lowered` is the function as it reads outside the block that it stands in.
fn both(
    attr: TokenStream,
    function: &Function,
    lowered: &Function,
    owner: Option<&Owner>,
    diag: &mut Diag,
) -> (TokenStream, TokenStream) {
    let has_template = template::is_named(&attr);
    let checked = check::check(attr, lowered, owner, diag);
    let made = match &checked {
        Checked::Good(prompt) => prompt.template.as_ref().map(|template| template::body(prompt, template)),
        _ => has_template.then(fallback::no_body),
    };
    let function = clean_function(function, made);
    let beside = match checked {
        Checked::Good(prompt) => expand::prompt(&prompt, expand::Body::Calls),
        Checked::Known(prompt) => expand::prompt(&prompt, expand::Body::Refuses),
        Checked::Named { marker, paths } => fallback::marker(lowered, &marker, &paths),
        Checked::Bare => TokenStream::new(),
    };
    (function, beside)
}
