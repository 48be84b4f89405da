//! The rules of a prompt function that need no types. Reads syntax, writes to [`Diag`], never stops at the first mistake.

use proc_macro2::{Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident};
use syn::{Attribute, Ident, Receiver, ReceiverKind, ReturnType, Safety, Type};

use super::arguments::{FOREIGN, arguments};
use super::model::{Capability, EntryNames, PromptFn};
use super::needs;
use super::options::{Keys, prompt_keys};
use super::owner::Owner;
use super::parse::{Body, Function};
use super::template;
use super::types::{generic_argument, has_placeholder, is_unsized, peel};
use crate::diag::Diag;
use crate::keys;
use crate::messages;
use crate::names::Names;
use crate::paths::Paths;
use crate::tool::path::ToolPath;

/// How much of a prompt function can be expanded.
pub(super) enum Checked<'a> {
    /// All of it.
    Good(PromptFn<'a>),
    /// There are mistakes, but arguments and return type are known: callers elsewhere need not fail too.
    Known(PromptFn<'a>),
    /// Only the names are known.
    Named { marker: Ident, paths: Paths },
    /// Nothing but the function may be emitted.
    Bare,
}

/// Checks everything and tells how far the expansion may go.
pub(super) fn check<'a>(
    attr: TokenStream,
    function: &'a Function,
    owner: Option<&'a Owner>,
    diag: &mut Diag,
) -> Checked<'a> {
    let mut own = Diag::default();
    let given = attr.clone();
    let mut keys = prompt_keys(attr, function, owner, &mut own);
    if !keys.tools.is_empty() {
        keys.requires.insert(Capability::Tools);
    }
    let source = keys.template.as_ref().and_then(|key| template::source(key, &mut own));
    let only_function = placement(function, owner, template::is_named(&given), &mut own);
    template_places(&keys, function, &mut own);
    let shape_known = signature(function, &mut own) && owner.is_none_or(|owner| !owner.refused);
    let mut tokens = function.sig.to_token_stream();
    tokens.extend(owner.map(|owner| owner.ty.clone()));
    if let Some(source) = &source {
        Literal::string(source.text()).to_tokens(&mut tokens);
    }
    let mut names = Names::of(tokens);
    let lifetime = names.lifetime();
    let args = arguments(function, keys.json.unwrap_or(true), true, (&mut names, &lifetime), &mut own);
    let returns = return_type(function, &mut own);
    let library = names.fresh("codex_ai");
    let template = match (&keys.template, &source, &args) {
        (Some(key), Some(source), Some(args)) => {
            let (cache, library) = (keys.cache.is_some(), library.to_string());
            template::template((key, source), (args, cache), (&library, &mut names), &mut own)
        }
        _ => None,
    };

    let marker = keys.marker.clone().unwrap_or_else(|| marker_name(&function.sig.ident));
    let is_type = owner.and_then(|owner| owner.last.as_ref()).is_some_and(|last| *last == marker);
    if is_type {
        own.error(&marker, messages::marker_is_type(&marker.to_string()));
    }
    let broken = own.has_errors();
    diag.extend(own);
    if only_function || is_type {
        return Checked::Bare;
    }
    let (Some(args), Some((returns, output_ends)), true) = (args, returns, shape_known) else {
        return Checked::Named { marker, paths: keys.paths };
    };
    let mut requires = keys.requires;
    if !keys.tools.is_empty() {
        requires.insert(Capability::Tools);
    }
    let prompt = PromptFn {
        mode: keys.mode.unwrap_or_else(|| plain_name(&function.sig.ident)),
        forwarded: owner
            .iter()
            .flat_map(|owner| &owner.forwarded)
            .chain(function.attrs.iter().filter(|attr| is_forwarded(attr)))
            .collect(),
        // A function is called on what its tools are methods of; further types, that one must provide.
        state: owner
            .filter(|_| function.sig.receiver().is_some())
            .map(|owner| owner.ty.clone())
            .or_else(|| keys.tools.iter().find_map(ToolPath::owner).cloned()),
        receiver: function.sig.receiver().is_some(),
        owner,
        model: keys.model,
        temperature: keys.temperature,
        max_tokens: keys.max_tokens,
        requires,
        images: needs::images(&args),
        strict: keys.strict,
        json: keys.json.unwrap_or(true),
        tools: keys.tools,
        paths: keys.paths,
        template,
        function,
        marker,
        args,
        returns,
        output_ends,
        names: EntryNames { entry: names.fresh("ENTRY"), render: names.fresh("render"), library, lifetime },
    };
    if broken { Checked::Known(prompt) } else { Checked::Good(prompt) }
}

