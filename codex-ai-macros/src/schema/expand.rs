//! The generated code of one type: a hidden twin with the same shape derives schemars, and the type's own impls hand on
//! to it. So the rules of serde are schemars' business, and users need neither it nor a second derive.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, Expr, GenericParam, Meta, WherePredicate, parse_quote};

use super::model::{Body, Field, Fields, SchemaType, Style};

/// The impls of a type without mistakes.
pub(super) fn good(ty: &SchemaType<'_>) -> TokenStream {
    let twin = twin(ty);
    let default = container_default(ty);
    let checks = checks(ty);
    let json_schema = json_schema(ty);
    let llm_schema = llm_schema(ty);
    quote! {
        // The twin is never made, and its fields repeat what the user's own type answers for.
        #[allow(dead_code, deprecated, non_camel_case_types, clippy::all, clippy::pedantic, clippy::nursery)]
        const _: () = {
            #twin
            #default
            #checks
            #json_schema
            #llm_schema
        };
    }
}

/// Impls for a type with mistakes, so that its users have none.
pub(super) fn broken(ty: &SchemaType<'_>) -> TokenStream {
    let p = ty.paths.private();
    let name = &ty.input.ident;
    let text = name.to_string();
    let (impl_generics, type_generics, where_clause) = ty.input.generics.split_for_impl();
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

/// The twin's name. Its schema is named after the user's type.
fn twin_name() -> Ident {
    Ident::new("Twin", Span::mixed_site())
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

/// The attributes that schemars understands. `default = "path"` on a struct gives way to [`container_default`], since the
/// path leads to the user's type.
fn attributes<'a>(attrs: &'a [Attribute], container: bool) -> impl Iterator<Item = TokenStream> + 'a {
    let known = ["serde", "schemars", "doc", "validate", "garde"];
    attrs.iter().filter(move |attr| known.iter().any(|name| attr.path().is_ident(name))).map(move |attr| match &attr.meta {
        Meta::List(list) if container && list.path.is_ident("serde") => {
            let kept = split(list.tokens.clone()).into_iter().filter_map(|entry| {
                let name = entry.clone().into_iter().next().map(|first| first.to_string()).unwrap_or_default();
                match name.as_str() {
                    "default" => Some(quote!(default)),
                    // About serde's own code.
                    "crate" | "bound" | "expecting" | "remote" => None,
                    _ => Some(entry),
                }
            });
            quote!(#[serde(#(#kept),*)])
        }
        _ => attr.to_token_stream(),
    })
}

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

/// The value of a key in the type's `#[serde(..)]`: `Some(None)` for a key alone.
fn serde_key(ty: &SchemaType<'_>, key: &str) -> Option<Option<TokenStream>> {
    ty.input.attrs.iter().filter(|attr| attr.path().is_ident("serde") || attr.path().is_ident("schemars")).find_map(|attr| {
        let Meta::List(list) = &attr.meta else { return None };
        split(list.tokens.clone()).into_iter().find_map(|entry| {
            let mut trees = entry.into_iter();
            let named = matches!(trees.next(), Some(TokenTree::Ident(ident)) if ident == key);
            let value: TokenStream = trees.skip(1).collect();
            named.then(|| (!value.is_empty()).then_some(value))
        })
    })
}

fn twin(ty: &SchemaType<'_>) -> TokenStream {
    let p = ty.paths.private();
    let krate = crate::pretty::tokens(quote!(#p::schemars));
    let twin = twin_name();
    let attrs = attributes(&ty.input.attrs, true);
    let rename = serde_key(ty, "rename").is_none().then(|| {
        let name = schema_name(ty);
        quote!(#[schemars(rename = #name)])
    });
    let description = ty.description.as_ref().map(|text| quote!(#[schemars(description = #text)]));
    let own = own_type(ty);
    let mut generics = ty.input.generics.clone();
    for param in generics.params.iter_mut() {
        if let GenericParam::Type(param) = param {
            param.default = None;
        }
    }
    let predicates = field_predicates(ty, &own);
    if !predicates.is_empty() {
        generics.make_where_clause().predicates.extend(predicates);
    }
    let (_, _, where_clause) = generics.split_for_impl();
    let body = match &ty.body {
        Body::Struct(fields) => {
            let body = twin_fields(fields, &own, ty);
            match fields.style {
                Style::Named => quote!(struct #twin #generics #where_clause #body),
                _ => quote!(struct #twin #generics #body #where_clause;),
            }
        }
        Body::Enum(variants) => {
            let variants = variants.iter().map(|variant| {
                let (name, attrs) = (variant.name, attributes(variant.attrs, false));
                let description = variant.description.as_ref().map(|text| quote!(#[schemars(description = #text)]));
                let body = twin_fields(&variant.fields, &own, ty);
                quote!(#(#attrs)* #description #name #body)
            });
            quote!(enum #twin #generics #where_clause { #(#variants),* })
        }
        Body::Unknown => TokenStream::new(),
    };
    quote! {
        #[derive(#p::schemars::JsonSchema)]
        #[schemars(crate = #krate)]
        #rename
        #(#attrs)*
        #description
        #body
    }
}

/// The name in schemas: `Page`, or `Page_for_{T}` for a type with parameters, which schemars fills in.
fn schema_name(ty: &SchemaType<'_>) -> String {
    let name = crate::prompt::plain_name(&ty.input.ident);
    let params: Vec<String> =
        ty.input.generics.type_params().map(|param| format!("{{{}}}", param.ident)).collect();
    if params.is_empty() { name } else { format!("{name}_for_{}", params.join("_and_")) }
}

/// One `FieldType: LlmSchema` for each field, in the user's spans: what has no schema is reported there, once, and taken
/// for granted below.
fn field_predicates(ty: &SchemaType<'_>, own: &TokenStream) -> Vec<WherePredicate> {
    let p = ty.paths.private();
    let mut seen: Vec<String> = Vec::new();
    let mut predicates = Vec::new();
    let mut add = |field: &Field<'_>| {
        if is_hidden(field) {
            return;
        }
        let described = field.rules.with.as_ref().unwrap_or(field.ty);
        let tokens = without_self(crate::tokens(described), own);
        let text = tokens.to_string();
        if seen.contains(&text) {
            return;
        }
        seen.push(text);
        let bound = quote_spanned!(described.span()=> #p::LlmSchema);
        predicates.push(parse_quote!(#tokens: #bound));
    };
    match &ty.body {
        Body::Struct(fields) => fields.fields.iter().for_each(&mut add),
        Body::Enum(variants) => variants.iter().flat_map(|variant| &variant.fields.fields).for_each(&mut add),
        Body::Unknown => {}
    }
    predicates
}

/// Whether the model never sees the field, or schemars is told by the user what to say of it.
fn is_hidden(field: &Field<'_>) -> bool {
    field.attrs.iter().any(|attr| {
        let (serde, schemars) = (attr.path().is_ident("serde"), attr.path().is_ident("schemars"));
        let Meta::List(list) = &attr.meta else { return false };
        split(list.tokens.clone()).iter().any(|entry| {
            let name = entry.clone().into_iter().next().map(|first| first.to_string()).unwrap_or_default();
            (serde || schemars) && matches!(name.as_str(), "skip" | "skip_deserializing")
                || schemars && matches!(name.as_str(), "with" | "schema_with")
        })
    })
}

fn twin_fields(fields: &Fields<'_>, own: &TokenStream, ty: &SchemaType<'_>) -> TokenStream {
    let p = ty.paths.private();
    let list = fields.fields.iter().map(|field| {
        let attrs = attributes(field.attrs, false);
        let name = field.name.map(|name| quote!(#name:));
        let described = field.rules.with.as_ref().unwrap_or(field.ty);
        let tokens = without_self(crate::tokens(described), own);
        let description = field.rules.description.as_ref().map(|text| quote!(#[schemars(description = #text)]));
        let example = field.rules.example.as_ref().map(|value| {
            if is_text(value) {
                return quote!(#[schemars(example = #value)]);
            }
            let ty = without_self(crate::tokens(field.ty), own);
            let typed = quote_spanned!(value.span()=> ::core::convert::identity);
            quote!(#[schemars(example = #typed::<#ty>(#value))])
        });
        let bounds = field.rules.bounds.iter().map(|bound| {
            let (keyword, value) = (bound.keyword, &bound.value);
            quote!(#[schemars(extend(#keyword = #p::json(&(#value))))])
        });
        quote!(#(#attrs)* #description #example #(#bounds)* #name #tokens)
    });
    match fields.style {
        Style::Named => quote!({ #(#list),* }),
        Style::Unnamed => quote!((#(#list),*)),
        Style::Unit => TokenStream::new(),
    }
}

/// `Default` for the twin, where the struct has `#[serde(default)]`: the user's own value, moved over.
fn container_default(ty: &SchemaType<'_>) -> TokenStream {
    let (Some(value), Body::Struct(fields), true) = (serde_key(ty, "default"), &ty.body, ty.is_struct()) else {
        return TokenStream::new();
    };
    let twin = twin_name();
    let own = own_type(ty);
    let path = value.and_then(|value| {
        let literal: syn::LitStr = syn::parse2(value).ok()?;
        literal.parse::<syn::Path>().ok()
    });
    let make = match path {
        Some(path) => quote!(#path()),
        None => quote!(<#own as ::core::default::Default>::default()),
    };
    let (impl_generics, type_generics, _) = ty.input.generics.split_for_impl();
    let predicates = twin_predicates(ty);
    let names: Vec<TokenStream> = fields
        .fields
        .iter()
        .enumerate()
        .map(|(index, field)| match field.name {
            Some(name) => name.to_token_stream(),
            None => syn::Index::from(index).to_token_stream(),
        })
        .collect();
    quote! {
        #[automatically_derived]
        impl #impl_generics ::core::default::Default for #twin #type_generics #predicates {
            fn default() -> Self {
                let own: #own = #make;
                #twin { #(#names: own.#names),* }
            }
        }
    }
}

/// The where-clause of impls that name the twin.
fn twin_predicates(ty: &SchemaType<'_>) -> TokenStream {
    let mut generics = ty.input.generics.clone();
    let own = own_type(ty);
    let predicates = field_predicates(ty, &own);
    if !predicates.is_empty() {
        generics.make_where_clause().predicates.extend(predicates);
    }
    let where_clause = &generics.where_clause;
    quote!(#where_clause)
}

/// That each `#[llm]` bound fits the field's type, with the caret on the key.
fn checks(ty: &SchemaType<'_>) -> TokenStream {
    let p = ty.paths.private();
    let own = own_type(ty);
    let fields: Vec<&Field<'_>> = match &ty.body {
        Body::Struct(fields) => fields.fields.iter().collect(),
        Body::Enum(variants) => variants.iter().flat_map(|variant| &variant.fields.fields).collect(),
        Body::Unknown => Vec::new(),
    };
    let checks: Vec<TokenStream> = fields
        .into_iter()
        .flat_map(|field| {
            let tokens = without_self(crate::tokens(field.ty), &own);
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
    quote! {
        fn checks #impl_generics () #where_clause {
            #(#checks)*
        }
    }
}

fn respanned(tokens: TokenStream, span: Span) -> TokenStream {
    tokens
        .into_iter()
        .map(|tree| match tree {
            TokenTree::Group(group) => {
                let mut group = Group::new(group.delimiter(), respanned(group.stream(), span));
                group.set_span(span);
                TokenTree::Group(group)
            }
            mut other => {
                other.set_span(span);
                other
            }
        })
        .collect()
}

/// A string literal: an example of any type that is written as a string.
fn is_text(value: &Expr) -> bool {
    matches!(value, Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(_), .. }))
}

/// The user's type hands on to the twin.
fn json_schema(ty: &SchemaType<'_>) -> TokenStream {
    let p = ty.paths.private();
    let (twin, name) = (twin_name(), &ty.input.ident);
    let generics = bounded(ty);
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let (_, own_generics, _) = ty.input.generics.split_for_impl();
    let twin = quote!(#twin #own_generics);
    quote! {
        #[automatically_derived]
        impl #impl_generics #p::schemars::JsonSchema for #name #type_generics #where_clause {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                <#twin as #p::schemars::JsonSchema>::schema_name()
            }
            // Unlike a module path, it tells types of one name in two functions apart.
            fn schema_id() -> ::std::borrow::Cow<'static, str> {
                ::std::borrow::Cow::Borrowed(::core::any::type_name::<Self>())
            }
            fn inline_schema() -> bool {
                <#twin as #p::schemars::JsonSchema>::inline_schema()
            }
            fn json_schema(generator: &mut #p::schemars::SchemaGenerator) -> #p::schemars::Schema {
                <#twin as #p::schemars::JsonSchema>::json_schema(generator)
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
    let p = ty.paths.private();
    let mut generics = ty.input.generics.clone();
    let params: Vec<Ident> = generics.type_params().map(|param| param.ident.clone()).collect();
    if !params.is_empty() {
        let own = own_type(ty);
        let predicates = field_predicates(ty, &own);
        let clause = generics.make_where_clause();
        clause.predicates.extend(params.iter().map(|param| -> WherePredicate { parse_quote!(#param: #p::LlmSchema) }));
        // Of the fields only those that depend on a parameter: the others hold or are reported at the twin.
        clause.predicates.extend(predicates.into_iter().filter(|predicate| mentions(predicate, &params)));
    }
    generics
}

fn mentions(predicate: &WherePredicate, params: &[Ident]) -> bool {
    fn any(tokens: TokenStream, params: &[Ident]) -> bool {
        tokens.into_iter().any(|tree| match tree {
            TokenTree::Ident(ident) => params.contains(&ident),
            TokenTree::Group(group) => any(group.stream(), params),
            _ => false,
        })
    }
    any(predicate.to_token_stream(), params)
}

