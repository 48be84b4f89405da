//! From tokens to syntax. Reads attributes, visibility and signature; the body stays one opaque group.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, Signature, Token, Visibility};

/// What stands below `#[prompt]`.
pub(crate) enum Item {
    /// A function, with or without a body.
    Function(Box<Function>),
    /// Something else; the token is the keyword that tells what.
    Other(TokenStream),
}

/// A function as the user wrote it.
#[derive(Clone)]
pub(crate) struct Function {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    /// The braces, or the semicolon of a function without a body.
    pub(crate) body: Body,
}

#[derive(Clone)]
pub(crate) enum Body {
    Braces(TokenTree),
    Semicolon(Token![;]),
}

/// Reads the item.
pub(crate) fn item(tokens: TokenStream) -> syn::Result<Item> {
    Item::parse.parse2(tokens)
}

impl Parse for Item {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis: Visibility = input.parse()?;
        if !is_function(input) {
            let keyword: TokenTree = input.parse()?;
            input.parse::<TokenStream>()?;
            return Ok(Self::Other(keyword.into()));
        }
        let sig: Signature = input.parse()?;
        let body = if input.peek(Token![;]) { Body::Semicolon(input.parse()?) } else { Body::Braces(input.parse()?) };
        Ok(Self::Function(Box::new(Function { attrs, vis, sig, body })))
    }
}

/// The `=` of an argument such as `max: u8 = 3`, which is no Rust.
pub(super) fn default_value(tokens: TokenStream) -> Option<TokenTree> {
    let arguments = tokens.into_iter().find_map(|tree| match tree {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => Some(group.stream()),
        _ => None,
    })?;
    let mut before = None;
    arguments.into_iter().find(|tree| {
        let last = before.replace(tree.clone());
        let alone =
            matches!(tree, TokenTree::Punct(punct) if punct.as_char() == '=' && punct.spacing() == Spacing::Alone);
        alone && !matches!(last, Some(TokenTree::Punct(punct)) if matches!(punct.as_char(), '=' | '<' | '>' | '!'))
    })
}

/// Looks past the qualifiers for `fn`.
fn is_function(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    while !ahead.is_empty() {
        if ahead.peek(Token![fn]) {
            return true;
        }
        let qualifier = ahead.peek(Token![const])
            || ahead.peek(Token![async])
            || ahead.peek(Token![unsafe])
            || ahead.peek(Token![extern])
            || ahead.peek(syn::LitStr);
        if !qualifier || ahead.parse::<TokenTree>().is_err() {
            return false;
        }
    }
    false
}
