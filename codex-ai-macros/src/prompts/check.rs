//! The rules of the block itself.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{GenericParam, ItemImpl, Type};

use crate::diag::Diag;
use crate::keys::{self, Spec};
use crate::messages;
use crate::paths::Paths;
use crate::prompt::{Owner, crate_path, is_forwarded, peel};

const PROMPTS: Spec =
    Spec { attribute: "#[prompts]", keys: &["crate"], bare: &[], lists: &[], example: "crate = ::facade::codex_ai" };

/// What the functions of the block need to know of it.
pub(super) fn owner(attr: TokenStream, head: &ItemImpl, diag: &mut Diag) -> Owner {
    let mut paths = Paths::default();
    for entry in keys::parse(attr, &PROMPTS, diag) {
        if let Some(found) = crate_path(&entry, diag) {
            paths = found;
        }
    }
    let name = crate::pretty::tokens(head.self_ty.to_token_stream());
    let mut own = Diag::default();
    if let Some((of_trait, _)) = &head.trait_ {
        own.error(of_trait, messages::trait_impl(&name));
    }
    for parameter in &head.generics.params {
        match parameter {
            GenericParam::Type(parameter) => {
                own.error(&parameter.ident, messages::generic_impl(&parameter.ident.to_string()));
            }
            GenericParam::Const(parameter) => {
                own.error(&parameter.ident, messages::generic_impl(&parameter.ident.to_string()));
            }
            GenericParam::Lifetime(parameter) => {
                own.error(&parameter.lifetime, messages::borrowing_impl(&parameter.lifetime.to_string()));
            }
        }
    }
    if !own.has_errors()
        && let Some(lifetime) = elided(&head.self_ty)
    {
        own.error(&lifetime, messages::borrowing_impl("'_"));
    }
    let refused = own.has_errors();
    diag.extend(own);
    let last = match peel(&head.self_ty) {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.clone()),
        _ => None,
    };
    Owner {
        ty: anywhere(&head.self_ty),
        name,
        last,
        forwarded: head.attrs.iter().filter(|attr| is_forwarded(attr)).cloned().collect(),
        paths,
        refused,
        of_trait: head.trait_.is_some(),
    }
}

/// The `'_` of `impl Reviewer<'_>`.
fn elided(ty: &Type) -> Option<syn::Lifetime> {
    let Type::Path(path) = peel(ty) else { return None };
    path.path.segments.iter().find_map(|segment| match &segment.arguments {
        syn::PathArguments::AngleBracketed(arguments) => arguments.args.iter().find_map(|argument| match argument {
            syn::GenericArgument::Lifetime(lifetime) if lifetime.ident == "_" => Some(lifetime.clone()),
            _ => None,
        }),
        _ => None,
    })
}

/// The type in a form that may stand in types and in expressions, as `Self` may: `Store::<Postgres>`.
fn anywhere(ty: &Type) -> TokenStream {
    let mut ty = peel(ty).clone();
    if let Type::Path(path) = &mut ty {
        for segment in &mut path.path.segments {
            if let syn::PathArguments::AngleBracketed(arguments) = &mut segment.arguments {
                arguments.colon2_token.get_or_insert_with(Default::default);
            }
        }
    }
    ty.into_token_stream()
}
