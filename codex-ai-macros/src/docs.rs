//! Doc comments: text or macro calls, kept as expressions.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// The `#[doc = ..]` attributes among `attrs`, as they are.
pub(crate) fn attributes(attrs: &[Attribute]) -> Vec<&Attribute> {
    attrs.iter().filter(|attr| attr.path().is_ident("doc")).collect()
}

/// The text as an expression of type `&'static str`: a literal, or a `concat!` where a macro such as `include_str!`
/// stands in it.
pub(crate) fn text(attrs: &[Attribute]) -> TokenStream {
    let lines: Vec<&Expr> = attributes(attrs)
        .into_iter()
        .filter_map(|attr| match &attr.meta {
            Meta::NameValue(pair) => Some(&pair.value),
            _ => None,
        })
        .collect();
    let literals: Option<Vec<String>> = lines
        .iter()
        .map(|line| match line {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        })
        .collect();
    match literals {
        Some(texts) => {
            let text = join(&texts);
            quote!(#text)
        }
        None => quote!(::core::concat!(#(#lines, "\n"),*).trim_ascii()),
    }
}

/// Joins the lines of a doc comment; the one space behind `///` goes.
pub(crate) fn join(lines: &[String]) -> String {
    let text: Vec<String> = lines
        .iter()
        .flat_map(|block| block.split('\n'))
        .map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end().to_owned())
        .collect();
    text.join("\n").trim().to_owned()
}
