//! The rules of a prompt function that need no types. Reads syntax, writes to [`Diag`], never stops at the first mistake.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident};
use syn::spanned::Spanned;
use syn::{
    Attribute, Expr, ExprLit, ExprUnary, FnArg, Ident, Lifetime, Lit, LitBool, LitStr, Pat, ReturnType, Safety, Type,
    UnOp,
};

use super::model::{Arg, ArgDefault, ArgNames, EntryNames, PromptFn};
use super::parse::{Body, Function};
use crate::diag::Diag;
use crate::keys::{self, Entry, Spec};
use crate::messages;
use crate::names::Names;
use crate::paths::Paths;
use crate::suggest::nearest;

const PROMPT: Spec = Spec {
    attribute: "#[prompt]",
    keys: &["mode", "model", "temperature", "max_tokens", "marker", "json", "crate"],
    bare: &[],
    example: "mode = \"x\"",
};

const ARG: Spec =
    Spec { attribute: "#[arg]", keys: &["default", "rename"], bare: &["default"], example: "default = 3" };

/// The methods of every builder.
const RESERVED: &[&str] = &["build", "call", "send", "stream"];

/// The names before the slash in `model = "openai/.."`.
const PROVIDERS: &[&str] =
    &["openai", "anthropic", "gemini", "openrouter", "ollama", "groq", "mistral", "deepseek", "azure", "vllm", "local"];

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

/// The keys of `#[prompt(..)]`.
#[derive(Default)]
struct Keys {
    mode: Option<String>,
    model: Option<LitStr>,
    temperature: Option<TokenStream>,
    max_tokens: Option<TokenStream>,
    marker: Option<Ident>,
    json: Option<bool>,
    paths: Paths,
}

/// Checks everything and tells how far the expansion may go.
pub(super) fn check<'a>(attr: TokenStream, function: &'a Function, diag: &mut Diag) -> Checked<'a> {
    let mut own = Diag::default();
    let keys = prompt_keys(attr, function, &mut own);
    let only_function = placement(function, &mut own);
    let shape_known = signature(function, &mut own);
    let mut names = Names::of(function.sig.to_token_stream());
    let lifetime = names.lifetime();
    let args = arguments(function, keys.json.unwrap_or(true), (&mut names, &lifetime), &mut own);
    let returns = return_type(function, &mut own);

    let marker = keys.marker.clone().unwrap_or_else(|| marker_name(&function.sig.ident));
    let broken = own.has_errors();
    diag.extend(own);
    if only_function {
        return Checked::Bare;
    }
    let (Some(args), Some((returns, output_ends)), true) = (args, returns, shape_known) else {
        return Checked::Named { marker, paths: keys.paths };
    };
    let prompt = PromptFn {
        mode: keys.mode.unwrap_or_else(|| plain_name(&function.sig.ident)),
        forwarded: function.attrs.iter().filter(|attr| is_forwarded(attr)).collect(),
        model: keys.model,
        temperature: keys.temperature,
        max_tokens: keys.max_tokens,
        json: keys.json.unwrap_or(true),
        paths: keys.paths,
        function,
        marker,
        args,
        returns,
        output_ends,
        names: EntryNames {
            entry: names.fresh("ENTRY"),
            render: names.fresh("render"),
            library: names.fresh("codex_ai"),
            lifetime,
        },
    };
    if broken { Checked::Known(prompt) } else { Checked::Good(prompt) }
}

/// Whether it is another `#[prompt]`, by any path.
pub(super) fn is_prompt(attr: &Attribute) -> bool {
    attr.path().segments.last().is_some_and(|last| last.ident == "prompt")
}

/// Whether it is our `#[arg]`, or a doc comment, which rustc does not allow on arguments.
pub(super) fn is_ours_on_argument(attr: &Attribute) -> bool {
    attr.path().is_ident("arg") || attr.path().is_ident("doc")
}

fn is_forwarded(attr: &Attribute) -> bool {
    ["cfg", "allow", "warn", "deny", "forbid", "deprecated"].iter().any(|name| attr.path().is_ident(name))
}

