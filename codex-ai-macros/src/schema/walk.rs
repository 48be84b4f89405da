//! `llm_check`: walks a value by the names that serde reads, and calls the functions of `check` and `validate`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ExprPath;
use syn::spanned::Spanned;

use super::attributes::key_of;
use super::expand::fields_of;
use super::model::{Body, Field, Fields, SchemaType, Style, Variant};
use super::shape::is_described;
use super::wire_names::{self, Tagging};
use super::{plain, plain_enum};

/// The method; nothing for a type without parts.
pub(super) fn method(ty: &SchemaType<'_>) -> TokenStream {
    let p = ty.paths.private();
    let parts = match &ty.body {
        Body::Struct(fields) => {
            let walked = plain::walked(ty, &checks());
            let others = of_struct(fields, ty);
            quote!(#walked #others)
        }
        Body::Enum(variants) => of_enum(variants, ty),
        Body::Unknown => TokenStream::new(),
    };
    let checks = checks();
    let whole = ty.validate.as_ref().map(|function| {
        let given = local("given", function.span());
        let called = call(function, &given, &quote!(#checks), &p);
        quote!(let #given = self; #called)
    });
    if parts.is_empty() && whole.is_none() {
        return TokenStream::new();
    }
    let calls = whole.is_some() || fields_of(ty).any(|field| field.rules.check.is_some());
    let traits = calls.then(|| {
        quote! {
            #[allow(unused_imports)]
            use #p::{There as _, Words as _};
        }
    });
    quote! {
        #[inline]
        fn llm_check(&self, #checks: &mut #p::Checks<'_>) {
            #traits
            #parts
            #whole
        }
    }
}

fn of_struct(fields: &Fields<'_>, ty: &SchemaType<'_>) -> TokenStream {
    let is_content = is_content(fields, ty);
    let walked = fields.fields.iter().enumerate().map(|(index, field)| {
        let member = member(index, field);
        let place = if is_content { Place::Here } else { place(field, None, ty) };
        of_field(field, &quote!(&self.#member), place, ty)
    });
    walked.collect()
}

/// Whether the struct is its content: a newtype or a transparent one.
fn is_content(fields: &Fields<'_>, ty: &SchemaType<'_>) -> bool {
    fields.style == Style::Unnamed || key_of(&["serde"], &ty.input.attrs, "transparent").is_some()
}

fn member(index: usize, field: &Field<'_>) -> TokenStream {
    field.name.map_or_else(|| syn::Index::from(index).to_token_stream(), ToTokens::to_token_stream)
}

fn of_enum(variants: &[Variant<'_>], ty: &SchemaType<'_>) -> TokenStream {
    let tagging = Tagging::of(&ty.input.attrs);
    let arms: Vec<TokenStream> = variants.iter().filter_map(|variant| of_variant(variant, &tagging, ty)).collect();
    if arms.is_empty() {
        return TokenStream::new();
    }
    let rest = (arms.len() < variants.len()).then(|| quote!(_ => {}));
    quote!(match self { #(#arms)* #rest })
}

/// The arm of a variant with something in it to look at.
fn of_variant(variant: &Variant<'_>, tagging: &Tagging, ty: &SchemaType<'_>) -> Option<TokenStream> {
    if wire_names::is_skipped(variant.attrs) {
        return None;
    }
    let fields = &variant.fields;
    let is_newtype = fields.style == Style::Unnamed && fields.fields.len() == 1;
    let (mut patterns, mut walked) = (Vec::new(), TokenStream::new());
    for (index, field) in fields.fields.iter().enumerate() {
        let binding = local(&format!("field{index}"), Span::mixed_site());
        let place = match field.name {
            _ if is_newtype => Place::Here,
            Some(_) => place(field, Some(variant), ty),
            None => Place::Item(index),
        };
        let code = of_field(field, &quote!(#binding), place, ty);
        match (field.name, code.is_empty()) {
            (Some(name), false) => patterns.push(quote!(#name: #binding)),
            (Some(_), true) => {}
            (None, false) => patterns.push(quote!(#binding)),
            (None, true) => patterns.push(quote!(_)),
        }
        walked.extend(code);
    }
    if walked.is_empty() {
        return None;
    }
    let name = variant.name;
    let pattern = match fields.style {
        Style::Named => quote!(Self::#name { #(#patterns,)* .. }),
        _ => quote!(Self::#name(#(#patterns),*)),
    };
    let untagged = key_of(&["serde"], variant.attrs, "untagged").is_some();
    let step = match tagging {
        _ if untagged => None,
        Tagging::External => Some(wire_names::of_variant(name, variant.attrs, &ty.input.attrs)),
        Tagging::Adjacent { content } => Some(content.clone()),
        Tagging::Internal | Tagging::Untagged => None,
    };
    let checks = checks();
    let into = step.map(|step| quote!(let #checks = &mut #checks.field(#step);));
    Some(quote!(#pattern => { #into #walked }))
}

/// Where a field's value is.
enum Place {
    /// In the place of the whole.
    Here,
    Field(String),
    Item(usize),
}

fn place(field: &Field<'_>, variant: Option<&Variant<'_>>, ty: &SchemaType<'_>) -> Place {
    let own = wire_names::is_read_by_another(&ty.input.attrs);
    match field.name {
        Some(name) if !own && key_of(&["serde"], field.attrs, "flatten").is_none() => {
            let of_variant = variant.map(|variant| variant.attrs);
            Place::Field(wire_names::of_field(name, field.attrs, of_variant, &ty.input.attrs))
        }
        _ => Place::Here,
    }
}

/// What is to be done for one field, `value` being a reference to it.
fn of_field(field: &Field<'_>, value: &TokenStream, place: Place, ty: &SchemaType<'_>) -> TokenStream {
    let p = ty.paths.private();
    let all = checks();
    let checks = match place {
        Place::Here => quote!(#all),
        Place::Field(name) => quote!(&mut #all.field(#name)),
        Place::Item(index) => quote!(&mut #all.item(#index)),
    };
    let walked = if ty.is_plain {
        // The fields of a plain struct are walked all at once.
        if ty.is_struct() { None } else { plain_enum::walked(field, value, &checks, ty) }
    } else {
        is_walked(field, ty).then(|| {
            let stand_in = stand_in(field, ty);
            quote!(<#stand_in as #p::Field>::check(#value, #checks);)
        })
    };
    let checked = field.rules.check.as_ref().map(|function| {
        let given = local("given", function.span());
        let called = call(function, &given, &checks, &p);
        quote!(if let #p::Some(#given) = #p::Given(#value).value() { #called })
    });
    quote!(#walked #checked)
}

/// Whether what is in the field is what is in the JSON: not where another type is described, or another one is read.
fn is_walked(field: &Field<'_>, ty: &SchemaType<'_>) -> bool {
    is_described(field) && field.rules.with.is_none() && !wire_names::is_read_by_another(&ty.input.attrs)
}

/// Calls a user's function, with the caret on its path if it does not take or give what it should.
fn call(function: &ExprPath, given: &Ident, checks: &TokenStream, p: &TokenStream) -> TokenStream {
    let span = Span::mixed_site().located_at(function.span());
    let found = local("found", span);
    // The path of the library too, or the carets begin where the macro stands.
    let p = crate::keys::respanned(p.clone(), span);
    let outcome = quote_spanned!(span=> #p::Outcome(#function(#given)).found());
    let noted = quote_spanned!(span=> (#checks).found(#found));
    quote!(if let #p::Some(#found) = #outcome { #noted })
}

/// A variable, which no name of the user's can mean.
fn local(name: &str, span: Span) -> Ident {
    Ident::new(name, Span::mixed_site().located_at(span))
}

fn checks() -> Ident {
    local("checks", Span::mixed_site())
}

/// The name of a value as a key of a map: that of a variant, or what is in a newtype.
pub(super) fn key(ty: &SchemaType<'_>) -> TokenStream {
    let p = ty.paths.private();
    let text = match &ty.body {
        Body::Enum(variants) if variants.iter().all(|variant| variant.fields.style == Style::Unit) => {
            let names = variants.iter().map(|variant| {
                let (name, text) = (variant.name, wire_names::of_variant(variant.name, variant.attrs, &ty.input.attrs));
                quote!(Self::#name => #text,)
            });
            quote!(#p::Some(::std::borrow::Cow::Borrowed(match self { #(#names)* })))
        }
        Body::Struct(fields) if is_content(fields, ty) && !wire_names::is_read_by_another(&ty.input.attrs) => {
            let walked = fields.fields.iter().enumerate().find(|(_, field)| is_walked(field, ty));
            let Some((index, field)) = walked else { return TokenStream::new() };
            let (stand_in, member) = (stand_in(field, ty), member(index, field));
            quote!(<#stand_in as #p::Field>::key(&self.#member))
        }
        _ => return TokenStream::new(),
    };
    quote! {
        #[inline]
        fn llm_key(&self) -> #p::Option<::std::borrow::Cow<'_, ::core::primitive::str>> {
            #text
        }
    }
}

/// The stand-in of a field, with the type's parameters.
pub(super) fn stand_in(field: &Field<'_>, ty: &SchemaType<'_>) -> TokenStream {
    let (_, type_generics, _) = ty.input.generics.split_for_impl();
    let name = &field.names.stand_in;
    quote!(#name #type_generics)
}
