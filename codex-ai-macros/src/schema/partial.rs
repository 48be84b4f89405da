//! The partial value of a struct: the same fields, each as far as it has come.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};

use super::attributes::key_of;
use super::expand::bounded;
use super::model::{Body, Field, SchemaType, Style};
use super::shape::{is_described, own_type, partial_of, within, without_self};
use super::walk::stand_in;
use super::wire_names;
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
            let name = &ty.names.partial;
            let (_, type_generics, _) = ty.input.generics.split_for_impl();
            quote!(#name #type_generics)
        }
    }
}

/// The struct and its impls.
pub(super) fn items(ty: &SchemaType<'_>) -> TokenStream {
    match kind(ty) {
        Kind::Whole => TokenStream::new(),
        Kind::Content(field) => of_content(field, ty),
        Kind::Fields(fields) => of_fields(&fields, ty),
    }
}

enum Kind<'t> {
    /// Shown when it is complete.
    Whole,
    /// A newtype: its content.
    Content(&'t Field<'t>),
    Fields(Vec<Part<'t>>),
}

/// A field with what it takes to name it.
struct Part<'t> {
    field: &'t Field<'t>,
    name: &'t Ident,
    is_flat: bool,
}

fn kind<'t>(ty: &'t SchemaType<'_>) -> Kind<'t> {
    let Body::Struct(fields) = &ty.body else { return Kind::Whole };
    if wire_names::is_read_by_another(&ty.input.attrs) {
        return Kind::Whole;
    }
    let mut shown = fields.fields.iter().filter(|field| is_shown(field));
    if fields.style == Style::Unnamed || key_of(&["serde"], &ty.input.attrs, "transparent").is_some() {
        return shown.next().map_or(Kind::Whole, Kind::Content);
    }
    let parts = shown.filter_map(|field| {
        let is_flat = key_of(&["serde"], field.attrs, "flatten").is_some();
        field.name.map(|name| Part { field, name, is_flat })
    });
    Kind::Fields(parts.collect())
}

/// Whether there is a type that reads the field as it comes.
fn is_shown(field: &Field<'_>) -> bool {
    let by_function = ["with", "deserialize_with"].iter().any(|key| key_of(&["serde"], field.attrs, key).is_some());
    is_described(field) && (!by_function || field.rules.with.is_some())
}

/// The type that a field is described by.
fn described(field: &Field<'_>, ty: &SchemaType<'_>) -> TokenStream {
    without_self(crate::tokens(field.rules.with.as_ref().unwrap_or(field.ty)), &own_type(ty))
}

