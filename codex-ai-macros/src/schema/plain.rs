//! Plain structs: named fields and no attribute that takes schemars to understand. Most are, and their schema is put
//! together by calls of the library, one a field, which cost a fraction of what schemars' derive and a hidden shape do.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{
    Attribute, Expr, ExprLit, ExprUnary, GenericArgument, Ident, Lit, Meta, PathArguments, Type, TypePath, UnOp,
};

use super::attributes::{first_name, key_of, split};
use super::expand::{self, schema_name};
use super::model::{Body, Field, Fields, SchemaType, Style, TypeNames};
use super::shape::{call, own_type, without_self};
use super::{limits, partial, plain_enum, walk, wire_names};
use crate::keys::respanned;
use crate::prompt::{peel, plain_name};

/// The keys of serde on a type that say nothing of its schema, or only what is known here.
const KEYS_OF_TYPES: &[&str] =
    &["rename", "rename_all", "deny_unknown_fields", "crate", "bound", "expecting", "default"];
const KEYS_OF_FIELDS: &[&str] =
    &["rename", "alias", "bound", "default", "skip_serializing_if", "skip", "skip_deserializing"];

/// The fields of a plain struct that a model is told of.
pub(super) fn fields<'t>(ty: &'t SchemaType<'t>) -> Option<Vec<&'t Field<'t>>> {
    match &ty.body {
        Body::Struct(fields) if ty.is_plain => Some(fields.fields.iter().filter(|field| is_told(field)).collect()),
        _ => None,
    }
}

/// Whether a type is a plain struct or enum.
pub(super) fn is_plain(attrs: &[Attribute], generics: &syn::Generics, body: &Body<'_>) -> bool {
    if !generics.params.is_empty() || generics.where_clause.is_some() {
        return false;
    }
    let fields = match body {
        Body::Struct(Fields { style: Style::Named, fields }) => fields,
        Body::Enum(variants) => return plain_enum::is_plain(attrs, variants),
        _ => return false,
    };
    // All fields are walked at once, which is before any check: where there are both, problems would leave their order.
    let has_checks = fields.iter().any(|field| field.rules.check.is_some());
    fields.iter().any(is_told)
        && are_plain(attrs, KEYS_OF_TYPES)
        && fields.iter().all(|field| is_plain_field(field, KEYS_OF_FIELDS))
        && !(has_checks && fields.iter().any(|field| is_told(field) && is_part(field)))
}

fn is_told(field: &Field<'_>) -> bool {
    field.is_bare || !wire_names::is_skipped(field.attrs)
}

pub(super) fn is_plain_field(field: &Field<'_>, keys: &[&str]) -> bool {
    let rules = &field.rules;
    are_plain(field.attrs, keys)
        && rules.with.is_none()
        && rules.example.is_none()
        // Anything but a literal may name what would mean something else inside a generic function.
        && rules.description.iter().chain(rules.bounds.iter().map(|bound| &bound.value)).all(is_literal)
}