/// Whether it is another `#[prompt]`, by any path.
pub(crate) fn is_prompt(attr: &Attribute) -> bool {
    attr.path().segments.last().is_some_and(|last| last.ident == "prompt")
}

/// Whether it is another `#[tool]`, by any path.
pub(crate) fn is_tool(attr: &Attribute) -> bool {
    attr.path().segments.last().is_some_and(|last| last.ident == "tool")
}

/// Whether it is our `#[arg]`, a doc comment, which rustc does not allow on arguments, or one that we have complained of.
pub(super) fn is_ours_on_argument(attr: &Attribute) -> bool {
    ["arg", "doc"].iter().chain(FOREIGN).any(|name| attr.path().is_ident(name))
}

pub(crate) fn is_forwarded(attr: &Attribute) -> bool {
    ["cfg", "allow", "warn", "deny", "forbid", "deprecated"].iter().any(|name| attr.path().is_ident(name))
}

/// Where the attribute stands. Returns whether nothing may be put beside the function.
fn placement(function: &Function, owner: Option<&Owner>, has_template: bool, diag: &mut Diag) -> bool {
    for attr in function.attrs.iter().filter(|attr| is_prompt(attr)) {
        diag.error(attr, messages::applied_twice());
    }
    if let Some(owner) = owner {
        if let Some(receiver) = function.sig.receiver() {
            if has_template {
                diag.error(receiver, messages::template_on_method());
                return true;
            }
            check_receiver(receiver, owner, diag);
        }
        if let (Body::Semicolon(semicolon), false) = (&function.body, has_template) {
            diag.error(semicolon, messages::no_body(&plain_name(&function.sig.ident)));
            return true;
        }
        return owner.of_trait;
    }
    if let Some(receiver) = function.sig.receiver() {
        diag.error(receiver, if has_template { messages::template_on_method() } else { messages::takes_self() });
        return true;
    }
    let body = match &function.body {
        Body::Braces(group) => group.to_token_stream(),
        Body::Semicolon(_) if has_template => TokenStream::new(),
        Body::Semicolon(semicolon) => {
            diag.error(semicolon, messages::no_body(&plain_name(&function.sig.ident)));
            return true;
        }
    };
    if let Some(own) = find_self(function.sig.to_token_stream()).or_else(|| find_self(body)) {
        diag.error(own, messages::mentions_self());
        return true;
    }
    false
}

/// A mounted value is shared by all calls, so `&self` is what a method can have.
pub(crate) fn check_receiver(receiver: &Receiver, owner: &Owner, diag: &mut Diag) {
    let shared = match &receiver.kind {
        ReceiverKind::Reference(_, _, mutability) => mutability.is_none(),
        ReceiverKind::Typed(_, ty) => match peel(ty) {
            Type::Reference(reference) => {
                let referent = reference.elem.to_token_stream();
                let is_type =
                    referent.to_string() == owner.ty.to_string() || crate::pretty::tokens(referent) == owner.name;
                reference.mutability.is_none() && is_type
            }
            _ => false,
        },
        _ => false,
    };
    if !shared {
        let mutable = matches!(&receiver.kind, ReceiverKind::Reference(..));
        diag.error(receiver, messages::method_receiver(diag.subject, mutable));
    }
}

/// What goes together with a template.
fn template_places(keys: &Keys, function: &Function, diag: &mut Diag) {
    let Some(key) = &keys.template else {
        if let Some(cache) = &keys.cache {
            diag.error(cache, messages::cache_without_template());
        }
        return;
    };
    if matches!(function.body, Body::Braces(_)) {
        diag.error(&key.name, messages::template_and_body(&plain_name(&function.sig.ident)));
    }
}

/// Finds `Self`, but not inside items of the body that have a `Self` of their own.
pub(crate) fn find_self(tokens: TokenStream) -> Option<Ident> {
    let mut own_self = false;
    for tree in tokens {
        match tree {
            TokenTree::Ident(ident) if ident == "Self" => return Some(ident),
            TokenTree::Ident(ident) => {
                own_self |= ["impl", "trait", "struct", "enum"].iter().any(|keyword| ident == keyword);
            }
            TokenTree::Group(group) if !own_self => {
                if let Some(found) = find_self(group.stream()) {
                    return Some(found);
                }
            }
            _ => {}
        }
    }
    None
}

