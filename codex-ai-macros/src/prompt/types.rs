//! A look at types, for the sake of carets and of `Option`.

use proc_macro2::{TokenStream, TokenTree};
use syn::{Ident, Type};

/// The last segment's name and its first type argument.
pub(crate) fn generic_argument(ty: &Type) -> Option<(&Ident, &Type)> {
    let Type::Path(path) = peel(ty) else { return None };
    let last = path.path.segments.last()?;
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    let first = arguments.args.iter().find_map(|argument| match argument {
        syn::GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })?;
    Some((&last.ident, first))
}

/// Looks through the invisible groups of `macro_rules!` and through parentheses.
pub(crate) fn peel(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => peel(&group.elem),
        Type::Paren(paren) => peel(&paren.elem),
        ty => ty,
    }
}

/// Whether it is `str`, `[T]` or `dyn Trait` by its looks: without a reference, such a type can be in no field.
pub(crate) fn is_unsized(ty: &Type) -> bool {
    match peel(ty) {
        Type::Slice(_) | Type::TraitObject(_) => true,
        Type::Path(path) => path.qself.is_none() && path.path.is_ident("str"),
        _ => false,
    }
}

/// Whether there is a `_` that rustc is to infer, as in `Vec<_>`.
pub(super) fn has_placeholder(tokens: TokenStream) -> bool {
    let mut lifetime = false;
    tokens.into_iter().any(|tree| {
        // `'_` is a lifetime.
        let after_quote =
            std::mem::replace(&mut lifetime, matches!(&tree, TokenTree::Punct(punct) if punct.as_char() == '\''));
        match tree {
            TokenTree::Ident(ident) => ident == "_" && !after_quote,
            TokenTree::Group(group) => has_placeholder(group.stream()),
            _ => false,
        }
    })
}
