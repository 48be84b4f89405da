//! `#[prompts]`: the functions of an `impl` block as prompts. The block stays; what they are made of stands beside it.

mod check;
mod parse;

use proc_macro2::{Group, TokenStream};
use quote::ToTokens;
use syn::Attribute;

use crate::diag::Diag;
use crate::messages;
use crate::{prompt, tool};
use parse::{Item, Member};

/// Expands `#[prompts(attr)] item`.
pub(crate) fn expand(attr: TokenStream, item: TokenStream) -> TokenStream {
    let mut diag = Diag::default();
    let block = match parse::item(item.clone()) {
        Ok(Item::Impl(block)) => block,
        Ok(Item::Other(keyword)) => {
            diag.error(keyword, messages::not_an_impl());
            return with_errors(item, diag);
        }
        Err(error) => {
            diag.push(error);
            return with_errors(item, diag);
        }
    };
    let owner = check::owner(attr, &block.head, &mut diag);
    let members = parse::members(block.body.stream(), is_ours);
    if !members.iter().any(|member| member.ours.is_some()) && !diag.has_errors() {
        diag.push(syn::Error::new(proc_macro2::Span::call_site(), messages::no_prompt_inside()));
    }
    let (mut inside, mut beside) = (TokenStream::new(), TokenStream::new());
    for Member { ours, tokens } in members {
        let Some(ours) = ours else {
            inside.extend(tokens);
            continue;
        };
        let keys = keys(&ours, &mut diag);
        let expanded = if prompt::is_tool(&ours) {
            tool::in_impl(keys, tokens, &owner, &mut diag)
        } else {
            prompt::in_impl(keys, tokens, &owner, &mut diag)
        };
        inside.extend(prompt::done(&ours));
        inside.extend(expanded.inside);
        beside.extend(expanded.beside);
    }
    let mut body = Group::new(block.body.delimiter(), inside);
    body.set_span(block.body.span());
    let mut tokens = head(&block.head);
    tokens.extend(body.to_token_stream());
    tokens.extend(beside);
    with_errors(tokens, diag)
}

fn with_errors(mut tokens: TokenStream, diag: Diag) -> TokenStream {
    tokens.extend(diag.finish());
    tokens
}

/// Whether it is our `#[prompt]` or `#[tool]`, by any path.
fn is_ours(attr: &Attribute) -> bool {
    prompt::is_prompt(attr) || prompt::is_tool(attr)
}

/// What stands in the parentheses of `#[prompt(..)]`.
fn keys(attr: &Attribute, diag: &mut Diag) -> TokenStream {
    match &attr.meta {
        syn::Meta::Path(_) => TokenStream::new(),
        syn::Meta::List(list) => list.tokens.clone(),
        syn::Meta::NameValue(pair) => {
            diag.error(pair, messages::attribute_takes_list());
            TokenStream::new()
        }
    }
}

/// All of the block up to its braces.
fn head(head: &syn::ItemImpl) -> TokenStream {
    let mut trees: Vec<_> = head.to_token_stream().into_iter().collect();
    trees.pop();
    trees.into_iter().collect()
}