/// Qualifiers and generics. Returns whether arguments and return type mean something without them.
pub(crate) fn signature(function: &Function, diag: &mut Diag) -> bool {
    let sig = &function.sig;
    let name = plain_name(&sig.ident);
    if sig.asyncness.is_none() {
        diag.error(sig.fn_token, messages::not_async(diag.subject, &name));
    }
    if let Safety::Unsafe(token) = &sig.safety {
        diag.error(token, messages::is_unsafe(diag.subject));
    }
    if let Some(token) = &sig.constness {
        diag.error(token, messages::is_qualified(diag.subject, "const"));
    }
    if let Some(abi) = &sig.abi {
        diag.error(abi.extern_token, messages::is_qualified(diag.subject, "extern"));
    }
    if let Some(variadic) = &sig.variadic {
        diag.error(variadic, messages::variadic(diag.subject));
    }
    let mut known = true;
    for parameter in &sig.generics.params {
        let ident = match parameter {
            syn::GenericParam::Type(parameter) => &parameter.ident,
            syn::GenericParam::Const(parameter) => &parameter.ident,
            _ => continue,
        };
        diag.error(ident, messages::generic(diag.subject, &ident.to_string()));
        known = false;
    }
    if let (Some(clause), true) = (&sig.generics.where_clause, known) {
        diag.error(clause.where_token, messages::where_clause(diag.subject));
    }
    known
}

/// The return type, and the ends of the `T` in `Prompt<T>`.
fn return_type<'a>(function: &'a Function, diag: &mut Diag) -> Option<(&'a Type, (Span, Span))> {
    let ty = match &function.sig.output {
        ReturnType::Type(_, ty) => &**ty,
        ReturnType::Default => {
            // The closing parenthesis is the last thing that the user wrote before the place where the type belongs.
            let close = function.sig.paren_token.span.close();
            diag.push(syn::Error::new(close, messages::no_return_type()));
            return None;
        }
    };
    if let Type::ImplTrait(ty) = peel(ty) {
        diag.error(ty, messages::returns_impl());
        return None;
    }
    // `_` is for rustc to say.
    if has_placeholder(ty.to_token_stream()) {
        return None;
    }
    if let Type::Reference(reference) = peel(of_result(ty))
        && reference.lifetime.as_ref().is_none_or(|lifetime| lifetime.ident != "static")
    {
        diag.error(reference.and_token, messages::prompt_borrows());
        return None;
    }
    let inner = output_type(ty);
    if let Some(Type::Reference(reference)) = inner.map(peel) {
        diag.error(reference.and_token, messages::output_borrows());
        return None;
    }
    if let Some(inner) = inner.filter(|inner| is_unsized(inner)) {
        diag.error(inner, messages::output_borrows());
        return None;
    }
    Some((ty, keys::ends(inner.unwrap_or(ty).to_token_stream())))
}

/// The `T` of `Result<T, E>`, or the type itself.
fn of_result(ty: &Type) -> &Type {
    match generic_argument(ty) {
        Some((name, first)) if name == "Result" => first,
        _ => ty,
    }
}

/// The `T` of `Prompt<T>` and `Result<Prompt<T>, E>`, for the sake of carets only: what it means is left to the types.
fn output_type(ty: &Type) -> Option<&Type> {
    let (name, first) = generic_argument(ty)?;
    if name == "Prompt" {
        return Some(first);
    }
    if name == "Result" { output_type(first) } else { None }
}

/// The name without `r#`.
pub(crate) fn plain_name(ident: &Ident) -> String {
    let name = ident.to_string();
    name.strip_prefix("r#").map(str::to_owned).unwrap_or(name)
}

/// `sum_up` becomes `SumUp`, with the span of the function's name.
pub(super) fn marker_name(function: &Ident) -> Ident {
    let mut name = String::new();
    for word in plain_name(function).split('_') {
        let mut letters = word.chars();
        if let Some(first) = letters.next() {
            name.extend(first.to_uppercase());
            name.push_str(letters.as_str());
        }
    }
    if name.is_empty() || name == "Self" {
        name.push_str("Prompt");
    }
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert(0, '_');
    }
    format_ident!("{name}", span = function.span())
}
