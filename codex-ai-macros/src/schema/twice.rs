//! Two fields, or two variants, of one name in JSON: serde would read the first and never the second.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Attribute, Ident};

use super::attributes::key_of;
use super::model::{Body, Field, Fields, SchemaType};
use super::wire_names::{self, Tagging};
use crate::diag::Diag;
use crate::messages;

/// Reports each second one.
pub(super) fn check(ty: &SchemaType<'_>, diag: &mut Diag) {
    let of_type = &ty.input.attrs;
    match &ty.body {
        Body::Struct(fields) => {
            of_fields(fields, |field, name| wire_names::of_field(name, field.attrs, None, of_type), diag);
        }
        Body::Enum(variants) => {
            let untagged = Tagging::of(of_type) == Tagging::Untagged;
            let mut names = Vec::new();
            for variant in variants {
                let of_variant = Some(variant.attrs);
                of_fields(
                    &variant.fields,
                    |field, name| wire_names::of_field(name, field.attrs, of_variant, of_type),
                    diag,
                );
                let unnamed = ["untagged", "other"].iter().any(|key| key_of(&["serde"], variant.attrs, key).is_some());
                if untagged || unnamed || wire_names::is_skipped(variant.attrs) {
                    continue;
                }
                let name = wire_names::of_variant(variant.name, variant.attrs, of_type);
                note(&mut names, name, variant.attrs, variant.name, "variants", diag);
            }
        }
        Body::Unknown => {}
    }
}

fn of_fields(fields: &Fields<'_>, in_json: impl Fn(&Field<'_>, &Ident) -> String, diag: &mut Diag) {
    let mut names = Vec::new();
    for field in &fields.fields {
        let Some(name) = field.name else { continue };
        if wire_names::is_skipped(field.attrs) || key_of(&["serde"], field.attrs, "flatten").is_some() {
            continue;
        }
        note(&mut names, in_json(field, name), field.attrs, name, "fields", diag);
    }
}

/// The caret is on the `rename`, if there is one.
fn note(
    names: &mut Vec<(String, Ident)>,
    in_json: String,
    attrs: &[Attribute],
    name: &Ident,
    what: &str,
    diag: &mut Diag,
) {
    // Two of one name in Rust is for rustc to say.
    if names.iter().any(|(earlier, of)| *earlier == in_json && of != name) {
        let place: TokenStream =
            key_of(&["serde"], attrs, "rename").flatten().unwrap_or_else(|| name.to_token_stream());
        diag.error(place, messages::named_twice(what, &in_json));
    }
    names.push((in_json, name.clone()));
}
