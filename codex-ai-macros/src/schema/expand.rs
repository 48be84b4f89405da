//! The generated code of one type: a hidden shape of the same fields derives schemars, and the type's own impls hand on to
//! it. So the rules of serde are schemars' business, and users need neither it nor a second derive.
//!
//! The shape has a type parameter for each field, and a field's type is named in one place, the impl of `Field` for a type
//! that stands for it. So a field without a schema is one error, at the field.

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, Expr, GenericParam, Meta, WherePredicate, parse_quote};

use super::model::{Body, Field, FieldNames, Fields, SchemaType, Style, Variant};
use crate::keys::{ends, respanned};

/// The impls of a type without mistakes.
pub(super) fn good(ty: &SchemaType<'_>) -> TokenStream {
    let shape = Shape::new(ty);
    let items = &shape.items;
    let checks = checks(ty);
    let json_schema = json_schema(ty, &shape);
    let llm_schema = llm_schema(ty);
    quote! {
        // The shape is never made, and it repeats what the user's own type answers for.
        #[allow(dead_code, deprecated, non_camel_case_types, unused_qualifications)]
        #[allow(clippy::absolute_paths, clippy::all, clippy::nursery, clippy::pedantic)]
        const _: () = {
            #items
            #checks
            #json_schema
            #llm_schema
        };
    }
}

/// Impls for a type with mistakes, so that its users have none. A type that cannot even be deserialised has none.
pub(super) fn broken(ty: &SchemaType<'_>) -> TokenStream {
    if ty.hopeless {
        return TokenStream::new();
    }
    let p = ty.paths.private();
    let name = &ty.input.ident;
    let text = name.to_string();
    let generics = bounded(ty);
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    quote! {
        const _: () = {
            #[automatically_derived]
            impl #impl_generics #p::schemars::JsonSchema for #name #type_generics #where_clause {
                fn schema_name() -> ::std::borrow::Cow<'static, str> {
                    ::std::borrow::Cow::Borrowed(#text)
                }
                fn json_schema(_: &mut #p::schemars::SchemaGenerator) -> #p::schemars::Schema {
                    ::core::convert::From::from(false)
                }
            }
            #[automatically_derived]
            impl #impl_generics #p::LlmSchema for #name #type_generics #where_clause {
                type Form = #p::Json;
            }
        };
    }
}

/// The user's type with its parameters: what `Self` in a field means.
fn own_type(ty: &SchemaType<'_>) -> TokenStream {
    let name = &ty.input.ident;
    let (_, type_generics, _) = ty.input.generics.split_for_impl();
    quote!(#name #type_generics)
}

/// `Self` replaced by the user's type.
fn without_self(tokens: TokenStream, own: &TokenStream) -> TokenStream {
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

/// The attributes that schemars understands, but for these keys of serde's.
fn attributes<'a>(attrs: &'a [Attribute], without: &'a [&'a str]) -> impl Iterator<Item = TokenStream> + 'a {
    let known = ["serde", "schemars", "doc", "deprecated", "validate", "garde"];
    attrs.iter().filter(move |attr| known.iter().any(|name| attr.path().is_ident(name))).map(move |attr| {
        match &attr.meta {
            Meta::List(list) if list.path.is_ident("serde") => {
                let kept = split(list.tokens.clone());
                let kept = kept.into_iter().filter(|entry| !without.contains(&first_name(entry).as_str()));
                quote!(#[serde(#(#kept),*)])
            }
            _ => attr.to_token_stream(),
        }
    })
}

/// What is about serde's own code; and `default`, which [`Shape::default`] words anew.
const NOT_OF_CONTAINERS: &[&str] = &["default", "crate", "bound", "expecting", "remote"];
const NOT_OF_FIELDS: &[&str] = &["default", "bound", "with", "serialize_with", "deserialize_with"];
/// The same for a field whose default cannot be told.
const NOT_OF_UNTOLD: &[&str] =
    &["default", "bound", "with", "serialize_with", "deserialize_with", "skip_serializing_if"];

