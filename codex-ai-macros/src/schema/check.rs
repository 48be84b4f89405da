//! The rules of a type that need no other types.

use proc_macro2::Span;
use quote::ToTokens;
use syn::{Attribute, Data, DeriveInput, Ident, Type};

use super::attributes::serde_key;
use super::llm::{self, Rules};
use super::model::{Body, Field, FieldNames, Fields, SchemaType, Style, TypeNames, Variant};
use super::{elsewhere, plain, twice, wire_names};
use crate::diag::Diag;
use crate::messages;
use crate::names::Names;
use crate::prompt::{generic_argument, peel, plain_name};

/// Checks everything.
pub(super) fn check<'a>(input: &'a DeriveInput, diag: &mut Diag) -> SchemaType<'a> {
    let mut names = Names::of(input.to_token_stream());
    let rules = llm::of_type(&input.attrs, diag);
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
            // Nothing but such fields and doc comments: it is a plain struct.
            let is_plain = |field: &syn::Field| is_bare(&field.attrs) && plain::is_unchecked(&field.ty);
            let is_plain = is_bare(&input.attrs)
                && input.generics.params.is_empty()
                && input.generics.where_clause.is_none()
                && matches!(&data.fields, syn::Fields::Named(_))
                && data.fields.iter().all(is_plain);
            let unnamed = is_plain.then(|| Ident::new("unnamed", Span::mixed_site()));
            Body::Struct(fields(&data.fields, unnamed.as_ref(), &mut names, diag))
        }
        Data::Enum(data) => {
            if data.variants.is_empty() {
                diag.error(&input.ident, messages::derive_empty_enum());
            }
            let variants = data.variants.iter().map(|variant| Variant {
                attrs: &variant.attrs,
                name: &variant.ident,
                description: llm::of_variant(&variant.attrs, diag),
                fields: fields(&variant.fields, None, &mut names, diag),
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
    let (partial, seen) = (names.fresh(&format!("Partial{}", plain_name(&input.ident))), names.fresh("seen"));
    let llm::TypeRules { description, validate, mut paths } = rules;
    paths.library = Some(names.fresh("codex_ai"));
    let (parts, parts_of) = (names.fresh("Parts"), names.fresh("PartsOf"));
    let (check, whole) = (names.fresh("check"), names.fresh("whole"));
    let names = TypeNames { shape, handle, checks, partial, parts, parts_of, check, whole, seen };
    let is_plain =
        plain::is_plain(&input.attrs, &input.generics, &body) && description.as_ref().is_none_or(plain::is_literal);
    let elsewhere = elsewhere::of(input);
    let ty = SchemaType { input, paths, description, validate, body, is_plain, names, hopeless, elsewhere };
    twice::check(&ty, diag);
    ty
}

fn is_bare(attrs: &[Attribute]) -> bool {
    attrs.iter().all(|attr| attr.path().is_ident("doc"))
}

/// `unnamed` is what fields of standard types have in place of names where nothing is generated for them.
fn fields<'a>(fields: &'a syn::Fields, unnamed: Option<&Ident>, names: &mut Names, diag: &mut Diag) -> Fields<'a> {
    let style = match fields {
        syn::Fields::Named(_) => Style::Named,
        syn::Fields::Unnamed(_) => Style::Unnamed,
        syn::Fields::Unit => Style::Unit,
    };
    let fields = fields.iter().enumerate().map(|(index, field)| {
        if let Some(reference) = reference(&field.ty) {
            diag.error(reference, messages::derive_reference());
        }
        let rules = llm::of_field(&field.attrs, diag);
        unusable(field, &rules, diag);
        let (is_bare, is_leaf) = (is_bare(&field.attrs), plain::is_unchecked(&field.ty));
        Field {
            attrs: &field.attrs,
            is_bare,
            is_leaf,
            vis: &field.vis,
            name: field.ident.as_ref(),
            ty: &field.ty,
            rules,
            names: match unnamed {
                Some(none) if is_bare && is_leaf => {
                    FieldNames { parameter: none.clone(), stand_in: none.clone(), default: none.clone() }
                }
                _ => FieldNames {
                    parameter: numbered("Field", index, names),
                    stand_in: numbered("FieldOf", index, names),
                    default: numbered("default", index, names),
                },
            },
        }
    });
    Fields { style, fields: fields.collect() }
}

/// The name that is free as a rule, so that not all before it are tried.
fn numbered(wanted: &str, index: usize, names: &mut Names) -> Ident {
    if index == 0 { names.fresh(wanted) } else { names.fresh(&format!("{wanted}{}", index + 1)) }
}

/// What can be known of a field without knowing its type.
fn unusable(field: &syn::Field, rules: &Rules, diag: &mut Diag) {
    if wire_names::is_skipped(&field.attrs) {
        if let Some(check) = &rules.check {
            diag.error(check, messages::check_of_skipped());
        }
        if let Some(stream) = &rules.stream.place {
            diag.error(stream, messages::stream_of_skipped());
        }
        return;
    }
    let own = ["with", "deserialize_with"].iter().any(|key| serde_key(&field.attrs, key).is_some());
    if own || rules.with.is_some() {
        return;
    }
    if let Some((option, inner)) = generic_argument(&field.ty)
        && option == "Option"
        && let Some((second, innermost)) = generic_argument(inner)
        && second == "Option"
    {
        diag.error(&field.ty, messages::derive_option_option(&crate::pretty::tokens(crate::tokens(innermost))));
    }
    if let Some((map, key)) = generic_argument(&field.ty)
        && (map == "HashMap" || map == "BTreeMap")
        && is_no_key(key)
    {
        diag.error(key, messages::derive_map_key(&crate::pretty::tokens(crate::tokens(key))));
    }
}

/// Whether serde writes the type as something else than a key, by its looks.
fn is_no_key(key: &Type) -> bool {
    let containers = ["Option", "Vec", "VecDeque", "HashMap", "BTreeMap", "HashSet", "BTreeSet"];
    match peel(key) {
        Type::Tuple(_) | Type::Array(_) => true,
        ty => generic_argument(ty).is_some_and(|(name, _)| containers.iter().any(|container| name == container)),
    }
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
