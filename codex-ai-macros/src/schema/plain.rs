//! Plain structs: named fields and no attribute that takes schemars to understand. Most are, and their schema is put
//! together by calls of the library, one a field, which cost a fraction of what schemars' derive and a hidden shape do.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{
    Attribute, Expr, ExprLit, ExprUnary, GenericArgument, Ident, Lit, Meta, PathArguments, Type, TypePath, UnOp,
};

use super::attributes::{first_name, key_of, split};
use super::expand::schema_name;
use super::model::{Body, Field, Fields, SchemaType, Style, TypeNames};
use super::{limits, partial, wire_names};
use crate::prompt::{peel, plain_name};

/// The keys of serde on a type that say nothing of its schema, or only what is known here.
const KEYS_OF_TYPES: &[&str] = &["rename", "rename_all", "deny_unknown_fields", "crate", "bound", "expecting"];
const KEYS_OF_FIELDS: &[&str] = &["rename", "alias", "bound"];

/// The fields of a plain struct.
pub(super) fn fields<'t>(ty: &'t SchemaType<'t>) -> Option<&'t [Field<'t>]> {
    match &ty.body {
        Body::Struct(fields) if ty.is_plain => Some(&fields.fields),
        _ => None,
    }
}

/// Whether a type is a plain struct.
pub(super) fn is_plain(attrs: &[Attribute], generics: &syn::Generics, body: &Body<'_>) -> bool {
    let Body::Struct(Fields { style: Style::Named, fields }) = body else { return false };
    generics.params.is_empty()
        && generics.where_clause.is_none()
        && !fields.is_empty()
        && are_plain(attrs, KEYS_OF_TYPES)
        && fields.iter().all(is_plain_field)
}

fn is_plain_field(field: &Field<'_>) -> bool {
    let rules = &field.rules;
    are_plain(field.attrs, KEYS_OF_FIELDS)
        && rules.with.is_none()
        && rules.check.is_none()
        && rules.example.is_none()
        // Anything but a literal may name what would mean something else inside a generic function.
        && rules.description.iter().chain(rules.bounds.iter().map(|bound| &bound.value)).all(is_literal)
}

fn are_plain(attrs: &[Attribute], keys: &[&str]) -> bool {
    attrs.iter().all(|attr| match &attr.meta {
        Meta::List(list) if list.path.is_ident("serde") => split(list.tokens.clone())
            .iter()
            .all(|entry| keys.contains(&first_name(entry).as_str()) && !has_list(entry)),
        Meta::NameValue(pair) if pair.path.is_ident("doc") => is_literal(&pair.value),
        meta => !["serde", "schemars", "deprecated", "validate", "garde"].iter().any(|name| meta.path().is_ident(name)),
    })
}

/// Whether a key has names for each direction: `rename(serialize = "a", deserialize = "b")`.
fn has_list(entry: &TokenStream) -> bool {
    entry.clone().into_iter().any(|tree| matches!(tree, proc_macro2::TokenTree::Group(_)))
}

pub(super) fn is_literal(value: &Expr) -> bool {
    match value {
        Expr::Lit(_) => true,
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => is_literal(expr),
        _ => false,
    }
}

