//! The parser for `key = value` lists, as in `#[prompt(..)]`, `#[arg(..)]` and `#[llm(..)]`.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Ident, parse::Parser};

use crate::diag::Diag;
use crate::messages;

/// One `key = value`, or a `key` alone.
pub(crate) struct Entry {
    pub(crate) key: Ident,
    /// The tokens behind `=`; `None` for a key alone.
    pub(crate) value: Option<TokenStream>,
}

impl Entry {
    /// The key as text; `crate` and other keywords are keys like any other.
    pub(crate) fn name(&self) -> String {
        self.key.to_string()
    }
}

/// What an attribute of ours allows.
pub(crate) struct Spec {
    /// The attribute as users write it: `#[prompt]`.
    pub(crate) attribute: &'static str,
    /// All keys.
    pub(crate) keys: &'static [&'static str],
    /// Keys that may stand alone.
    pub(crate) bare: &'static [&'static str],
    /// What to write, as an example: `mode = "x"`.
    pub(crate) example: &'static str,
}

/// Parses a list. What is wrong is reported and left out; what is right comes back.
pub(crate) fn parse(tokens: TokenStream, spec: &Spec, diag: &mut Diag) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for chunk in split_commas(tokens) {
        let Some(entry) = parse_entry(chunk, spec, diag) else { continue };
        let name = entry.name();
        if !spec.keys.contains(&name.as_str()) {
            diag.error(&entry.key, messages::unknown_key(&name, spec));
        } else if entries.iter().any(|earlier| earlier.key == entry.key) {
            diag.error(&entry.key, messages::duplicate_key(&name));
        } else {
            entries.push(entry);
        }
    }
    entries
}

fn parse_entry(chunk: Vec<TokenTree>, spec: &Spec, diag: &mut Diag) -> Option<Entry> {
    let mut rest = chunk.into_iter();
    let first = rest.next()?;
    let TokenTree::Ident(key) = first else {
        diag.error(&first, messages::expected_key_value(spec));
        return None;
    };
    let name = key.to_string();
    match rest.next() {
        Some(TokenTree::Punct(punct)) if punct.as_char() == '=' => {
            let value: TokenStream = rest.collect();
            if value.is_empty() {
                diag.error(&key, messages::key_takes_value(&name, spec));
                return None;
            }
            Some(Entry { key, value: Some(value) })
        }
        None if spec.bare.contains(&name.as_str()) => Some(Entry { key, value: None }),
        _ if !spec.keys.contains(&name.as_str()) => {
            diag.error(&key, messages::unknown_key(&name, spec));
            None
        }
        _ => {
            diag.error(&key, messages::key_takes_value(&name, spec));
            None
        }
    }
}

/// Splits at commas that are in no brackets; `<` and `>` need no care, since types stand in no value of ours without
/// being the whole of it.
fn split_commas(tokens: TokenStream) -> Vec<Vec<TokenTree>> {
    let mut chunks = vec![Vec::new()];
    for token in tokens {
        match &token {
            TokenTree::Punct(punct) if punct.as_char() == ',' => chunks.push(Vec::new()),
            _ => {
                if let Some(chunk) = chunks.last_mut() {
                    chunk.push(token);
                }
            }
        }
    }
    chunks.retain(|chunk| !chunk.is_empty());
    chunks
}

/// Reads the value as `T`; the parser's own words are replaced by `message`.
pub(crate) fn value<T: syn::parse::Parse>(entry: &Entry, message: String, diag: &mut Diag) -> Option<T> {
    let tokens = ungroup(entry.value.clone()?);
    match T::parse.parse2(tokens.clone()) {
        Ok(value) => Some(value),
        Err(_) => {
            diag.error(tokens, message);
            None
        }
    }
}

/// Peels the invisible group that a `macro_rules!` fragment comes in.
pub(crate) fn ungroup(tokens: TokenStream) -> TokenStream {
    let mut trees = tokens.clone().into_iter();
    match (trees.next(), trees.next()) {
        (Some(TokenTree::Group(group)), None) if group.delimiter() == Delimiter::None => ungroup(group.stream()),
        _ => tokens,
    }
}

/// The same tokens, each lifetime in them replaced by `lifetime`, and one put behind each `&` that has none.
/// What stands inside `fn(..)` and `Fn(..)` has lifetimes of its own and stays.
pub(crate) fn with_lifetime(tokens: TokenStream, lifetime: &syn::Lifetime) -> TokenStream {
    let mut output = TokenStream::new();
    let mut trees = tokens.into_iter().peekable();
    let mut after_fn = false;
    // Inside the brackets of `for<'a>`.
    let mut binder = false;
    while let Some(tree) = trees.next() {
        if binder {
            binder = !matches!(&tree, TokenTree::Punct(punct) if punct.as_char() == '>');
            tree.to_tokens(&mut output);
            continue;
        }
        binder = matches!(&tree, TokenTree::Ident(ident) if ident == "for");
        let is_fn = matches!(&tree, TokenTree::Ident(ident) if ident == "fn" || ident == "Fn" || ident == "FnMut" || ident == "FnOnce");
        match tree {
            TokenTree::Punct(punct) if punct.as_char() == '&' => {
                punct.to_tokens(&mut output);
                if !matches!(trees.peek(), Some(TokenTree::Punct(next)) if next.as_char() == '\'') {
                    lifetime.to_tokens(&mut output);
                }
            }
            TokenTree::Punct(punct) if punct.as_char() == '\'' => match trees.next() {
                Some(TokenTree::Ident(name)) if name == "static" => {
                    punct.to_tokens(&mut output);
                    name.to_tokens(&mut output);
                }
                _ => lifetime.to_tokens(&mut output),
            },
            TokenTree::Group(group) if !(after_fn && group.delimiter() == Delimiter::Parenthesis) => {
                let mut inner = Group::new(group.delimiter(), with_lifetime(group.stream(), lifetime));
                inner.set_span(group.span());
                inner.to_tokens(&mut output);
            }
            other => other.to_tokens(&mut output),
        }
        after_fn = is_fn;
    }
    output
}

/// The spans of the first and the last token, so that what is put around a type can point at the whole of it.
pub(crate) fn ends(tokens: TokenStream) -> (Span, Span) {
    let mut trees = tokens.into_iter();
    let first = trees.next().map_or_else(Span::call_site, |tree| tree.span());
    (first, trees.last().map_or(first, |tree| tree.span()))
}

/// The same tokens, all with one span.
pub(crate) fn respanned(tokens: TokenStream, span: Span) -> TokenStream {
    tokens
        .into_iter()
        .map(|tree| match tree {
            TokenTree::Group(group) => {
                let mut group = Group::new(group.delimiter(), respanned(group.stream(), span));
                group.set_span(span);
                TokenTree::Group(group)
            }
            mut other => {
                other.set_span(span);
                other
            }
        })
        .collect()
}

/// Whether the tokens of a type mention a lifetime other than `'static`, or elide one behind `&`.
pub(crate) fn mentions_lifetime(tokens: TokenStream) -> bool {
    let marker = syn::Lifetime::new("'__mentioned", Span::call_site());
    let marked = with_lifetime(tokens, &marker);
    fn any(tokens: TokenStream) -> bool {
        tokens.into_iter().any(|tree| match tree {
            TokenTree::Ident(ident) => ident == "__mentioned",
            TokenTree::Group(group) => any(group.stream()),
            _ => false,
        })
    }
    any(marked)
}
