//! What a type's own tokens tell of the limits of vendors, for `#[prompt(strict = ..)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Type};

use super::attributes::serde_keys;
use super::model::{Body, Field, SchemaType, Style};
use crate::prompt::{generic_argument, peel, plain_name};

/// No vendor refuses fewer fields of type `Option`, and a type that has no more says nothing of them.
const FEW: usize = 16;

/// The names of the fields of type `Option`, where they are so many that a vendor may refuse them.
pub(super) fn constant(ty: &SchemaType<'_>) -> TokenStream {
    let Body::Struct(fields) = &ty.body else { return TokenStream::new() };
    let plain =
        |attrs: &[Attribute], allowed: &[&str]| serde_keys(attrs).iter().all(|key| allowed.contains(&key.as_str()));
    // Another key may give the type another schema.
    let is_plain = plain(&ty.input.attrs, &["rename", "rename_all", "deny_unknown_fields", "default"]);
    if !is_plain || fields.style != Style::Named || !ty.input.generics.params.is_empty() {
        return TokenStream::new();
    }
    let counts = |field: &&Field<'_>| {
        plain(field.attrs, &["rename", "alias", "default"]) && field.rules.with.is_none() && is_option(field.ty)
    };
    let names: Vec<String> =
        fields.fields.iter().filter(counts).filter_map(|field| field.name).map(plain_name).collect();
    if names.len() <= FEW {
        return TokenStream::new();
    }
    quote!(const OPTIONS: &'static [&'static str] = &[#(#names),*];)
}

/// Whether it reads `Option<T>` with a `T` that is something else than null and any value at all.
fn is_option(ty: &Type) -> bool {
    let Some((name, inner)) = generic_argument(ty) else { return false };
    let anything = match peel(inner) {
        Type::Path(path) => path.path.segments.last().is_none_or(|last| last.ident == "Value"),
        _ => true,
    };
    name == "Option" && !anything
}
