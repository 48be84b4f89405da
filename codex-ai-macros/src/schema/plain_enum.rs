//! Plain enums: no attribute that takes schemars to understand, as in a plain struct. Their variants are told by calls of the
//! library, one each, with a list of functions that tell the fields.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::attributes::key_of;
use super::model::{Body, Field, SchemaType, Style, TypeNames, Variant};
use super::plain::{self, are_plain, docs, is_literal, is_part, is_plain_field, local, words};
use super::shape::{own_type, without_self};
use super::wire_names::{self, Tagging};

/// The keys of serde on an enum that say nothing of its schema, or only what is known here.
const KEYS_OF_TYPES: &[&str] = &[
    "rename",
    "rename_all",
    "rename_all_fields",
    "deny_unknown_fields",
    "crate",
    "bound",
    "expecting",
    "tag",
    "content",
    "untagged",
];
const KEYS_OF_VARIANTS: &[&str] = &["rename", "rename_all", "alias", "bound"];
const KEYS_OF_FIELDS: &[&str] = &["rename", "alias", "bound"];

/// Whether an enum is a plain one.
pub(super) fn is_plain(attrs: &[syn::Attribute], variants: &[Variant<'_>]) -> bool {
    are_plain(attrs, KEYS_OF_TYPES)
        && variants.iter().all(|variant| {
            are_plain(variant.attrs, KEYS_OF_VARIANTS)
                && variant.description.as_ref().is_none_or(is_literal)
                && variant.fields.fields.iter().all(|field| is_plain_field(field, KEYS_OF_FIELDS))
        })
}

/// The types of fields, and the functions that run the checks in them. They know the types of fields by
/// [`TypeNames::parts`] only, so that a field without a schema is one error, at the field.
pub(super) fn items(ty: &SchemaType<'_>) -> TokenStream {
    if parts_of_variants(ty).next().is_none() {
        return TokenStream::new();
    }
    let p = ty.paths.private();
    let (items, parts) = (plain::parts(parts_of_variants(ty), ty), &ty.names.parts);
    let checks = parts_of_variants(ty).map(|field| {
        let (name, parameter) = (&field.names.default, &field.names.parameter);
        quote! {
            #[inline]
            fn #name<P: #parts>(value: &P::#parameter, checks: &mut #p::Checks<'_>) {
                #p::LlmSchema::llm_check(value, checks);
            }
        }
    });
    quote!(#items #(#checks)*)
}

/// The call that runs the checks in a field; nothing for a type that has none.
pub(super) fn walked(
    field: &Field<'_>,
    value: &TokenStream,
    checks: &TokenStream,
    ty: &SchemaType<'_>,
) -> Option<TokenStream> {
    let (name, parts_of) = (&field.names.default, &ty.names.parts_of);
    is_part(field).then(|| quote!(#name::<#parts_of>(#value, #checks);))
}

/// The fields of variants that the partial value has no standard type for.
pub(super) fn parts_of_variants<'t>(ty: &'t SchemaType<'t>) -> impl Iterator<Item = &'t Field<'t>> {
    let variants: &[Variant<'_>] = match &ty.body {
        Body::Enum(variants) => variants,
        _ => &[],
    };
    variants.iter().flat_map(|variant| &variant.fields.fields).filter(|field| is_part(field))
}

/// The body of `json_schema`.
pub(super) fn json_schema(variants: &[Variant<'_>], ty: &SchemaType<'_>) -> TokenStream {
    let p = ty.paths.private();
    let tagging = Tagging::of(&ty.input.attrs);
    let tag = wire_names::tag(&ty.input.attrs).unwrap_or_default();
    let tag = match &tagging {
        Tagging::External => quote!(External),
        Tagging::Internal => quote!(Internal(#tag)),
        Tagging::Adjacent { content } => quote!(Adjacent(#tag, #content)),
        Tagging::Untagged => quote!(Untagged),
    };
    let closed = key_of(&["serde"], &ty.input.attrs, "deny_unknown_fields").is_some();
    let is_name = |variant: &&Variant<'_>| {
        let has_docs = variant.attrs.iter().any(|attr| attr.path().is_ident("doc"));
        tagging == Tagging::External
            && variant.fields.style == Style::Unit
            && !has_docs
            && variant.description.is_none()
    };
    let wire = |variant: &Variant<'_>| wire_names::of_variant(variant.name, variant.attrs, &ty.input.attrs);
    let names: Vec<String> = variants.iter().filter(is_name).map(wire).collect();
    let names = (!names.is_empty()).then(|| quote!(.names(&[#(#names),*])));
    let told = variants.iter().filter(|variant| !is_name(variant)).map(|variant| {
        let (name, docs, content) = (wire(variant), docs(variant.attrs), content(variant));
        let is_tagged_content = tagging == Tagging::Internal && is_newtype(variant);
        let fields = variant.fields.fields.iter().enumerate().map(|(index, field)| {
            let (name, docs) = (field_name(index, field, variant, ty), plain::docs(field.attrs));
            let tell = tell(field, is_tagged_content, ty, &p);
            quote!((#name, #docs, #tell))
        });
        let said = said(variant);
        quote!(.variant(#name, #docs, #p::Content::#content, &[#(#fields),*]) #said)
    });
    let (docs, description) = (docs(&ty.input.attrs), ty.description.as_ref());
    let description = description.map_or_else(|| quote!(#p::None), |text| quote!(#p::Some(#text)));
    let told = quote!(#names #(#told)* .end(#docs, #description));
    let new = quote!(#p::Choice::new(generator, #p::Tagging::#tag, #closed));
    if parts_of_variants(ty).next().is_none() {
        return quote!(#new #told);
    }
    let TypeNames { checks, parts, parts_of, .. } = &ty.names;
    let tell = Ident::new(&format!("tell_{checks}"), Span::mixed_site());
    quote! {
        #[inline]
        fn #tell<P: #parts>(choice: #p::Choice<'_>) -> #p::schemars::Schema {
            choice #told
        }
        #tell::<#parts_of>(#new)
    }
}

fn content(variant: &Variant<'_>) -> Ident {
    let name = match variant.fields.style {
        Style::Unit => "Nothing",
        Style::Unnamed if variant.fields.fields.len() == 1 => "One",
        Style::Unnamed => "Items",
        Style::Named => "Fields",
    };
    Ident::new(name, Span::mixed_site())
}

fn is_newtype(variant: &Variant<'_>) -> bool {
    variant.fields.style == Style::Unnamed && variant.fields.fields.len() == 1
}

fn field_name(index: usize, field: &Field<'_>, variant: &Variant<'_>, ty: &SchemaType<'_>) -> String {
    match field.name {
        Some(name) => wire_names::of_field(name, field.attrs, Some(variant.attrs), &ty.input.attrs),
        None => index.to_string(),
    }
}

/// The function that tells a field.
fn tell(field: &Field<'_>, is_tagged_content: bool, ty: &SchemaType<'_>, p: &TokenStream) -> TokenStream {
    let parameter = &field.names.parameter;
    let leaf = || without_self(crate::tokens(field.ty), &own_type(ty));
    match (is_part(field), is_tagged_content) {
        (true, true) => quote!(#p::content_of::<P::#parameter>),
        (true, false) => quote!(#p::field_of::<P::#parameter>),
        (false, true) => {
            let leaf = leaf();
            quote!(#p::content_of::<#leaf>)
        }
        (false, false) => {
            let leaf = leaf();
            quote!(#p::leaf_of::<#leaf>)
        }
    }
}

/// What `#[llm]` and `#[serde(alias)]` have for the fields of a variant, and for itself.
fn said(variant: &Variant<'_>) -> Option<TokenStream> {
    let words = variant.fields.fields.iter().enumerate().filter_map(|(index, field)| {
        let words = words(field);
        (!words.is_empty()).then(|| quote!(.at(#index) #words))
    });
    let about = variant.description.as_ref().map(|text| quote!(.about(#text)));
    let said = quote!(#(#words)* #about);
    let object = local("object");
    (!said.is_empty()).then(|| quote!(.with(|#object| #object #said)))
}

/// Where a field's value in the partial one comes from.
pub(super) fn progress(field: &Field<'_>, ty: &SchemaType<'_>) -> TokenStream {
    let p = ty.paths.private();
    if is_part(field) {
        let parameter = &field.names.parameter;
        return quote!(#p::Progress<P::#parameter>);
    }
    let leaf = without_self(crate::tokens(field.ty), &own_type(ty));
    quote!(#p::LeafOf<#leaf>)
}
