//! Mistakes that rustc or serde's derive reports. What is generated for such a type would only fail too, in words about
//! what nobody wrote.

use proc_macro2::TokenTree;
use quote::ToTokens;
use syn::{Attribute, Data, DeriveInput, Fields, Type};

use super::attributes::key_of;
use super::model::Elsewhere;
use super::wire_names::{self, Tagging};
use crate::prompt::{generic_argument, peel};

/// The first such mistake.
pub(super) fn of(input: &DeriveInput) -> Option<Elsewhere> {
    let types: Vec<&[Attribute]> = match &input.data {
        Data::Enum(data) => data.variants.iter().map(|variant| &*variant.attrs).collect(),
        _ => Vec::new(),
    };
    let rules = types.into_iter().chain([&*input.attrs]).flat_map(wire_names::rules);
    if rules.into_iter().any(|rule| !wire_names::is_rule(&rule)) || has_tagged_tuple(input) {
        return Some(Elsewhere::Serde);
    }
    endless(input).next().is_some().then_some(Elsewhere::Rustc)
}

/// The fields that hold the whole type, and in how many `Option`s.
pub(super) fn endless(input: &DeriveInput) -> impl Iterator<Item = (&Type, usize)> {
    let fields: Vec<&Fields> = match &input.data {
        Data::Struct(data) => vec![&data.fields],
        Data::Enum(data) => data.variants.iter().map(|variant| &variant.fields).collect(),
        Data::Union(_) => Vec::new(),
    };
    fields.into_iter().flatten().filter_map(|field| Some((&field.ty, own_depth(&field.ty, input)?)))
}

/// A variant such as `A(u8, u8)` has no place for a tag beside its content.
fn has_tagged_tuple(input: &DeriveInput) -> bool {
    let Data::Enum(data) = &input.data else { return false };
    Tagging::of(&input.attrs) == Tagging::Internal
        && data.variants.iter().any(|variant| {
            let skipped =
                wire_names::is_skipped(&variant.attrs) || key_of(&["serde"], &variant.attrs, "untagged").is_some();
            !skipped && matches!(&variant.fields, Fields::Unnamed(fields) if fields.unnamed.len() != 1)
        })
}

/// In how many `Option`s the type is the whole one, if it is by its looks.
fn own_depth(ty: &Type, input: &DeriveInput) -> Option<usize> {
    if let Some((name, inner)) = generic_argument(ty)
        && name == "Option"
    {
        return Some(own_depth(inner, input)? + 1);
    }
    let Type::Path(path) = peel(ty) else { return None };
    let first = path.path.segments.to_token_stream().into_iter().next();
    let own = matches!(first, Some(TokenTree::Ident(name)) if name == "Self" || name == input.ident);
    (own && path.path.segments.len() == 1).then_some(0)
}
