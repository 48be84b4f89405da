//! `#[prompt]`: parse, check, expand; on a mistake the function comes back with what can be kept of its prompt.

mod arguments;
mod builder;
mod check;
mod entry;
mod expand;
mod fallback;
mod model;
mod options;
mod parse;
#[cfg(test)]
mod tests;
mod types;

use proc_macro2::TokenStream;

use crate::diag::Diag;
use crate::messages;
pub(crate) use arguments::arguments;
use check::Checked;
pub(crate) use check::{find_self, is_forwarded, is_tool, plain_name, signature};
pub(crate) use entry::{arg_info, is_text, read_type};
pub(crate) use fallback::clean_function;
pub(crate) use model::{Arg, ArgDefault};
pub(crate) use options::{crate_path, shown, string};
pub(crate) use parse::{Body, Function, Item, item};
pub(crate) use types::{generic_argument, peel};

/// Expands `#[prompt(attr)] item`.
pub(crate) fn expand(attr: TokenStream, item: TokenStream) -> TokenStream {
    let mut diag = Diag::default();
    let function = match parse::item(item.clone()) {
        Ok(Item::Function(function)) => function,
        Ok(Item::Other(keyword)) => {
            diag.error(keyword, messages::not_a_function());
            return fallback::item(item, diag);
        }
        Err(error) => {
            diag.push(error);
            return fallback::item(item, diag);
        }
    };
    let mut tokens = clean_function(&function);
    tokens.extend(match check::check(attr, &function, &mut diag) {
        Checked::Good(prompt) => expand::prompt(&prompt, expand::Body::Calls),
        Checked::Known(prompt) => expand::prompt(&prompt, expand::Body::Refuses),
        Checked::Named { marker, paths } => fallback::marker(&function, &marker, &paths),
        Checked::Bare => TokenStream::new(),
    });
    tokens.extend(diag.finish());
    tokens
}