/// The function that checks the fields. It knows the types of fields by [`TypeNames::parts`] only, so that a field without a
/// schema is one error, at the field. Types of standard names have one: naming them costs the least.
pub(super) fn items(ty: &SchemaType<'_>) -> TokenStream {
    let Some(fields) = fields(ty) else { return TokenStream::new() };
    let checked: Vec<_> = fields.iter().filter(|field| is_part(field)).collect();
    if checked.is_empty() {
        return TokenStream::new();
    }
    let p = ty.paths.private();
    let TypeNames { parts, check, .. } = &ty.names;
    let parameters = checked.iter().map(|field| &field.names.parameter);
    let values = (0..checked.len()).map(syn::Index::from);
    let names = checked.iter().map(|field| wire_name(field, ty));
    quote! {
        #[inline]
        fn #check<P: #parts>(fields: (#(&P::#parameters,)*), checks: &mut #p::Checks<'_>) {
            checks.fields(&[#((#names, fields.#values)),*]);
        }
    }
}

/// The body of `json_schema`: the partial value tells the names and types of the fields, and here is what else there is.
pub(super) fn json_schema(ty: &SchemaType<'_>) -> TokenStream {
    let p = ty.paths.private();
    let fields = fields(ty).unwrap_or_default();
    let (docs_of_fields, docs) = (fields.iter().map(|field| docs(field.attrs)), docs(&ty.input.attrs));
    let closed = key_of(&["serde"], &ty.input.attrs, "deny_unknown_fields").is_some();
    let partial = partial::named(ty);
    let description = match &ty.description {
        Some(text) => quote!(#p::Some(#text)),
        None => quote!(#p::None),
    };
    let words = fields.iter().enumerate().filter_map(|(index, field)| {
        let words = words(field);
        (!words.is_empty()).then(|| quote!(.at(#index) #words))
    });
    quote! {
        #p::Object::of::<#partial>(generator, &[#(#docs_of_fields),*])
            #(#words)*
            .end(#docs, #description, #closed)
    }
}

/// What `#[llm]` and `#[serde(alias)]` have for a field.
fn words(field: &Field<'_>) -> TokenStream {
    let described = field.rules.description.as_ref().map(|text| quote!(.described(#text)));
    let bounds = field.rules.bounds.iter().map(|bound| {
        let (keyword, value) = (bound.keyword, &bound.value);
        quote!(.with(#keyword, &(#value)))
    });
    let stream = &field.rules.stream;
    let words = [
        ("x-stream-done", stream.done),
        ("x-stream-not-null", stream.not_null),
        ("x-stream-with-state", stream.with_state),
    ];
    let words = words.iter().filter(|(_, on)| *on).map(|(word, _)| quote!(.with(#word, &true)));
    let others = wire_names::aliases(field.attrs);
    let others = (!others.is_empty()).then(|| quote!(.with("x-aliases", &[#(#others),*])));
    quote!(#described #(#bounds)* #(#words)* #others)
}

/// The statement of `llm_check` that walks the fields; nothing where none can have checks.
pub(super) fn walked(ty: &SchemaType<'_>, checks: &Ident) -> Option<TokenStream> {
    let checked = fields(ty)?.iter().filter(|field| is_part(field));
    let names: Vec<_> = checked.map(|field| field.name).collect();
    let TypeNames { check, parts_of, .. } = &ty.names;
    (!names.is_empty()).then(|| quote!(#check::<#parts_of>((#(&self.#names,)*), #checks);))
}

/// Whether a field is named by [`TypeNames::parts`]. Where none is, the compiler looks up a type such as `Progress<String>`
/// once and not in every struct anew, as it does where there is a parameter.
pub(super) fn has_parts(ty: &SchemaType<'_>) -> bool {
    fields(ty).is_none_or(|fields| fields.iter().any(is_part))
}

/// Whether the field of a plain struct is named by [`TypeNames::parts`]. All others have types of standard names, and the
/// library makes sure that they are the standard ones, since their checks are not run.
pub(super) fn is_part(field: &Field<'_>) -> bool {
    !is_unchecked(field.ty)
}

/// Whether a type has no checks, by its name: text, numbers, and lists and options of them.
fn is_unchecked(ty: &Type) -> bool {
    const LEAVES: &[&str] =
        &["String", "bool", "char", "u8", "u16", "u32", "u64", "i8", "i16", "i32", "i64", "f32", "f64"];
    let Type::Path(TypePath { qself: None, path, .. }) = peel(ty) else { return false };
    let (None, 1, Some(segment)) = (path.leading_colon, path.segments.len(), path.segments.first()) else {
        return false;
    };
    match &segment.arguments {
        PathArguments::None => LEAVES.iter().any(|leaf| segment.ident == leaf),
        PathArguments::AngleBracketed(arguments) => {
            let is_container = segment.ident == "Vec" || segment.ident == "Option";
            is_container
                && arguments.args.len() == 1
                && arguments.args.iter().all(|inner| matches!(inner, GenericArgument::Type(ty) if is_unchecked(ty)))
        }
        PathArguments::Parenthesized(_) => false,
    }
}

fn wire_name(field: &Field<'_>, ty: &SchemaType<'_>) -> String {
    let nameless = Ident::new("_0", Span::call_site());
    wire_names::of_field(field.name.unwrap_or(&nameless), field.attrs, None, &ty.input.attrs)
}

/// The doc comment as schemars takes it: one space before each line goes.
fn docs(attrs: &[Attribute]) -> String {
    let lines = attrs.iter().filter_map(|attr| match &attr.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    });
    let lines: Vec<String> = lines.map(|line| line.strip_prefix(' ').unwrap_or(&line).to_owned()).collect();
    lines.join("\n").trim_ascii().to_owned()
}

/// All that is generated for a struct of standard types of which nothing more is said, as a call of a macro of the library.
pub(super) fn whole(ty: &SchemaType<'_>) -> Option<TokenStream> {
    let fields = fields(ty).filter(|fields| fields.iter().all(|field| !is_part(field) && words(field).is_empty()))?;
    let said = ty.description.is_some() || ty.validate.is_some() || !limits::constant(ty).is_empty();
    if said {
        return None;
    }
    let (krate, input) = (&ty.paths.krate, ty.input);
    let (vis, name, docs_of_type) = (&input.vis, &input.ident, docs(&input.attrs));
    let TypeNames { partial, seen, .. } = &ty.names;
    let (text, closed) = (schema_name(ty), key_of(&["serde"], &input.attrs, "deny_unknown_fields").is_some());
    let (partial_text, partial_docs) = (partial.to_string(), partial::doc_text(name));
    let (mut members, mut told) = (String::new(), TokenStream::new());
    for field in fields {
        let member = field.name?;
        if !members.is_empty() {
            members.push(' ');
        }
        members.push_str(&plain_name(member));
        let (vis, wire, docs, ty) = (field.vis, wire_name(field, ty), docs(field.attrs), field.ty);
        told.extend(quote!((#vis #member #wire #docs #ty)));
    }
    Some(quote! {
        #krate::plain_struct! {
            #name #text #docs_of_type #closed #vis struct #partial #partial_text #partial_docs #seen #members #told
        }
    })
}
