//! The generated code of one type: a hidden shape of the same fields derives schemars, and the type's own impls hand on to
//! it. So the rules of serde are schemars' business, and users need neither it nor a second derive.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Attribute, WherePredicate, parse_quote};

use super::attributes::serde_key;
use super::model::{Body, Elsewhere, Field, SchemaType, Variant};
use super::shape::{Shape, own_type, without_self};
use super::{elsewhere, limits, partial, plain, plain_enum, walk};
use crate::keys::respanned;

/// The impls of a type without mistakes.
pub(super) fn good(ty: &SchemaType<'_>) -> TokenStream {
    if let Some(whole) = plain::whole(ty) {
        return whole;
    }
    let p = ty.paths.private();
    let (items, described) = match &ty.body {
        Body::Enum(variants) if ty.is_plain => {
            (plain_enum::items(ty), Described::Plainly(plain_enum::json_schema(variants, ty)))
        }
        _ => {
            let shape = Shape::new(ty);
            let (handle, arguments) = (&ty.names.handle, &shape.arguments);
            let by = quote!(<<#handle<#(#arguments),*> as #p::Shaped>::Shape as #p::schemars::JsonSchema>);
            (shape.items, Described::By(by))
        }
    };
    let checks = checks(ty);
    let json_schema = json_schema(ty, &described);
    let llm_schema = llm_schema(ty);
    let partial = partial::items(ty);
    let (library, path) = (ty.paths.private(), ty.paths.private_path());
    quote! {
        // The shape is never made, and it repeats what the user's own type answers for.
        #[allow(dead_code, deprecated, non_camel_case_types, private_bounds, private_interfaces, unnameable_types)]
        #[allow(unused_qualifications, clippy::default_numeric_fallback, clippy::partial_pub_fields)]
        #[allow(clippy::absolute_paths, clippy::all, clippy::nursery, clippy::pedantic)]
        const _: () = {
            use #path as #library;
            #items
            #checks
            #json_schema
            #llm_schema
            #partial
        };
    }
}

/// Impls for a type with mistakes, so that its users have none. A type that cannot even be deserialised has none.
pub(super) fn broken(ty: &SchemaType<'_>) -> TokenStream {
    if ty.hopeless {
        return TokenStream::new();
    }
    let (p, path) = (ty.paths.private(), ty.paths.private_path());
    let name = &ty.input.ident;
    let text = name.to_string();
    let generics = bounded(ty);
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    // Where serde's derive gives up, its own error is enough.
    let readable = (ty.elsewhere == Some(Elsewhere::Serde)).then(|| unread(ty));
    let endless = (ty.elsewhere == Some(Elsewhere::Rustc)).then(|| endless(ty));
    quote! {
        const _: () = {
            use #path as #p;
            #readable
            #endless
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
                type Partial = #p::Whole;
            }
        };
    }
}

/// That the fields that look endless are: a program's own `Option` may hold anything, and that would be no mistake.
fn endless(ty: &SchemaType<'_>) -> TokenStream {
    let p = ty.paths.private();
    let own = own_type(ty);
    let (impl_generics, _, where_clause) = ty.input.generics.split_for_impl();
    let same = elsewhere::endless(ty.input).map(|(field, depth)| {
        let field = without_self(crate::tokens(field), &own);
        let whole = (0..depth).fold(own.clone(), |inner, _| quote!(#p::Option<#inner>));
        quote! {
            const _: () = {
                #[allow(dead_code, clippy::elidable_lifetime_names)]
                fn same #impl_generics (field: &#field) -> &#whole #where_clause {
                    field
                }
            };
        }
    });
    same.collect()
}

/// A `Deserialize` that nobody will call: the program does not compile.
fn unread(ty: &SchemaType<'_>) -> TokenStream {
    let p = ty.paths.private();
    let name = &ty.input.ident;
    let mut generics = ty.input.generics.clone();
    let (_, type_generics, _) = ty.input.generics.split_for_impl();
    let lifetime = syn::Lifetime::new("'__de", proc_macro2::Span::mixed_site());
    generics.params.insert(0, parse_quote!(#lifetime));
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #impl_generics #p::serde::Deserialize<#lifetime> for #name #type_generics #where_clause {
            fn deserialize<D: #p::serde::Deserializer<#lifetime>>(_: D) -> ::core::result::Result<Self, D::Error> {
                ::core::result::Result::Err(#p::serde::de::Error::custom(""))
            }
        }
    }
}

/// That each `#[llm]` bound fits the field's type, with the caret on the key.
pub(super) fn checks(ty: &SchemaType<'_>) -> TokenStream {
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
    let name = &ty.names.checks;
    quote! {
        #[inline]
        fn #name #impl_generics () #where_clause {
            #(#checks)*
        }
    }
}

