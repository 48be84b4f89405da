//! The hidden shape of a type. It has a type parameter for each field, and a field's type is named in one place, the impl of
//! `Field` for a type that stands for it. So a field without a schema is one error, at the field.

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, GenericParam};

use super::attributes::{NOT_OF_CONTAINERS, NOT_OF_FIELDS, NOT_OF_UNTOLD, attributes, key_of, serde_key};
use super::expand::bounded;
use super::model::{Body, Field, FieldNames, Fields, SchemaType, Style};
use super::wire_names;

/// The shape and what it takes to name it.
pub(super) struct Shape {
    /// The shape itself, and the functions that make defaults.
    pub(super) items: TokenStream,
    /// `F0`.
    pub(super) parameters: Vec<TokenStream>,
    /// What stands for the fields' types.
    pub(super) arguments: Vec<TokenStream>,
}

impl Shape {
    pub(super) fn new(ty: &SchemaType<'_>) -> Self {
        let p = ty.paths.private();
        let path = ty.paths.private_path();
        let krate = crate::pretty::tokens(quote!(#path::schemars));
        let attrs: Vec<TokenStream> = attributes(&ty.input.attrs, NOT_OF_CONTAINERS).collect();
        let description = ty.description.as_ref().map(|text| quote!(#[schemars(description = #text)]));
        let shape_name = &ty.names.shape;
        let mut shape = Self { items: TokenStream::new(), parameters: Vec::new(), arguments: Vec::new() };
        let body = match &ty.body {
            Body::Struct(fields) => {
                let body = shape.fields(fields, ty);
                let parameters = &shape.parameters;
                match fields.style {
                    Style::Named => quote!(struct #shape_name<#(#parameters),*> #body),
                    _ => quote!(struct #shape_name<#(#parameters),*> #body;),
                }
            }
            Body::Enum(variants) => {
                let mut list = Vec::new();
                for variant in variants {
                    let (name, attrs) = (variant.name, attributes(variant.attrs, NOT_OF_FIELDS));
                    let description = variant.description.as_ref().map(|text| quote!(#[schemars(description = #text)]));
                    let body = shape.fields(&variant.fields, ty);
                    list.push(quote!(#(#attrs)* #description #name #body));
                }
                let parameters = &shape.parameters;
                quote!(enum #shape_name<#(#parameters),*> { #(#list),* })
            }
            Body::Unknown => TokenStream::new(),
        };
        let (handle, parameters) = (&ty.names.handle, &shape.parameters);
        shape.items.extend(quote! {
            struct #handle<#(#parameters),*>(::core::marker::PhantomData<fn() -> (#(#parameters,)*)>);
            const _: () = {
                // The code of schemars' derive takes `Some` and the like from the prelude, which may be absent, and whose
                // names may be the user's. None of the user's own types is named in here.
                #[allow(unused_imports)]
                use ::std::prelude::rust_2021::*;

                #[derive(#p::schemars::JsonSchema)]
                #[schemars(crate = #krate)]
                #(#attrs)*
                #description
                #body

                impl<#(#parameters: #p::schemars::JsonSchema),*> #p::Shaped for #handle<#(#parameters),*> {
                    type Shape = #shape_name<#(#parameters),*>;
                }
            };
        });
        shape
    }

    /// The fields of the struct or of one variant.
    fn fields(&mut self, fields: &Fields<'_>, ty: &SchemaType<'_>) -> TokenStream {
        let list: Vec<TokenStream> = fields.fields.iter().filter_map(|field| self.field(field, ty)).collect();
        match fields.style {
            Style::Named => quote!({ #(#list),* }),
            Style::Unnamed => quote!((#(#list),*)),
            Style::Unit => TokenStream::new(),
        }
    }

    /// One field; none for a field that the model never sees.
    fn field(&mut self, field: &Field<'_>, ty: &SchemaType<'_>) -> Option<TokenStream> {
        if is_skipped(field) && field.name.is_some() {
            return None;
        }
        let p = ty.paths.private();
        let own = own_type(ty);
        let attrs = attributes(field.attrs, if is_told(field, ty) { NOT_OF_FIELDS } else { NOT_OF_UNTOLD });
        let default = self.default(field, ty, &own);
        let name = field.name.map(|name| quote!(#name:));
        let rules = &field.rules;
        let description = rules.description.as_ref().map(|text| quote!(#[schemars(description = #text)]));
        let example = rules.example.as_ref().map(|value| {
            if is_text(value) {
                return quote!(#[schemars(example = &#value)]);
            }
            let ty = without_self(crate::tokens(rules.with.as_ref().unwrap_or(field.ty)), &own);
            let typed = quote_spanned!(value.span()=> ::core::convert::identity);
            quote!(#[schemars(example = #typed::<#ty>(#value))])
        });
        let bounds = rules.bounds.iter().map(|bound| {
            let (keyword, value) = (bound.keyword, &bound.value);
            quote!(#[schemars(extend(#keyword = #p::json(&(#value))))])
        });
        let stream = &rules.stream;
        let words = [
            ("x-stream-done", stream.done),
            ("x-stream-not-null", stream.not_null),
            ("x-stream-with-state", stream.with_state),
        ];
        let words = words.iter().filter(|(_, on)| *on).map(|(word, _)| quote!(#[schemars(extend(#word = true))]));
        let others = wire_names::aliases(field.attrs);
        let others = (!others.is_empty()).then(|| quote!(#[schemars(extend("x-aliases" = [#(#others),*]))]));
        let shown = if !is_described(field) {
            quote!(())
        } else {
            let described = rules.with.as_ref().unwrap_or(field.ty);
            let FieldNames { parameter, stand_in, .. } = &field.names;
            let described = without_self(crate::tokens(described), &own);
            let generics = bounded(ty);
            let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
            self.items.extend(quote! {
                struct #stand_in #impl_generics (::core::marker::PhantomData<fn() -> #own>) #where_clause;
                impl #impl_generics #p::Field for #stand_in #type_generics #where_clause {
                    type Type = #described;
                }
            });
            self.parameters.push(quote!(#parameter));
            self.arguments.push(quote!(#p::Described<#stand_in #type_generics>));
            quote!(#parameter)
        };
        Some(quote!(#(#attrs)* #default #description #example #(#bounds)* #(#words)* #others #name #shown))
    }

    /// The default of a field, as a path to a function: schemars calls it to tell the model the value.
    fn default(&mut self, field: &Field<'_>, ty: &SchemaType<'_>, own: &TokenStream) -> Option<TokenStream> {
        let of_field = serde_key(field.attrs, "default");
        let of_container = || serde_key(&ty.input.attrs, "default").filter(|_| ty.is_struct());
        let value = match (of_field, of_container) {
            (Some(Some(path)), _) => call(&path),
            (Some(None), _) => quote!(::core::default::Default::default()),
            (None, container) => {
                let whole = match container()? {
                    Some(path) => call(&path),
                    None => quote!(<#own as ::core::default::Default>::default()),
                };
                let member = field.name.map_or_else(|| quote!(0), |name| quote!(#name));
                quote!({ let whole: #own = #whole; whole.#member })
            }
        };
        if !is_told(field, ty) {
            let p = ty.paths.private_path();
            let path = crate::pretty::tokens(quote!(#p::no_default));
            return Some(quote!(#[serde(default = #path)]));
        }
        let name = &field.names.default;
        let field_type = without_self(crate::tokens(field.ty), own);
        let path = name.to_string();
        let lifetimes = ty.input.generics.lifetimes();
        self.items.extend(quote!(fn #name<#(#lifetimes),*>() -> #field_type { #value }));
        Some(quote!(#[serde(default = #path)]))
    }
}

/// Whether the model never sees the field.
fn is_skipped(field: &Field<'_>) -> bool {
    ["skip", "skip_deserializing"].iter().any(|key| serde_key(field.attrs, key).is_some())
}

/// Whether a type describes the field, so that a stand-in names it. With `schemars(with = ..)` the user says what it is
/// like, and the type says nothing.
pub(super) fn is_described(field: &Field<'_>) -> bool {
    let by_user = ["with", "schema_with"].iter().any(|key| key_of(&["schemars"], field.attrs, key).is_some());
    !by_user && !is_skipped(field)
}

/// Whether the model can be told a field's default. It cannot where the field is written by a function of its own, and
/// where the value depends on a parameter of the type.
pub(super) fn is_told(field: &Field<'_>, ty: &SchemaType<'_>) -> bool {
    let parameters: Vec<&Ident> = ty.input.generics.params.iter().filter_map(parameter).collect();
    let depends = match serde_key(field.attrs, "default") {
        None => !parameters.is_empty(),
        Some(_) => mentions(crate::tokens(field.ty), &parameters),
    };
    !depends && ["with", "serialize_with"].iter().all(|key| key_of(&["serde"], field.attrs, key).is_none())
}

/// The name of a type or const parameter.
pub(super) fn parameter(parameter: &GenericParam) -> Option<&Ident> {
    match parameter {
        GenericParam::Type(parameter) => Some(&parameter.ident),
        GenericParam::Const(parameter) => Some(&parameter.ident),
        _ => None,
    }
}

/// Whether `Self` or one of the names stands in the tokens, and there is one at all.
pub(super) fn mentions(tokens: TokenStream, names: &[&Ident]) -> bool {
    !names.is_empty()
        && tokens.into_iter().any(|tree| match tree {
            TokenTree::Ident(ident) => ident == "Self" || names.contains(&&ident),
            TokenTree::Group(group) => mentions(group.stream(), names),
            _ => false,
        })
}

/// A call of the function that a string names, as serde has it.
pub(super) fn call(path: &TokenStream) -> TokenStream {
    let parsed = syn::parse2::<syn::LitStr>(path.clone()).and_then(|path| path.parse::<syn::ExprPath>());
    match parsed {
        Ok(path) => quote!(#path()),
        // serde says what is wrong with it.
        Err(_) => quote!(::core::default::Default::default()),
    }
}

/// A string literal: an example of any type that is written as a string.
pub(super) fn is_text(value: &Expr) -> bool {
    matches!(value, Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(_), .. }))
}

/// The user's type with its parameters: what `Self` in a field means.
pub(super) fn own_type(ty: &SchemaType<'_>) -> TokenStream {
    let name = &ty.input.ident;
    let (_, type_generics, _) = ty.input.generics.split_for_impl();
    quote!(#name #type_generics)
}

/// `Self` replaced by the user's type.
pub(super) fn without_self(tokens: TokenStream, own: &TokenStream) -> TokenStream {
    tokens
        .into_iter()
        .flat_map(|tree| match tree {
            TokenTree::Ident(ident) if ident == "Self" => own.clone(),
            TokenTree::Group(group) => {
                let mut replaced = Group::new(group.delimiter(), without_self(group.stream(), own));
                replaced.set_span(group.span());
                TokenTree::Group(replaced).into()
            }
            other => other.into(),
        })
        .collect()
}
