//! The keys that say what a prompt needs of a provider: `requires(..)` and `strict = ..`.

use std::collections::BTreeSet;

use proc_macro2::Ident;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{GenericArgument, LitStr, Path, PathArguments, Token, Type};

use super::model::{Arg, Capability, Strict, Vendor};
use super::options::string;
use super::types::peel;
use crate::diag::Diag;
use crate::keys::Entry;
use crate::messages;

/// The capabilities of `requires(images, tools)`.
pub(super) fn requires(entry: &Entry, diag: &mut Diag) -> BTreeSet<Capability> {
    let mut found = BTreeSet::new();
    let list = entry.value.clone().unwrap_or_default();
    if list.is_empty() {
        diag.error(&entry.key, messages::requires_nothing());
        return found;
    }
    let Ok(names) = Punctuated::<Ident, Token![,]>::parse_terminated.parse2(list.clone()) else {
        diag.error(list, messages::requires_names());
        return found;
    };
    for name in names {
        match Capability::ALL.iter().find(|capability| name == capability.name()) {
            None => diag.error(&name, messages::unknown_capability(&name.to_string())),
            Some(capability) if !found.insert(*capability) => {
                diag.error(&name, messages::capability_twice(capability.name()));
            }
            Some(_) => {}
        }
    }
    found
}

/// The vendor of `strict = "openai"`.
pub(super) fn strict(entry: &Entry, diag: &mut Diag) -> Option<Strict> {
    let text: LitStr = string(entry, diag)?;
    let name = text.value();
    let vendor = Vendor::ALL.iter().find(|vendor| vendor.name() == name);
    if vendor.is_none() {
        diag.error(&text, messages::unknown_strict(&name));
    }
    vendor.map(|vendor| Strict { vendor: *vendor, text })
}

/// The paths in the types of arguments that read `Image`, each once. Whether it is the library's own is told by the types.
pub(super) fn images<'a>(args: &[Arg<'a>]) -> Vec<&'a Path> {
    let mut found = Vec::new();
    for arg in args {
        in_type(arg.ty, &mut found);
    }
    let mut seen = BTreeSet::new();
    found.retain(|path| seen.insert(crate::pretty::tokens(crate::tokens(path))));
    found
}

fn in_type<'a>(ty: &'a Type, found: &mut Vec<&'a Path>) {
    match peel(ty) {
        Type::Path(ty) if ty.qself.is_none() => {
            let Some(last) = ty.path.segments.last() else { return };
            match &last.arguments {
                PathArguments::None if last.ident == "Image" => found.push(&ty.path),
                PathArguments::AngleBracketed(arguments) => {
                    for argument in &arguments.args {
                        if let GenericArgument::Type(ty) = argument {
                            in_type(ty, found);
                        }
                    }
                }
                _ => {}
            }
        }
        Type::Reference(ty) => in_type(&ty.elem, found),
        Type::Slice(ty) => in_type(&ty.elem, found),
        Type::Array(ty) => in_type(&ty.elem, found),
        Type::Tuple(ty) => ty.elems.iter().for_each(|ty| in_type(ty, found)),
        _ => {}
    }
}
