//! An `impl` block and its items. The items stay tokens, so that half-typed code in one leaves the others alone.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::quote;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, ItemImpl, Token};

/// What stands below `#[prompts]`.
pub(super) enum Item {
    /// An `impl` block.
    Impl(Box<Impl>),
    /// Something else; the token is the first that tells what.
    Other(TokenStream),
}

/// An `impl` block as the user wrote it.
pub(super) struct Impl {
    /// The block without its items.
    pub(super) head: ItemImpl,
    /// The braces.
    pub(super) body: Group,
}

/// An item of the block.
pub(super) struct Member {
    /// The first of its attributes that is ours.
    pub(super) ours: Option<Attribute>,
    /// The item without it.
    pub(super) tokens: TokenStream,
}

/// Reads the item.
pub(super) fn item(tokens: TokenStream) -> syn::Result<Item> {
    let Some(keyword) = keyword.parse2(tokens.clone())? else {
        let mut trees: Vec<TokenTree> = tokens.into_iter().collect();
        // The block ends with its braces; without its items the rest is small and whole.
        let body = match trees.pop() {
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => group,
            last => {
                trees.extend(last);
                return Err(syn::parse2::<ItemImpl>(trees.into_iter().collect()).err().unwrap_or_else(|| {
                    syn::Error::new(proc_macro2::Span::call_site(), crate::messages::not_an_impl())
                }));
            }
        };
        let head: TokenStream = trees.into_iter().collect();
        let head = syn::parse2(quote!(#head {}))?;
        return Ok(Item::Impl(Box::new(Impl { head, body })));
    };
    Ok(Item::Other(keyword))
}

/// What the item begins with, unless that is `impl`.
fn keyword(input: ParseStream<'_>) -> syn::Result<Option<TokenStream>> {
    input.call(Attribute::parse_outer)?;
    input.parse::<Option<Token![default]>>()?;
    input.parse::<Option<Token![unsafe]>>()?;
    let is_impl = input.peek(Token![impl]);
    let first: TokenTree = input.parse()?;
    input.parse::<TokenStream>()?;
    Ok((!is_impl).then(|| first.into()))
}

/// Takes the block apart. Where an item ends is of no interest unless it is a function of ours, so an odd one does no harm.
pub(super) fn members(body: TokenStream, is_ours: fn(&Attribute) -> bool) -> Vec<Member> {
    let parser = |input: ParseStream<'_>| {
        let mut members = Vec::new();
        while !input.is_empty() {
            members.push(member(input, is_ours)?);
        }
        Ok(members)
    };
    let kept = body.clone();
    parser.parse2(body).unwrap_or_else(|_: syn::Error| vec![Member { ours: None, tokens: kept }])
}

fn member(input: ParseStream<'_>, is_ours: fn(&Attribute) -> bool) -> syn::Result<Member> {
    let mut tokens = TokenStream::new();
    let mut ours = None;
    while input.peek(Token![#]) {
        let ahead = input.fork();
        match ahead.call(single_attribute) {
            Ok(attr) if ours.is_none() && is_ours(&attr) => {
                input.call(single_attribute)?;
                ours = Some(attr);
            }
            // Half an attribute stays as it is, as do all others.
            Ok(_) | Err(_) => {
                tokens.extend([input.parse::<TokenTree>()?]);
                if input.peek(syn::token::Bracket) {
                    tokens.extend([input.parse::<TokenTree>()?]);
                }
            }
        }
    }
    while !input.is_empty() {
        let tree: TokenTree = input.parse()?;
        let ends = match &tree {
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            TokenTree::Punct(punct) => punct.as_char() == ';',
            _ => false,
        };
        tokens.extend([tree]);
        if ends {
            break;
        }
    }
    Ok(Member { ours, tokens })
}

fn single_attribute(input: ParseStream<'_>) -> syn::Result<Attribute> {
    let pound: Token![#] = input.parse()?;
    let group: Group = input.parse()?;
    let mut attrs = Attribute::parse_outer.parse2(quote!(#pound #group))?;
    attrs.pop().ok_or_else(|| input.error("expected an attribute"))
}
