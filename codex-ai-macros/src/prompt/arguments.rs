//! The arguments of a prompt function, and `#[arg(..)]`.

use quote::ToTokens;
use syn::{Attribute, Expr, FnArg, Ident, Lifetime, LitStr, Pat, Type};

use super::check::{marker_name, plain_name};
use super::model::{Arg, ArgDefault, ArgNames};
use super::options::string;
use super::parse::Function;
use super::types::{generic_argument, has_placeholder, is_unsized, peel};
use crate::diag::Diag;
use crate::keys::{self, Spec};
use crate::messages;
use crate::names::Names;

const ARG: Spec =
    Spec { attribute: "#[arg]", keys: &["default", "rename"], bare: &["default"], lists: &[], example: "default = 3" };

/// Attributes that one may take for ours.
pub(super) const FOREIGN: &[&str] = &["default", "rename", "serde", "llm"];

/// The methods of every builder.
const RESERVED: &[&str] = &["build", "call", "send", "stream"];

/// All arguments, or nothing if one of them cannot be a field.
pub(crate) fn arguments<'a>(
    function: &'a Function,
    json: bool,
    has_builder: bool,
    (names, lifetime): (&mut Names, &Lifetime),
    diag: &mut Diag,
) -> Option<Vec<Arg<'a>>> {
    let mut args: Vec<Arg<'a>> = Vec::new();
    let mut all = true;
    for input in &function.sig.inputs {
        let FnArg::Typed(input) = input else { continue };
        let (default, rename) = argument_keys(&input.attrs, diag);
        let typed = argument_type(&input.ty, json, diag);
        let named = argument_name(&input.pat, diag);
        let (Some((referent, borrows)), Some(name)) = (typed, named) else {
            all = false;
            continue;
        };
        let json_name = rename.as_ref().map_or_else(|| plain_name(name), LitStr::value);
        // Two of one name and no `rename` is for rustc to say.
        let taken = args.iter().find(|earlier| earlier.json_name == json_name && earlier.name != name);
        if taken.is_some() {
            match &rename {
                Some(rename) => diag.error(rename, messages::two_arguments(&json_name)),
                None => diag.error(name, messages::two_arguments(&json_name)),
            }
        }
        if has_builder && RESERVED.contains(&plain_name(name).as_str()) {
            diag.error(name, messages::argument_reserved(&plain_name(name)));
            all = false;
        }
        all &= !args.iter().any(|earlier| earlier.name == name);
        let default = default.or_else(|| is_option(&input.ty).then_some(ArgDefault::None));
        let docs = crate::docs::attributes(&input.attrs);
        let names = argument_names(name, names, lifetime);
        args.push(Arg { name, json_name, ty: &input.ty, referent, borrows, docs, default, names });
    }
    all.then_some(args)
}

fn argument_names(argument: &Ident, names: &mut Names, lifetime: &Lifetime) -> ArgNames {
    let camel = marker_name(argument);
    ArgNames {
        state: names.fresh(&format!("{camel}State")),
        needs: names.fresh(&format!("Needs{camel}")),
        default: names.fresh(&format!("default_{}", plain_name(argument))),
        lifetime: lifetime.clone(),
    }
}

fn argument_keys(attrs: &[Attribute], diag: &mut Diag) -> (Option<ArgDefault>, Option<LitStr>) {
    let (mut default, mut rename) = (None, None);
    for attr in attrs {
        if attr.path().is_ident("cfg") || attr.path().is_ident("cfg_attr") {
            diag.error(attr, messages::argument_cfg(diag.subject));
        }
        if let Some(name) = attr.path().get_ident().filter(|name| FOREIGN.iter().any(|foreign| name == foreign)) {
            diag.error(attr, messages::argument_attribute(diag.subject, &name.to_string()));
        }
        if !attr.path().is_ident("arg") {
            continue;
        }
        let tokens = match &attr.meta {
            syn::Meta::List(list) => list.tokens.clone(),
            _ => {
                diag.error(attr, messages::expected_key_value(&ARG));
                continue;
            }
        };
        for entry in keys::parse(tokens, &ARG, diag) {
            match (entry.name().as_str(), &entry.value) {
                ("default", None) => default = Some(ArgDefault::Trait),
                ("default", Some(_)) => {
                    let expr: Option<Expr> = keys::value(&entry, messages::expected_expression("default"), diag);
                    default = Some(expr.map_or(ArgDefault::Trait, |expr| ArgDefault::Value(Box::new(expr))));
                }
                _ => rename = string(&entry, diag),
            }
        }
    }
    (default, rename)
}

fn argument_name<'a>(pat: &'a Pat, diag: &mut Diag) -> Option<&'a Ident> {
    match pat {
        Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none() => Some(&pat.ident),
        Pat::Wild(pat) => {
            diag.error(pat, messages::argument_underscore(diag.subject));
            None
        }
        pat => {
            diag.error(pat, messages::argument_pattern(diag.subject));
            None
        }
    }
}

/// The referent of a reference, and whether the type borrows.
fn argument_type<'a>(ty: &'a Type, json: bool, diag: &mut Diag) -> Option<(Option<&'a Type>, bool)> {
    let borrows = keys::mentions_lifetime(ty.to_token_stream());
    // `_` is for rustc to say.
    if has_placeholder(ty.to_token_stream()) {
        return None;
    }
    if is_unsized(ty) {
        diag.error(ty, messages::argument_unsized(diag.subject, &crate::pretty::tokens(crate::tokens(ty))));
        return None;
    }
    match peel(ty) {
        Type::Reference(reference) => {
            if let Some(mutable) = &reference.mutability {
                let mut both = reference.and_token.to_token_stream();
                mutable.to_tokens(&mut both);
                diag.error(both, messages::argument_mutable(diag.subject));
                return None;
            }
            if let Type::ImplTrait(inner) = peel(&reference.elem) {
                diag.error(inner, messages::argument_impl(diag.subject));
                return None;
            }
            if json && reference.lifetime.as_ref().is_some_and(|lifetime| lifetime.ident == "static") {
                diag.error(&reference.lifetime, messages::argument_static(diag.subject));
                return None;
            }
            Some((Some(&*reference.elem), borrows))
        }
        Type::ImplTrait(ty) => {
            diag.error(ty, messages::argument_impl(diag.subject));
            None
        }
        _ => Some((None, borrows)),
    }
}

/// Whether the type reads `Option<..>`: such an argument may be left out, as in serde.
fn is_option(ty: &Type) -> bool {
    generic_argument(ty).is_some_and(|(name, _)| name == "Option")
}
