//! The rules of a type that need no other types.

use quote::ToTokens;
use syn::{Data, DeriveInput, Type};

use super::llm;
use super::model::{Body, Field, FieldNames, Fields, SchemaType, Style, Variant};
use crate::diag::Diag;
use crate::messages;
use crate::names::Names;

/// Checks everything.
pub(super) fn check<'a>(input: &'a DeriveInput, diag: &mut Diag) -> SchemaType<'a> {
    let mut names = Names::of(input.to_token_stream());
    let (description, paths) = llm::of_type(&input.attrs, diag);
    let body = match &input.data {
        Data::Struct(data) => {
            match &data.fields {
                syn::Fields::Unit => diag.error(&input.ident, messages::derive_unnamed(true)),
                // A newtype is its content, as in serde.
                syn::Fields::Unnamed(unnamed) if unnamed.unnamed.len() != 1 => {
                    diag.error(unnamed, messages::derive_unnamed(unnamed.unnamed.is_empty()));
                }
                _ => {}
            }
            Body::Struct(fields(&data.fields, &mut names, diag))
        }
        Data::Enum(data) => {
            if data.variants.is_empty() {
                diag.error(&input.ident, messages::derive_empty_enum());
            }
            let variants = data.variants.iter().map(|variant| Variant {
                attrs: &variant.attrs,
                name: &variant.ident,
                description: llm::of_variant(&variant.attrs, diag),
                fields: fields(&variant.fields, &mut names, diag),
            });
            Body::Enum(variants.collect())
        }
        Data::Union(data) => {
            diag.error(data.union_token, messages::derive_union());
            Body::Unknown
        }
    };
    let hopeless = matches!(body, Body::Unknown) || input.generics.lifetimes().next().is_some();
    let (shape, handle, checks) = (names.fresh("Fields"), names.fresh("ShapeOf"), names.fresh("checks"));
    SchemaType { input, paths, description, body, shape, handle, checks, hopeless }
}

fn fields<'a>(fields: &'a syn::Fields, names: &mut Names, diag: &mut Diag) -> Fields<'a> {
    let style = match fields {
        syn::Fields::Named(_) => Style::Named,
        syn::Fields::Unnamed(_) => Style::Unnamed,
        syn::Fields::Unit => Style::Unit,
    };
    let fields = fields.iter().map(|field| {
        if let Some(reference) = reference(&field.ty) {
            diag.error(reference, messages::derive_reference());
        }
        Field {
            attrs: &field.attrs,
            name: field.ident.as_ref(),
            ty: &field.ty,
            rules: llm::of_field(&field.attrs, diag),
            names: FieldNames {
                parameter: names.fresh("Field"),
                stand_in: names.fresh("FieldOf"),
                default: names.fresh("default"),
            },
        }
    });
    Fields { style, fields: fields.collect() }
}

/// The `&` of a reference.
fn reference(ty: &Type) -> Option<proc_macro2::TokenStream> {
    match ty {
        Type::Reference(reference) => Some(reference.and_token.to_token_stream()),
        Type::Group(group) => reference(&group.elem),
        Type::Paren(paren) => reference(&paren.elem),
        _ => None,
    }
}
