//! The rules of a tool that need no types. They are those of a prompt's arguments, and a few of its own.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident};
use syn::{Ident, LitStr, ReturnType};

use super::model::{Names, ToolFn};
use crate::diag::Diag;
use crate::keys::{self, Spec};
use crate::messages;
use crate::paths::Paths;
use crate::prompt::{
    Body, Function, Owner, arguments, check_receiver, crate_path, find_self, is_forwarded, is_tool, peel, plain_name,
    shown, signature, string,
};

const TOOL: Spec = Spec {
    attribute: "#[tool]",
    keys: &["name", "marker", "crate"],
    bare: &[],
    lists: &[],
    example: "name = \"look_up\"",
};

/// The longest name that all vendors take.
const LONGEST_NAME: usize = 64;

/// Checks everything; `None` where nothing may be put beside the function. `owner` is the `impl` block.
pub(super) fn check<'a>(
    attr: TokenStream,
    function: &'a Function,
    owner: Option<&'a Owner>,
    diag: &mut Diag,
) -> Option<ToolFn<'a>> {
    let mut own = Diag::of_tools();
    let (name, marker, paths) = tool_keys(attr, function, owner, &mut own);
    let placed = placement(function, owner, &mut own);
    let known = signature(function, &mut own);
    let mut named = function.sig.to_token_stream();
    named.extend(owner.map(|owner| owner.ty.clone()));
    let mut names = crate::names::Names::of(named);
    let lifetime = names.lifetime();
    let args = arguments(function, true, false, (&mut names, &lifetime), &mut own);
    let returns = match &function.sig.output {
        ReturnType::Default => None,
        ReturnType::Type(_, ty) => Some(&**ty),
    };
    if let Some(syn::Type::ImplTrait(ty)) = returns.map(peel) {
        own.error(ty, messages::tool_returns_impl());
    }
    let broken = own.has_errors();
    diag.extend(own);
    if !placed {
        return None;
    }
    let ident = &function.sig.ident;
    let broken = broken || !known || args.is_none();
    Some(ToolFn {
        name: name.unwrap_or_else(|| plain_name(ident)),
        marker: marker.unwrap_or_else(|| format_ident!("{ident}", span = ident.span())),
        forwarded: owner
            .iter()
            .flat_map(|owner| &owner.forwarded)
            .chain(function.attrs.iter().filter(|attr| is_forwarded(attr)))
            .collect(),
        args: args.unwrap_or_default(),
        broken,
        function,
        paths,
        returns,
        owner,
        names: Names { entry: names.fresh("ENTRY"), call: names.fresh("call"), library: names.fresh("codex_ai") },
    })
}

fn tool_keys(
    attr: TokenStream,
    function: &Function,
    owner: Option<&Owner>,
    diag: &mut Diag,
) -> (Option<String>, Option<Ident>, Paths) {
    let paths = owner.map(|owner| owner.paths.clone()).unwrap_or_default();
    let (mut name, mut marker, mut paths) = (None, None, paths);
    let ident = &function.sig.ident;
    for entry in keys::parse(attr, &TOOL, diag) {
        match entry.name().as_str() {
            "name" => name = string(&entry, diag),
            "marker" => {
                marker = keys::value(&entry, messages::expected_ident(diag.subject, "marker", &shown(&entry)), diag);
            }
            _ => paths = crate_path(&entry, diag).unwrap_or(paths),
        }
    }
    match &name {
        Some(given) => name_of_tool(&given.value(), given, &plain_name(ident), diag),
        None => name_of_tool(&plain_name(ident), ident, "look_up", diag),
    }
    (name.as_ref().map(LitStr::value), marker, paths)
}

/// What all vendors take: letters, digits, `_` and `-`.
fn name_of_tool(name: &str, tokens: impl ToTokens, instead: &str, diag: &mut Diag) {
    let bad = name.chars().find(|c| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-')));
    if name.is_empty() {
        diag.error(tokens, messages::tool_name_empty(instead));
    } else if let Some(bad) = bad {
        diag.error(tokens, messages::tool_name_character(bad, name));
    } else if name.len() > LONGEST_NAME {
        diag.error(tokens, messages::tool_name_long(name.len(), LONGEST_NAME));
    }
}

/// Where the attribute stands. Returns whether something may be put beside the function.
fn placement(function: &Function, owner: Option<&Owner>, diag: &mut Diag) -> bool {
    for attr in function.attrs.iter().filter(|attr| is_tool(attr)) {
        diag.error(attr, messages::tool_twice());
    }
    let body = match &function.body {
        Body::Braces(group) => group.to_token_stream(),
        Body::Semicolon(semicolon) => {
            diag.error(semicolon, messages::tool_without_body(&plain_name(&function.sig.ident)));
            return false;
        }
    };
    if let Some(owner) = owner {
        if let Some(receiver) = function.sig.receiver() {
            check_receiver(receiver, owner, diag);
        }
        return !owner.refused;
    }
    if let Some(receiver) = function.sig.receiver() {
        diag.error(receiver, messages::tool_takes_self());
        return false;
    }
    if let Some(found) = find_self(function.sig.to_token_stream()).or_else(|| find_self(body)) {
        diag.error(found, messages::tool_takes_self());
        return false;
    }
    true
}
