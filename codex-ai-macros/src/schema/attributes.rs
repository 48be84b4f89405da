//! The attributes of serde and schemars on a type, as the shape carries them.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Attribute, Meta};

/// The attributes that schemars understands, but for these keys of serde's.
pub(super) fn attributes<'a>(attrs: &'a [Attribute], without: &'a [&'a str]) -> impl Iterator<Item = TokenStream> + 'a {
    let known = ["serde", "schemars", "doc", "deprecated", "validate", "garde"];
    attrs.iter().filter(move |attr| known.iter().any(|name| attr.path().is_ident(name))).map(move |attr| {
        match &attr.meta {
            Meta::List(list) if list.path.is_ident("serde") => {
                let kept = split(list.tokens.clone());
                let kept = kept.into_iter().filter(|entry| !without.contains(&first_name(entry).as_str()));
                quote!(#[serde(#(#kept),*)])
            }
            _ => attr.to_token_stream(),
        }
    })
}

/// What is about serde's own code; and `default`, which [`Shape::default`] words anew.
pub(super) const NOT_OF_CONTAINERS: &[&str] = &["default", "crate", "bound", "expecting", "remote"];
pub(super) const NOT_OF_FIELDS: &[&str] = &["default", "bound", "with", "serialize_with", "deserialize_with"];
/// The same for a field whose default cannot be told.
pub(super) const NOT_OF_UNTOLD: &[&str] =
    &["default", "bound", "with", "serialize_with", "deserialize_with", "skip_serializing_if"];

/// Splits at commas.
pub(super) fn split(tokens: TokenStream) -> Vec<TokenStream> {
    let mut entries = vec![TokenStream::new()];
    for tree in tokens {
        match &tree {
            TokenTree::Punct(punct) if punct.as_char() == ',' => entries.push(TokenStream::new()),
            _ => {
                if let Some(entry) = entries.last_mut() {
                    entry.extend([tree]);
                }
            }
        }
    }
    entries.retain(|entry| !entry.is_empty());
    entries
}

pub(super) fn first_name(entry: &TokenStream) -> String {
    entry.clone().into_iter().next().map(|first| first.to_string()).unwrap_or_default()
}

/// The value of a key in `#[serde(..)]` or `#[schemars(..)]`: `Some(None)` for a key alone.
pub(super) fn serde_key(attrs: &[Attribute], key: &str) -> Option<Option<TokenStream>> {
    key_of(&["serde", "schemars"], attrs, key)
}

/// The keys of `#[serde(..)]` and `#[schemars(..)]`.
pub(super) fn serde_keys(attrs: &[Attribute]) -> Vec<String> {
    let ours = attrs.iter().filter(|attr| attr.path().is_ident("serde") || attr.path().is_ident("schemars"));
    let lists =
        ours.filter_map(|attr| if let Meta::List(list) = &attr.meta { Some(list.tokens.clone()) } else { None });
    lists.flat_map(split).map(|entry| first_name(&entry)).collect()
}

/// The same as [`serde_key`] for attributes of these names only.
pub(super) fn key_of(names: &[&str], attrs: &[Attribute], key: &str) -> Option<Option<TokenStream>> {
    attrs.iter().filter(|attr| names.iter().any(|name| attr.path().is_ident(name))).find_map(|attr| {
        let Meta::List(list) = &attr.meta else { return None };
        split(list.tokens.clone()).into_iter().find(|entry| first_name(entry) == key).map(|entry| {
            let value: TokenStream = entry.into_iter().skip(2).collect();
            (!value.is_empty()).then_some(value)
        })
    })
}