/// Splits at commas.
fn split(tokens: TokenStream) -> Vec<TokenStream> {
    let mut entries = vec![TokenStream::new()];
    for tree in tokens {
        match &tree {
            TokenTree::Punct(punct) if punct.as_char() == ',' => entries.push(TokenStream::new()),
            _ => {
                if let Some(entry) = entries.last_mut() {
                    entry.extend([tree]);
                }
            }
        }
    }
    entries.retain(|entry| !entry.is_empty());
    entries
}

fn first_name(entry: &TokenStream) -> String {
    entry.clone().into_iter().next().map(|first| first.to_string()).unwrap_or_default()
}

/// The value of a key in `#[serde(..)]` or `#[schemars(..)]`: `Some(None)` for a key alone.
fn serde_key(attrs: &[Attribute], key: &str) -> Option<Option<TokenStream>> {
    key_of(&["serde", "schemars"], attrs, key)
}

/// The same for attributes of these names only.
fn key_of(names: &[&str], attrs: &[Attribute], key: &str) -> Option<Option<TokenStream>> {
    attrs.iter().filter(|attr| names.iter().any(|name| attr.path().is_ident(name))).find_map(|attr| {
        let Meta::List(list) = &attr.meta else { return None };
        split(list.tokens.clone()).into_iter().find(|entry| first_name(entry) == key).map(|entry| {
            let value: TokenStream = entry.into_iter().skip(2).collect();
            (!value.is_empty()).then_some(value)
        })
    })
}

/// The shape and what it takes to name it.
struct Shape {
    /// The shape itself, and the functions that make defaults.
    items: TokenStream,
    /// `F0`.
    parameters: Vec<TokenStream>,
    /// What stands for the fields' types.
    arguments: Vec<TokenStream>,
}