fn of_content(field: &Field<'_>, ty: &SchemaType<'_>) -> TokenStream {
    let p = ty.paths.private();
    let described = described(field, ty);
    let content = partial_of(&described, &p);
    let (vis, name, partial) = (&ty.input.vis, &ty.input.ident, &ty.names.partial);
    let (docs, field_vis, stand_in) = (doc(name), field.vis, stand_in(field, ty));
    let member = field.name.map_or_else(|| quote!(0), ToTokens::to_token_stream);
    let generics = bounded(ty);
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let definition = match field.name {
        Some(field) => {
            quote!(struct #partial #impl_generics #where_clause { /** Its content. */ #field_vis #field: #content })
        }
        None => quote!(struct #partial #impl_generics (/** Its content. */ #field_vis #content) #where_clause;),
    };
    let here = quote!(self.#member);
    let schema = within(&described, |_| quote!(<#stand_in as #p::Field>::SCHEMA));
    let text = partial.to_string();
    quote! {
        #docs
        #vis #definition
        #[automatically_derived]
        impl #impl_generics ::core::default::Default for #partial #type_generics #where_clause {
            fn default() -> Self {
                Self { #member: (#schema.content.nothing)() }
            }
        }
        #[automatically_derived]
        impl #impl_generics ::core::fmt::Debug for #partial #type_generics #where_clause {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_tuple(#text).field((#schema.content.debug)(&#here)).finish()
            }
        }
        #[automatically_derived]
        impl #impl_generics #p::Grow for #partial #type_generics #where_clause {
            fn grow(&mut self, from: #p::Cursor<'_>) -> ::core::primitive::bool {
                (#schema.content.grow)(&mut #here, from)
            }
            fn grow_field(&mut self, name: &::core::primitive::str, at: #p::Cursor<'_>) -> ::core::primitive::bool {
                (#schema.content.grow_field)(&mut #here, name, at)
            }
        }
    }
}

fn of_fields(parts: &[Part<'_>], ty: &SchemaType<'_>) -> TokenStream {
    let p = ty.paths.private();
    let (vis, name, partial, seen) = (&ty.input.vis, &ty.input.ident, &ty.names.partial, &ty.names.seen);
    let generics = bounded(ty);
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let (mut fields, mut nothings) = (TokenStream::new(), TokenStream::new());
    let (mut arms, mut flat, mut debugs) = (TokenStream::new(), TokenStream::new(), TokenStream::new());
    for part in parts {
        let (field, name) = (part.field, part.name);
        let described = described(field, ty);
        let docs = docs::attributes(field.attrs);
        let vis = field.vis;
        let (stand_in, text) = (stand_in(field, ty), plain_name(name));
        let here = quote!(self.#name);
        let schema = within(&described, |_| quote!(<#stand_in as #p::Field>::SCHEMA));
        if part.is_flat {
            let content = partial_of(&described, &p);
            fields.extend(quote!(#(#docs)* #vis #name: #content,));
            nothings.extend(quote!(#name: (#schema.content.nothing)(),));
            flat.extend(quote!(|| (#schema.content.grow_field)(&mut #here, name, at)));
            debugs.extend(quote!(.field(#text, (#schema.content.debug)(&#here))));
            continue;
        }
        let progress = within(&described, |ty| quote!(#p::Progress<#ty, <#ty as #p::LlmSchema>::Partial>));
        let pending = within(&described, |_| quote!(#p::Progress::Pending));
        fields.extend(quote!(#(#docs)* #vis #name: #progress,));
        nothings.extend(quote!(#name: #pending,));
        let wire = wire_names::of_field(name, field.attrs, None, &ty.input.attrs);
        let names = wire_names::with_aliases(wire, field.attrs);
        arms.extend(quote!(#(#names)|* => (#schema.grow)(&mut #here, at),));
        debugs.extend(quote!(.field(#text, (#schema.debug)(&#here))));
    }
    let (docs, text) = (doc(name), partial.to_string());
    quote! {
        #docs
        #vis struct #partial #impl_generics #where_clause {
            #fields
            #seen: #p::Seen<#name #type_generics>,
        }
        #[automatically_derived]
        impl #impl_generics ::core::default::Default for #partial #type_generics #where_clause {
            fn default() -> Self {
                Self { #nothings #seen: ::core::default::Default::default() }
            }
        }
        #[automatically_derived]
        impl #impl_generics ::core::fmt::Debug for #partial #type_generics #where_clause {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_struct(#text) #debugs .finish()
            }
        }
        #[automatically_derived]
        impl #impl_generics #p::Grow for #partial #type_generics #where_clause {
            fn grow(&mut self, from: #p::Cursor<'_>) -> ::core::primitive::bool {
                let (mut seen, mut changed) = (self.#seen.count, false);
                for (name, at) in from.fields(&mut seen) {
                    changed |= self.grow_field(name, at);
                }
                self.#seen.count = seen;
                changed
            }
            fn grow_field(&mut self, name: &::core::primitive::str, at: #p::Cursor<'_>) -> ::core::primitive::bool {
                match name {
                    #arms
                    _ => false #flat,
                }
            }
        }
    }
}

fn doc(name: &Ident) -> TokenStream {
    let text = format!("A `{name}` that is still coming.");
    quote!(#[doc = #text])
}
