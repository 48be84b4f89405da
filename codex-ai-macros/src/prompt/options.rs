//! The keys of `#[prompt(..)]`.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, ExprUnary, Ident, Lit, LitBool, LitStr, UnOp};

use super::check::plain_name;
use super::model::{Capability, Strict};
use super::needs;
use super::owner::Owner;
use super::parse::Function;
use super::template;
use crate::diag::Diag;
use crate::keys::{self, Entry, Spec};
use crate::messages;
use crate::paths::Paths;
use crate::suggest::nearest;
use crate::tool::path::{self, ToolPath};

const PROMPT: Spec = Spec {
    attribute: "#[prompt]",
    keys: &[
        "mode",
        "model",
        "temperature",
        "max_tokens",
        "tools",
        "requires",
        "strict",
        "template",
        "template_file",
        "cache",
        "marker",
        "json",
        "crate",
    ],
    bare: &[],
    lists: &["tools", "requires"],
    example: "mode = \"x\"",
};

/// The names before the slash in `model = "openai/.."`.
const PROVIDERS: &[&str] =
    &["openai", "anthropic", "gemini", "openrouter", "ollama", "groq", "mistral", "deepseek", "azure", "vllm", "local"];

/// The keys of `#[prompt(..)]`.
#[derive(Default)]
pub(super) struct Keys {
    pub(super) mode: Option<String>,
    pub(super) model: Option<LitStr>,
    pub(super) temperature: Option<TokenStream>,
    pub(super) max_tokens: Option<TokenStream>,
    pub(super) tools: Vec<ToolPath>,
    pub(super) requires: BTreeSet<Capability>,
    pub(super) strict: Option<Strict>,
    pub(super) template: Option<template::Key>,
    /// The key `cache`, where it says `true`.
    pub(super) cache: Option<Ident>,
    pub(super) marker: Option<Ident>,
    pub(super) json: Option<bool>,
    pub(super) paths: Paths,
}

/// Reads the keys.
pub(super) fn prompt_keys(attr: TokenStream, function: &Function, owner: Option<&Owner>, diag: &mut Diag) -> Keys {
    let paths = owner.map(|owner| owner.paths.clone()).unwrap_or_default();
    let mut found = Keys { paths, ..Keys::default() };
    for entry in keys::parse(attr, &PROMPT, diag) {
        match entry.name().as_str() {
            "mode" => found.mode = string(&entry, diag).and_then(|text| mode(&text, &function.sig.ident, diag)),
            "model" => found.model = string(&entry, diag).filter(|text| model(text, diag)),
            "temperature" => found.temperature = number(&entry, diag),
            "max_tokens" => found.max_tokens = count(&entry, diag),
            "tools" => {
                let list = entry.value.clone().unwrap_or_default();
                let list = owner.map_or(list.clone(), |owner| owner.lower(list));
                found.tools = path::list(&entry.key, list, diag);
            }
            "requires" => found.requires = needs::requires(&entry, diag),
            "strict" => found.strict = needs::strict(&entry, diag),
            "template" | "template_file" => {
                let Some(literal) = string(&entry, diag) else { continue };
                if found.template.is_some() {
                    diag.error(&entry.key, messages::template_and_file());
                    continue;
                }
                let is_file = entry.name() == "template_file";
                found.template = Some(template::Key { name: entry.key, literal, is_file });
            }
            "cache" => {
                let value: Option<LitBool> = keys::value(&entry, messages::expected_bool("cache"), diag);
                found.cache = value.filter(|value| value.value).map(|_| entry.key);
            }
            "marker" => {
                found.marker =
                    keys::value(&entry, messages::expected_ident(diag.subject, "marker", &shown(&entry)), diag);
            }
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
    // `mistral:7b` and `deepseek-r1:8b` are models of Ollama; no model has the name of one of these.
    if let Some((prefix, _)) = name.split_once(':')
        && ["openai", "anthropic", "gemini", "openrouter", "ollama", "groq", "azure", "vllm"].contains(&prefix)
    {
        diag.error(text, messages::provider_colon(&name));
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
    let value: Expr = keys::value(entry, messages::expected_number(&name, &shown(entry)), diag)?;
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
    diag.error(value, messages::expected_number(name, &crate::pretty::tokens(crate::tokens(value))));
    None
}

fn count(entry: &Entry, diag: &mut Diag) -> Option<TokenStream> {
    let literal: syn::LitInt = keys::value(entry, messages::expected_count(&entry.name(), &shown(entry)), diag)?;
    match literal.base10_parse::<u32>() {
        _ if literal.base10_digits().starts_with('-') => {
            diag.error(&literal, messages::max_tokens_zero());
            None
        }
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
            diag.error(&literal, messages::count_too_large(&entry.name(), u32::MAX.into()));
            None
        }
    }
}