/// Where the attribute stands. Returns whether nothing may be put beside the function.
fn placement(function: &Function, diag: &mut Diag) -> bool {
    for attr in function.attrs.iter().filter(|attr| is_prompt(attr)) {
        diag.error(attr, messages::applied_twice());
    }
    if let Some(receiver) = function.sig.receiver() {
        diag.error(receiver, messages::takes_self());
        return true;
    }
    let body = match &function.body {
        Body::Braces(group) => group.to_token_stream(),
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

/// Finds `Self`, but not inside items of the body that have a `Self` of their own.
fn find_self(tokens: TokenStream) -> Option<Ident> {
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
fn signature(function: &Function, diag: &mut Diag) -> bool {
    let sig = &function.sig;
    let name = plain_name(&sig.ident);
    if sig.asyncness.is_none() {
        diag.error(sig.fn_token, messages::not_async(&name));
    }
    if let Safety::Unsafe(token) = &sig.safety {
        diag.error(token, messages::is_unsafe());
    }
    if let Some(token) = &sig.constness {
        diag.error(token, messages::is_qualified("const"));
    }
    if let Some(abi) = &sig.abi {
        diag.error(abi.extern_token, messages::is_qualified("extern"));
    }
    if let Some(variadic) = &sig.variadic {
        diag.error(variadic, messages::variadic());
    }
    let mut known = true;
    for parameter in &sig.generics.params {
        let ident = match parameter {
            syn::GenericParam::Type(parameter) => &parameter.ident,
            syn::GenericParam::Const(parameter) => &parameter.ident,
            _ => continue,
        };
        diag.error(ident, messages::generic(&ident.to_string()));
        known = false;
    }
    if let (Some(clause), true) = (&sig.generics.where_clause, known) {
        diag.error(clause.where_token, messages::where_clause());
    }
    known
}

fn prompt_keys(attr: TokenStream, function: &Function, diag: &mut Diag) -> Keys {
    let mut found = Keys::default();
    for entry in keys::parse(attr, &PROMPT, diag) {
        match entry.name().as_str() {
            "mode" => found.mode = string(&entry, diag).and_then(|text| mode(&text, &function.sig.ident, diag)),
            "model" => found.model = string(&entry, diag).filter(|text| model(text, diag)),
            "temperature" => found.temperature = number(&entry, diag),
            "max_tokens" => found.max_tokens = count(&entry, diag),
            "marker" => found.marker = keys::value(&entry, messages::expected_ident("marker", &shown(&entry)), diag),
            "json" => {
                let value: Option<LitBool> = keys::value(&entry, messages::expected_bool("json"), diag);
                found.json = value.map(|value| value.value);
            }
            _ => {
                if let Some(paths) = crate_path(&entry, diag) {
                    found.paths = paths;
                }
            }
        }
    }
    found
}

/// The value of a `crate` key.
pub(crate) fn crate_path(entry: &Entry, diag: &mut Diag) -> Option<Paths> {
    let message = messages::crate_not_absolute(&shown(entry));
    let path = keys::value::<syn::Path>(entry, message.clone(), diag)?;
    let paths = Paths::from_path(&path);
    if paths.is_none() {
        diag.error(&path, message);
    }
    paths
}

/// The value as one would read it, for messages.
pub(crate) fn shown(entry: &Entry) -> String {
    entry.value.clone().map(crate::pretty::tokens).unwrap_or_default()
}

/// The value as a string literal.
pub(crate) fn string(entry: &Entry, diag: &mut Diag) -> Option<LitStr> {
    keys::value(entry, messages::expected_string(&entry.name(), &shown(entry)), diag)
}

fn mode(text: &LitStr, function: &Ident, diag: &mut Diag) -> Option<String> {
    let mode = text.value();
    if mode.is_empty() {
        diag.error(text, messages::mode_empty(&plain_name(function)));
        return None;
    }
    if let Some(bad) = mode.chars().find(|c| !messages::is_mode_character(*c)) {
        diag.error(text, messages::mode_character(&mode, bad));
        return None;
    }
    Some(mode)
}

fn model(text: &LitStr, diag: &mut Diag) -> bool {
    let name = text.value();
    if name.trim().is_empty() {
        diag.error(text, messages::model_empty());
        return false;
    }
    // Other prefixes are fine: routers have models such as `meta-llama/llama-4`.
    let Some((prefix, _)) = name.split_once('/') else { return true };
    if PROVIDERS.contains(&prefix) {
        return true;
    }
    match nearest(prefix, PROVIDERS) {
        // `mistralai` is a publisher whose models routers have.
        Some(meant) if !prefix.starts_with(meant) => {
            diag.error(text, messages::unknown_provider(prefix, meant));
            false
        }
        _ => true,
    }
}

fn number(entry: &Entry, diag: &mut Diag) -> Option<TokenStream> {
    let name = entry.name();
    let value: Expr = keys::value(entry, messages::expected_number(&name), diag)?;
    let (literal, negative) = match &value {
        Expr::Lit(ExprLit { lit, .. }) => (lit, false),
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => match &**expr {
            Expr::Lit(ExprLit { lit, .. }) => (lit, true),
            _ => return not_a_number(&value, &name, diag),
        },
        _ => return not_a_number(&value, &name, diag),
    };
    let parsed = match literal {
        Lit::Float(float) => float.base10_parse::<f64>(),
        Lit::Int(int) => int.base10_parse::<f64>(),
        _ => return not_a_number(&value, &name, diag),
    };
    match parsed {
        Ok(parsed) if (0.0..=2.0).contains(&parsed) && !(negative && parsed > 0.0) => {
            let mut literal = proc_macro2::Literal::f64_suffixed(parsed);
            literal.set_span(value.span());
            Some(literal.into_token_stream())
        }
        Ok(_) => {
            diag.error(&value, messages::temperature_range());
            None
        }
        Err(_) => not_a_number(&value, &name, diag),
    }
}

fn not_a_number(value: &Expr, name: &str, diag: &mut Diag) -> Option<TokenStream> {
    diag.error(value, messages::expected_number(name));
    None
}

fn count(entry: &Entry, diag: &mut Diag) -> Option<TokenStream> {
    let literal: syn::LitInt = keys::value(entry, messages::expected_count(&entry.name()), diag)?;
    match literal.base10_parse::<u32>() {
        Ok(0) => {
            diag.error(&literal, messages::max_tokens_zero());
            None
        }
        Ok(number) => {
            let mut token = proc_macro2::Literal::u32_suffixed(number);
            token.set_span(literal.span());
            Some(token.into_token_stream())
        }
        Err(_) => {
            diag.error(&literal, messages::expected_count(&entry.name()));
            None
        }
    }
}

/// All arguments, or nothing if one of them cannot be a field.
fn arguments<'a>(
    function: &'a Function,
    json: bool,
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
        if RESERVED.contains(&plain_name(name).as_str()) {
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
            diag.error(attr, messages::argument_cfg());
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
            diag.error(pat, messages::argument_underscore());
            None
        }
        pat => {
            diag.error(pat, messages::argument_pattern());
            None
        }
    }
}

/// The referent of a reference, and whether the type borrows.
fn argument_type<'a>(ty: &'a Type, json: bool, diag: &mut Diag) -> Option<(Option<&'a Type>, bool)> {
    let borrows = keys::mentions_lifetime(ty.to_token_stream());
    match peel(ty) {
        Type::Reference(reference) => {
            if let Some(mutable) = &reference.mutability {
                let mut both = reference.and_token.to_token_stream();
                mutable.to_tokens(&mut both);
                diag.error(both, messages::argument_mutable());
                return None;
            }
            if let Type::ImplTrait(inner) = peel(&reference.elem) {
                diag.error(inner, messages::argument_impl());
                return None;
            }
            if json && reference.lifetime.as_ref().is_some_and(|lifetime| lifetime.ident == "static") {
                diag.error(&reference.lifetime, messages::argument_static());
                return None;
            }
            Some((Some(&*reference.elem), borrows))
        }
        Type::ImplTrait(ty) => {
            diag.error(ty, messages::argument_impl());
            None
        }
        _ => Some((None, borrows)),
    }
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
    let inner = output_type(ty);
    if let Some(Type::Reference(reference)) = inner.map(peel) {
        diag.error(reference.and_token, messages::output_borrows());
        return None;
    }
    Some((ty, keys::ends(inner.unwrap_or(ty).to_token_stream())))
}

/// The `T` of `Prompt<T>` and `Result<Prompt<T>, E>`, for the sake of carets only: what it means is left to the types.
fn output_type(ty: &Type) -> Option<&Type> {
    let (name, first) = generic_argument(ty)?;
    if name == "Prompt" {
        return Some(first);
    }
    if name == "Result" { output_type(first) } else { None }
}

/// Whether the type reads `Option<..>`: such an argument may be left out, as in serde.
fn is_option(ty: &Type) -> bool {
    generic_argument(ty).is_some_and(|(name, _)| name == "Option")
}

/// The last segment's name and its first type argument.
fn generic_argument(ty: &Type) -> Option<(&Ident, &Type)> {
    let Type::Path(path) = peel(ty) else { return None };
    let last = path.path.segments.last()?;
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    let first = arguments.args.iter().find_map(|argument| match argument {
        syn::GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })?;
    Some((&last.ident, first))
}

/// Looks through the invisible groups of `macro_rules!` and through parentheses.
fn peel(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => peel(&group.elem),
        Type::Paren(paren) => peel(&paren.elem),
        ty => ty,
    }
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