impl Shape {
    fn new(ty: &SchemaType<'_>) -> Self {
        let p = ty.paths.private();
        let krate = crate::pretty::tokens(quote!(#p::schemars));
        let attrs: Vec<TokenStream> = attributes(&ty.input.attrs, NOT_OF_CONTAINERS).collect();
        let description = ty.description.as_ref().map(|text| quote!(#[schemars(description = #text)]));
        let shape_name = &ty.shape;
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
        let (handle, parameters) = (&ty.handle, &shape.parameters);
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
        let skipped = ["skip", "skip_deserializing"].iter().any(|key| serde_key(field.attrs, key).is_some());
        if skipped && field.name.is_some() {
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
        // With `schemars(with = ..)` the user says what it is like, and the type says nothing.
        let described_by_user =
            ["with", "schema_with"].iter().any(|key| key_of(&["schemars"], field.attrs, key).is_some());
        let shown = if described_by_user || skipped {
            quote!(())
        } else {
            let described = rules.with.as_ref().unwrap_or(field.ty);
            let FieldNames { parameter, stand_in, .. } = &field.names;
            let described = without_self(crate::tokens(described), &own);
            let (first, last) = ends(described.clone());
            let (open, close) = (respanned(quote!(#p::field::<), first), respanned(quote!(>()), last));
            let generics = bounded(ty);
            let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
            self.items.extend(quote! {
                struct #stand_in #impl_generics (::core::marker::PhantomData<fn() -> #own>) #where_clause;
                impl #impl_generics #p::Field for #stand_in #type_generics #where_clause {
                    const SCHEMA: #p::FieldSchema = #open #described #close;
                }
            });
            self.parameters.push(quote!(#parameter));
            self.arguments.push(quote!(#p::Described<#stand_in #type_generics>));
            quote!(#parameter)
        };
        Some(quote!(#(#attrs)* #default #description #example #(#bounds)* #name #shown))
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
            let p = ty.paths.private();
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

/// Whether the model can be told a field's default. It cannot where the field is written by a function of its own, and
/// where the value depends on a parameter of the type.
fn is_told(field: &Field<'_>, ty: &SchemaType<'_>) -> bool {
    let parameters: Vec<&Ident> = ty.input.generics.params.iter().filter_map(parameter).collect();
    let depends = match serde_key(field.attrs, "default") {
        None => !parameters.is_empty(),
        Some(_) => mentions(crate::tokens(field.ty), &parameters),
    };
    !depends && ["with", "serialize_with"].iter().all(|key| key_of(&["serde"], field.attrs, key).is_none())
}

/// The name of a type or const parameter.
fn parameter(parameter: &GenericParam) -> Option<&Ident> {
    match parameter {
        GenericParam::Type(parameter) => Some(&parameter.ident),
        GenericParam::Const(parameter) => Some(&parameter.ident),
        _ => None,
    }
}

/// Whether `Self` or one of the names stands in the tokens, and there is one at all.
fn mentions(tokens: TokenStream, names: &[&Ident]) -> bool {
    !names.is_empty()
        && tokens.into_iter().any(|tree| match tree {
            TokenTree::Ident(ident) => ident == "Self" || names.contains(&&ident),
            TokenTree::Group(group) => mentions(group.stream(), names),
            _ => false,
        })
}

/// A call of the function that a string names, as serde has it.
fn call(path: &TokenStream) -> TokenStream {
    let parsed = syn::parse2::<syn::LitStr>(path.clone()).and_then(|path| path.parse::<syn::ExprPath>());
    match parsed {
        Ok(path) => quote!(#path()),
        // serde says what is wrong with it.
        Err(_) => quote!(::core::default::Default::default()),
    }
}

/// That each `#[llm]` bound fits the field's type, with the caret on the key.
fn checks(ty: &SchemaType<'_>) -> TokenStream {
    let p = ty.paths.private();
    let own = own_type(ty);
    let checks: Vec<TokenStream> = fields_of(ty)
        .flat_map(|field| {
            let described = field.rules.with.as_ref().unwrap_or(field.ty);
            let tokens = without_self(crate::tokens(described), &own);
            let bounds = field.rules.bounds.iter().map(|bound| {
                // The caret belongs on the key, not on the type.
                let (key, tokens) = (&bound.key, respanned(tokens.clone(), bound.key.span()));
                quote_spanned!(key.span()=> #p::bounds::#key::<#tokens>();)
            });
            bounds.collect::<Vec<_>>()
        })
        .collect();
    if checks.is_empty() {
        return TokenStream::new();
    }
    let (impl_generics, _, where_clause) = ty.input.generics.split_for_impl();
    let name = &ty.checks;
    quote! {
        fn #name #impl_generics () #where_clause {
            #(#checks)*
        }
    }
}

/// A string literal: an example of any type that is written as a string.
fn is_text(value: &Expr) -> bool {
    matches!(value, Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(_), .. }))
}

/// The user's type hands on to the shape.
fn json_schema(ty: &SchemaType<'_>, shape: &Shape) -> TokenStream {
    let p = ty.paths.private();
    let name = &ty.input.ident;
    let generics = bounded(ty);
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let params: Vec<&Ident> = ty.input.generics.type_params().map(|param| &param.ident).collect();
    let text = match serde_key(&ty.input.attrs, "rename") {
        Some(Some(renamed)) if syn::parse2::<syn::LitStr>(renamed.clone()).is_ok() => renamed,
        _ => crate::prompt::plain_name(name).to_token_stream(),
    };
    let schema_name = if params.is_empty() {
        quote!(::std::borrow::Cow::Borrowed(#text))
    } else {
        quote!(#p::generic_name(#text, &[#(<#params as #p::schemars::JsonSchema>::schema_name()),*]))
    };
    let (handle, arguments) = (&ty.handle, &shape.arguments);
    let shape = quote!(<<#handle<#(#arguments),*> as #p::Shaped>::Shape as #p::schemars::JsonSchema>);
    // Unlike a module path, this tells types of one name in two functions apart, and in two blocks of one function.
    let place = quote_spanned!(name.span()=> (::core::line!(), ::core::column!()));
    let inline = serde_key(&ty.input.attrs, "inline").is_some();
    let identity = if serde_key(&ty.input.attrs, "transparent").is_some() {
        quote! {
            fn schema_id() -> ::std::borrow::Cow<'static, str> {
                #shape::schema_id()
            }
            fn inline_schema() -> bool {
                #shape::inline_schema()
            }
            fn _schemars_private_non_optional_json_schema(generator: &mut #p::schemars::SchemaGenerator) -> #p::schemars::Schema {
                #shape::_schemars_private_non_optional_json_schema(generator)
            }
            fn _schemars_private_is_option() -> bool {
                #shape::_schemars_private_is_option()
            }
        }
    } else {
        quote! {
            fn schema_id() -> ::std::borrow::Cow<'static, str> {
                #p::schema_id::<Self>(#place)
            }
            fn inline_schema() -> bool {
                #inline
            }
        }
    };
    quote! {
        #[automatically_derived]
        impl #impl_generics #p::schemars::JsonSchema for #name #type_generics #where_clause {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                #schema_name
            }
            #identity
            fn json_schema(generator: &mut #p::schemars::SchemaGenerator) -> #p::schemars::Schema {
                #shape::json_schema(generator)
            }
        }
    }
}

fn llm_schema(ty: &SchemaType<'_>) -> TokenStream {
    let p = ty.paths.private();
    let name = &ty.input.ident;
    let generics = bounded(ty);
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let parameters = ty.input.generics.params.iter().any(|param| !matches!(param, GenericParam::Lifetime(_)));
    // A static in a generic function is shared by all its instances, so types with parameters take the table.
    let cached = (!parameters).then(|| {
        quote! {
            fn llm_schema() -> &'static ::std::sync::Arc<#p::Schema>
            where
                Self: 'static,
            {
                static SCHEMA: ::std::sync::OnceLock<::std::sync::Arc<#p::Schema>> = ::std::sync::OnceLock::new();
                SCHEMA.get_or_init(#p::make_schema::<Self>)
            }
        }
    });
    quote! {
        #[automatically_derived]
        impl #impl_generics #p::LlmSchema for #name #type_generics #where_clause {
            type Form = #p::Json;
            #cached
        }
    }
}

/// The type's generics, each type parameter with a schema.
fn bounded(ty: &SchemaType<'_>) -> syn::Generics {
    let mut generics = ty.input.generics.clone();
    add_bounds(&mut generics, ty);
    generics
}

fn add_bounds(generics: &mut syn::Generics, ty: &SchemaType<'_>) {
    let p = ty.paths.private();
    let params: Vec<Ident> = generics.type_params().map(|param| param.ident.clone()).collect();
    if !params.is_empty() {
        let bounds = params.iter().map(|param| -> WherePredicate { parse_quote!(#param: #p::LlmSchema) });
        let clause = generics.make_where_clause();
        clause.predicates.extend(bounds);
        if has_serde_bounds(ty) {
            let own = own_type(ty);
            clause.predicates.push(parse_quote!(#own: #p::DeserializeOwned));
        }
    }
}

/// Whether serde asks more of a type parameter than `Deserialize`, `Default` for instance.
fn has_serde_bounds(ty: &SchemaType<'_>) -> bool {
    let keys = ["bound", "default", "skip", "skip_deserializing", "with", "deserialize_with"];
    let has = |attrs: &[Attribute]| keys.iter().any(|key| serde_key(attrs, key).is_some());
    has(&ty.input.attrs) || fields_of(ty).any(|field| has(field.attrs))
}

/// The fields of the struct, or of all variants.
fn fields_of<'t>(ty: &'t SchemaType<'t>) -> impl Iterator<Item = &'t Field<'t>> {
    let (fields, variants): (&[Field<'_>], &[Variant<'_>]) = match &ty.body {
        Body::Struct(fields) => (&fields.fields, &[]),
        Body::Enum(variants) => (&[], variants),
        Body::Unknown => (&[], &[]),
    };
    fields.iter().chain(variants.iter().flat_map(|variant| &variant.fields.fields))
}
