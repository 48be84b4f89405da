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
    let fields: Vec<&Fields> = match &input.data {
        Data::Struct(data) => vec![&data.fields],
        Data::Enum(data) => data.variants.iter().map(|variant| &variant.fields).collect(),
        Data::Union(_) => Vec::new(),
    };
    let endless = fields.into_iter().flatten().any(|field| is_own(&field.ty, input));
    endless.then_some(Elsewhere::Rustc)
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

/// Whether the field holds the whole type: as it is, or in an `Option`.
fn is_own(ty: &Type, input: &DeriveInput) -> bool {
    if let Some((name, inner)) = generic_argument(ty)
        && name == "Option"
    {
        return is_own(inner, input);
    }
    let Type::Path(path) = peel(ty) else { return false };
    let first = path.path.segments.to_token_stream().into_iter().next();
    path.path.segments.len() == 1
        && matches!(first, Some(TokenTree::Ident(name)) if name == "Self" || name == input.ident)
}