/// What makes the schema of a type.
enum Described {
    /// This expression.
    Plainly(TokenStream),
    /// The shape, named as the type of a path.
    By(TokenStream),
}

/// The user's type puts its schema together, or hands on to the shape.
fn json_schema(ty: &SchemaType<'_>, described: &Described) -> TokenStream {
    let p = ty.paths.private();
    let name = &ty.input.ident;
    let generics = bounded(ty);
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let params: Vec<&Ident> = ty.input.generics.type_params().map(|param| &param.ident).collect();
    let text = schema_name(ty);
    let schema_name = if params.is_empty() {
        quote!(::std::borrow::Cow::Borrowed(#text))
    } else {
        quote!(#p::generic_name(#text, &[#(<#params as #p::schemars::JsonSchema>::schema_name()),*]))
    };
    // Unlike a module path, this tells types of one name in two functions apart, and in two blocks of one function.
    let place = quote_spanned!(name.span()=> (::core::line!(), ::core::column!()));
    let inline = serde_key(&ty.input.attrs, "inline").is_some().then(|| {
        quote! {
            #[inline]
            fn inline_schema() -> bool {
                true
            }
        }
    });
    let schema = match described {
        Described::Plainly(schema) => schema.clone(),
        Described::By(shape) => quote!(#shape::json_schema(generator)),
    };
    let identity = match described {
        Described::By(shape) if serde_key(&ty.input.attrs, "transparent").is_some() => quote! {
            #[inline]
            fn schema_id() -> ::std::borrow::Cow<'static, str> {
                #shape::schema_id()
            }
            #[inline]
            fn inline_schema() -> bool {
                #shape::inline_schema()
            }
            #[inline]
            fn _schemars_private_non_optional_json_schema(generator: &mut #p::schemars::SchemaGenerator) -> #p::schemars::Schema {
                #shape::_schemars_private_non_optional_json_schema(generator)
            }
            #[inline]
            fn _schemars_private_is_option() -> bool {
                #shape::_schemars_private_is_option()
            }
        },
        _ => quote! {
            #[inline]
            fn schema_id() -> ::std::borrow::Cow<'static, str> {
                #p::schema_id(::core::any::type_name::<Self>(), #place)
            }
            #inline
        },
    };
    quote! {
        #[automatically_derived]
        impl #impl_generics #p::schemars::JsonSchema for #name #type_generics #where_clause {
            #[inline]
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                #schema_name
            }
            #identity
            #[inline]
            fn json_schema(generator: &mut #p::schemars::SchemaGenerator) -> #p::schemars::Schema {
                #schema
            }
        }
    }
}

/// The name of the schema, before those of parameters.
pub(super) fn schema_name(ty: &SchemaType<'_>) -> TokenStream {
    match serde_key(&ty.input.attrs, "rename") {
        Some(Some(renamed)) if syn::parse2::<syn::LitStr>(renamed.clone()).is_ok() => renamed,
        _ => crate::prompt::plain_name(&ty.input.ident).to_token_stream(),
    }
}

fn llm_schema(ty: &SchemaType<'_>) -> TokenStream {
    let p = ty.paths.private();
    let name = &ty.input.ident;
    let generics = bounded(ty);
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let partial = partial::named(ty);
    let limits = limits::constant(ty);
    let (check, key) = (walk::method(ty), walk::key(ty));
    quote! {
        #[automatically_derived]
        impl #impl_generics #p::LlmSchema for #name #type_generics #where_clause {
            type Form = #p::Json;
            type Partial = #partial;
            #limits
            #check
            #key
        }
    }
}

/// The type's generics, each type parameter with a schema.
pub(super) fn bounded(ty: &SchemaType<'_>) -> syn::Generics {
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
pub(super) fn fields_of<'t>(ty: &'t SchemaType<'t>) -> impl Iterator<Item = &'t Field<'t>> {
    let (fields, variants): (&[Field<'_>], &[Variant<'_>]) = match &ty.body {
        Body::Struct(fields) => (&fields.fields, &[]),
        Body::Enum(variants) => (&[], variants),
        Body::Unknown => (&[], &[]),
    };
    fields.iter().chain(variants.iter().flat_map(|variant| &variant.fields.fields))
}