pub(super) fn are_plain(attrs: &[Attribute], keys: &[&str]) -> bool {
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
fn check_of_parts(ty: &SchemaType<'_>) -> TokenStream {
    let Some(fields) = fields(ty) else { return TokenStream::new() };
    let checked: Vec<_> = fields.into_iter().filter(|field| is_part(field)).collect();
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

/// What is said of the fields and of the type, beyond what the partial value tells.
fn said(fields: &[&Field<'_>], ty: &SchemaType<'_>) -> TokenStream {
    let words = fields.iter().enumerate().filter(|(_, field)| !field.is_bare).filter_map(|(index, field)| {
        let (words, default) = (words(field), default(field, ty));
        (!words.is_empty() || !default.is_empty()).then(|| quote!(.at(#index) #words #default))
    });
    let about = ty.description.as_ref().map(|text| quote!(.about(#text)));
    let whole = &ty.names.whole;
    let defaults = has_default(&ty.input.attrs).then(|| quote!(.defaults(#whole)));
    quote!(#about #(#words)* #defaults)
}

fn has_default(attrs: &[Attribute]) -> bool {
    key_of(&["serde"], attrs, "default").is_some()
}

/// The default of a field, and whether it may be missing.
fn default(field: &Field<'_>, ty: &SchemaType<'_>) -> TokenStream {
    let left_out = key_of(&["serde"], field.attrs, "skip_serializing_if").map(|_| quote!(.left_out()));
    let Some(path) = key_of(&["serde"], field.attrs, "default") else { return quote!(#left_out) };
    let field_type = without_self(crate::tokens(field.ty), &own_type(ty));
    let value = path.map_or_else(|| quote!(<#field_type as ::core::default::Default>::default()), |path| call(&path));
    let default = local("default");
    let shown = default_value(field, &quote!(#default), ty);
    quote!(.default({ let #default: #field_type = #value; #shown }) #left_out)
}

/// The default as JSON; none where serde leaves it out, and for a type that has no JSON.
fn default_value(field: &Field<'_>, default: &TokenStream, ty: &SchemaType<'_>) -> TokenStream {
    let p = ty.paths.private();
    let shown = quote!(#p::MaybeSerializeWrapper(&#default).maybe_to_value());
    let unless = key_of(&["serde"], field.attrs, "skip_serializing_if").flatten();
    match unless.and_then(|path| syn::parse2::<syn::LitStr>(path).ok()?.parse::<syn::ExprPath>().ok()) {
        Some(path) => quote!(if #path(&#default) { #p::None } else { #shown }),
        None => shown,
    }
}

/// The function that tells the defaults of fields out of that of the type.
fn defaults_of_type(fields: &[&Field<'_>], ty: &SchemaType<'_>) -> Option<TokenStream> {
    let path = key_of(&["serde"], &ty.input.attrs, "default")?;
    let (p, name, own) = (ty.paths.private(), &ty.names.whole, own_type(ty));
    let value = path.map_or_else(|| quote!(<#own as ::core::default::Default>::default()), |path| call(&path));
    let (whole, object) = (local("whole"), local("object"));
    let values = fields.iter().enumerate().filter(|(_, field)| !has_default(field.attrs)).map(|(index, field)| {
        let member = field.name;
        let value = default_value(field, &quote!(#whole.#member), ty);
        quote!(#object.default_at(#index, #value);)
    });
    Some(quote! {
        #[inline]
        fn #name(#object: &mut #p::Object<'_>) {
            let #whole: #own = #value;
            #(#values)*
        }
    })
}

pub(super) fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// What `#[llm]` and `#[serde(alias)]` have for a field.
pub(super) fn words(field: &Field<'_>) -> TokenStream {
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
    let checked = fields(ty)?.into_iter().filter(|field| is_part(field));
    let names: Vec<_> = checked.map(|field| field.name).collect();
    let TypeNames { check, parts_of, .. } = &ty.names;
    (!names.is_empty()).then(|| quote!(#check::<#parts_of>((#(&self.#names,)*), #checks);))
}

/// Whether the field of a plain struct is named by [`TypeNames::parts`]. All others have types of standard names, and the
/// library makes sure that they are the standard ones, since their checks are not run.
pub(super) fn is_part(field: &Field<'_>) -> bool {
    !field.is_leaf
}

/// Whether a type has no checks, by its name: text, numbers, and lists and options of them.
pub(super) fn is_unchecked(ty: &Type) -> bool {
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
pub(super) fn docs(attrs: &[Attribute]) -> String {
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

/// The trait that leads from one type to the types of the fields that have parts, and the type. Where no field has, the
/// compiler looks up a type such as `Progress<String>` once and not in every struct anew, as it does where there is a
/// parameter.
pub(super) fn parts<'t>(fields: impl Iterator<Item = &'t Field<'t>>, ty: &SchemaType<'_>) -> TokenStream {
    let p = ty.paths.private();
    let TypeNames { parts, parts_of, .. } = &ty.names;
    let (vis, own) = (&ty.input.vis, own_type(ty));
    let (mut declared, mut links) = (TokenStream::new(), TokenStream::new());
    for field in fields.filter(|field| is_part(field)) {
        // The caret of "required by this bound" belongs on the field's name.
        let span = field.name.map_or_else(Span::mixed_site, Ident::span);
        let named = Ident::new(&field.names.parameter.to_string(), span);
        let bound = respanned(quote!(#p::LlmSchema), span);
        declared.extend(quote_spanned!(span=> type #named: #bound;));
        let (parameter, of) = (&field.names.parameter, without_self(crate::tokens(field.ty), &own));
        links.extend(quote!(type #parameter = #of;));
    }
    quote! {
        trait #parts {
            #declared
        }
        #vis struct #parts_of;
        impl #parts for #parts_of {
            #links
        }
    }
}

/// All that is generated for a plain struct, as a call of a macro of the library.
pub(super) fn whole(ty: &SchemaType<'_>) -> Option<TokenStream> {
    let fields = fields(ty)?;
    let (krate, input) = (&ty.paths.krate, ty.input);
    let (vis, name, docs_of_type) = (&input.vis, &input.ident, docs(&input.attrs));
    let TypeNames { partial, seen, parts: parts_trait, parts_of, .. } = &ty.names;
    let (text, closed) = (schema_name(ty), key_of(&["serde"], &input.attrs, "deny_unknown_fields").is_some());
    let (partial_text, partial_docs) = (partial.to_string(), partial::doc_text(name));
    let has_parts = fields.iter().any(|field| is_part(field));
    let (mut members, mut told) = (String::new(), TokenStream::new());
    let parameter = local("P");
    for field in &fields {
        let member = field.name?;
        if !members.is_empty() {
            members.push(' ');
        }
        members.push_str(&plain_name(member));
        let (vis, docs, of) = (field.vis, docs(field.attrs), field.ty);
        let mut wire = wire_name(field, ty);
        if !field.is_bare {
            wire = wire_names::with_aliases(wire, field.attrs).join("\0");
        }
        if is_part(field) {
            let of = &field.names.parameter;
            told.extend(quote!((#vis #member #wire #docs Progress #parameter::#of)));
        } else {
            told.extend(quote!((#vis #member #wire #docs LeafOf #of)));
        }
    }
    let generic = has_parts.then(|| quote!(<#parameter: #parts_trait> #parts_of));
    let more = more(&fields, has_parts, ty);
    Some(quote! {
        #krate::plain_struct! {
            #name #text #docs_of_type #closed #vis struct #partial #generic #partial_text #partial_docs #seen #members #told
            #more
        }
    })
}

/// What else there is than fields of standard types.
fn more(fields: &[&Field<'_>], has_parts: bool, ty: &SchemaType<'_>) -> Option<TokenStream> {
    let (said, limits, check) = (said(fields, ty), limits::constant(ty), walk::method(ty));
    if !has_parts && said.is_empty() && limits.is_empty() && check.is_empty() {
        return None;
    }
    let (library, path) = (ty.paths.private(), ty.paths.private_path());
    let traits = (has_default(&ty.input.attrs) || fields.iter().any(|field| has_default(field.attrs))).then(|| {
        quote! {
            #[allow(unused_imports)]
            use #library::NoSerialize as _;
        }
    });
    let parts = has_parts.then(|| parts(fields.iter().copied(), ty));
    let (checks, check_of_parts) = (expand::checks(ty), check_of_parts(ty));
    let whole = defaults_of_type(fields, ty);
    Some(quote! {
        ; [
            #[allow(unused_qualifications)]
            #[allow(clippy::absolute_paths, clippy::all, clippy::nursery, clippy::pedantic)]
        ] [
            #[allow(unused_imports)]
            use #path as #library;
            #traits #parts #checks #check_of_parts #whole
        ] [#said] [#limits #check]
    })
}
