//! The partial value of a struct: the same fields, each as far as it has come. That of an enum is in `partial_enum`.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};

use super::attributes::key_of;
use super::expand::bounded;
use super::model::{Body, Field, SchemaType, Style, TypeNames, Variant};
use super::shape::{is_described, own_type};
use super::walk::stand_in;
use super::wire_names;
use super::{partial_enum, plain_enum};
use crate::docs;
use crate::prompt::plain_name;

/// The type to name; that of a type that is shown only when it is complete is the library's.
pub(super) fn named(ty: &SchemaType<'_>) -> TokenStream {
    match kind(ty) {
        Kind::Whole => {
            let p = ty.paths.private();
            quote!(#p::Whole)
        }
        _ => {
            let TypeNames { partial, parts_of, .. } = &ty.names;
            if ty.is_plain && plain_enum::parts_of_variants(ty).next().is_none() {
                return quote!(#partial);
            }
            let (_, type_generics, _) = ty.input.generics.split_for_impl();
            quote!(#partial<#parts_of #type_generics>)
        }
    }
}

/// The struct and its impls.
pub(super) fn items(ty: &SchemaType<'_>) -> TokenStream {
    match kind(ty) {
        Kind::Whole => TokenStream::new(),
        Kind::Content(field) => of_content(field, ty),
        Kind::Fields(fields) => of_fields(&fields, ty),
        Kind::Variants(variants) => partial_enum::items(variants, ty),
    }
}

enum Kind<'t> {
    /// Shown when it is complete.
    Whole,
    /// A newtype: its content.
    Content(&'t Field<'t>),
    Fields(Vec<Part<'t>>),
    /// An enum with data.
    Variants(&'t [Variant<'t>]),
}

/// A field with what it takes to name it.
struct Part<'t> {
    field: &'t Field<'t>,
    name: &'t Ident,
    is_flat: bool,
}

fn kind<'t>(ty: &'t SchemaType<'t>) -> Kind<'t> {
    if wire_names::is_read_by_another(&ty.input.attrs) {
        return Kind::Whole;
    }
    let fields = match &ty.body {
        Body::Struct(fields) => fields,
        Body::Enum(variants) if partial_enum::has_parts(variants, ty) => return Kind::Variants(variants),
        _ => return Kind::Whole,
    };
    let mut shown = fields.fields.iter().filter(|field| is_shown(field));
    if fields.style == Style::Unnamed || key_of(&["serde"], &ty.input.attrs, "transparent").is_some() {
        return shown.next().map_or(Kind::Whole, Kind::Content);
    }
    let parts = shown.filter_map(|field| {
        let is_flat = key_of(&["serde"], field.attrs, "flatten").is_some();
        field.name.map(|name| Part { field, name, is_flat })
    });
    let parts: Vec<_> = parts.collect();
    if parts.is_empty() { Kind::Whole } else { Kind::Fields(parts) }
}

/// Whether there is a type that reads the field as it comes.
pub(super) fn is_shown(field: &Field<'_>) -> bool {
    let by_function = ["with", "deserialize_with"].iter().any(|key| key_of(&["serde"], field.attrs, key).is_some());
    is_described(field) && (!by_function || field.rules.with.is_some())
}

fn of_content(field: &Field<'_>, ty: &SchemaType<'_>) -> TokenStream {
    let p = ty.paths.private();
    let (vis, partial) = (&ty.input.vis, &ty.names.partial);
    let parts = &ty.names.parts;
    let (parameter, docs, field_vis) = (&field.names.parameter, doc(&ty.input.ident), field.vis);
    let content = quote!(#p::PartialOf<P::#parameter>);
    let (definition, member) = match field.name {
        Some(name) => (quote!({ /** Its content. */ #field_vis #name: #content }), name.to_token_stream()),
        None => (quote!((/** Its content. */ #field_vis #content);), quote!(0)),
    };
    let text = partial.to_string();
    let items = parts_items([field].into_iter(), ty);
    quote! {
        #items
        #docs
        #vis struct #partial<P: #parts> #definition
        #[automatically_derived]
        impl<P: #parts> ::core::default::Default for #partial<P> {
            fn default() -> Self {
                Self { #member: ::core::default::Default::default() }
            }
        }
        #[automatically_derived]
        impl<P: #parts> ::core::fmt::Debug for #partial<P> {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_tuple(#text).field(&self.#member).finish()
            }
        }
        #[automatically_derived]
        impl<P: #parts> #p::Grow for #partial<P> {
            const WHOLE: ::core::primitive::bool = <#content as #p::Grow>::WHOLE;

            fn is_begun(&self) -> ::core::primitive::bool {
                #p::Grow::is_begun(&self.#member)
            }
            fn grow(&mut self, from: #p::Cursor<'_>) -> ::core::primitive::bool {
                #p::Grow::grow(&mut self.#member, from)
            }
            fn grow_field(&mut self, name: &::core::primitive::str, at: #p::Cursor<'_>) -> ::core::primitive::bool {
                #p::Grow::grow_field(&mut self.#member, name, at)
            }
        }
    }
}

/// The trait that leads from one type to the stand-ins of all fields, and the type. The stand-ins are private, as the types
/// of the fields may be; the partial value is as public as the type is.
pub(super) fn parts_items<'t>(fields: impl Iterator<Item = &'t Field<'t>> + Clone, ty: &SchemaType<'_>) -> TokenStream {
    let p = ty.paths.private();
    let TypeNames { parts, parts_of, .. } = &ty.names;
    let (vis, own) = (&ty.input.vis, own_type(ty));
    let generics = bounded(ty);
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let declared = fields.clone().map(|field| {
        let parameter = &field.names.parameter;
        quote!(type #parameter: #p::Field;)
    });
    let links = fields.map(|field| {
        let parameter = &field.names.parameter;
        let stands = stand_in(field, ty);
        quote!(type #parameter = #stands;)
    });
    quote! {
        trait #parts {
            #(#declared)*
        }
        #vis struct #parts_of #impl_generics (::core::marker::PhantomData<fn() -> #own>) #where_clause;
        impl #impl_generics #parts for #parts_of #type_generics #where_clause {
            #(#links)*
        }
    }
}

fn of_fields(list: &[Part<'_>], ty: &SchemaType<'_>) -> TokenStream {
    let p = ty.paths.private();
    let (vis, partial) = (&ty.input.vis, &ty.names.partial);
    let TypeNames { parts, seen, .. } = &ty.names;
    let (mut fields, mut nothings, mut grown) = (TokenStream::new(), TokenStream::new(), TokenStream::new());
    let (mut members, mut wires) = (Vec::new(), Vec::new());
    for Part { field, name, is_flat } in list {
        let (docs, vis, parameter) = (docs::attributes(field.attrs), field.vis, &field.names.parameter);
        members.push(plain_name(name));
        if *is_flat {
            nothings.extend(quote!(#name: ::core::default::Default::default(),));
            fields.extend(quote!(#(#docs)* #vis #name: #p::PartialOf<P::#parameter>,));
            grown.extend(quote!(&mut #p::Flat(&mut self.#name),));
            wires.push("\0".to_owned());
        } else {
            nothings.extend(quote!(#name: #p::Progress::Pending,));
            fields.extend(quote!(#(#docs)* #vis #name: #p::ProgressOf<P::#parameter>,));
            let wire = wire_names::of_field(name, field.attrs, None, &ty.input.attrs);
            let names = wire_names::with_aliases(wire, field.attrs);
            grown.extend(quote!(&mut self.#name,));
            wires.push(names.join("\0"));
        }
    }
    let (docs, text) = (doc(&ty.input.ident), partial.to_string());
    let (members, shown) = (members.join(" "), list.iter().map(|part| part.name));
    let items = parts_items(list.iter().map(|part| part.field), ty);
    quote! {
        #items
        #docs
        #vis struct #partial<P: #parts> {
            #fields
            #seen: ::core::primitive::usize,
        }
        #[automatically_derived]
        impl<P: #parts> ::core::default::Default for #partial<P> {
            #[inline]
            fn default() -> Self {
                Self { #nothings #seen: 0 }
            }
        }
        #[automatically_derived]
        impl<P: #parts> ::core::fmt::Debug for #partial<P> {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                #p::debug(f, #text, #members, &[#(&self.#shown),*])
            }
        }
        #[automatically_derived]
        impl<P: #parts> #p::Grow for #partial<P> {
            #[inline]
            fn fields(&mut self, step: #p::Step<'_, '_>) -> ::core::primitive::bool {
                step.over(&mut self.#seen, &[#(#wires),*], &mut [#grown])
            }
        }
    }
}

pub(super) fn doc(name: &Ident) -> TokenStream {
    let text = doc_text(name);
    quote!(#[doc = #text])
}

pub(super) fn doc_text(name: &Ident) -> String {
    format!("A `{name}` that is still coming.")
}
