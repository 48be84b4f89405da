//! `#[llm(..)]`: what a model is told of a field, and what its answer is held to.

use proc_macro2::{TokenStream, TokenTree};
use syn::{Attribute, Expr, ExprLit, ExprPath, ExprUnary, Ident, Lit, Meta, Type, UnOp};

use crate::diag::Diag;
use crate::keys::{self, Entry, Spec};
use crate::messages;
use crate::prompt::{crate_path, shown, string};

const LLM: Spec = Spec {
    attribute: "#[llm]",
    keys: &[
        "description",
        "min",
        "max",
        "min_length",
        "max_length",
        "min_items",
        "max_items",
        "pattern",
        "format",
        "example",
        "with",
        "check",
        "stream",
        "validate",
        "crate",
    ],
    bare: &[],
    lists: &[],
    example: "description = \"what it means\"",
};

/// The formats that are checked on an answer.
const FORMATS: &[&str] =
    &["date-time", "date", "time", "duration", "email", "hostname", "ipv4", "ipv6", "uuid", "uri", "regex"];

/// The words of `stream`.
const STREAMS: &[&str] = &["done", "not_null", "with_state"];

/// The keys of one field.
#[derive(Default)]
pub(super) struct Rules {
    pub(super) description: Option<Expr>,
    pub(super) example: Option<Expr>,
    /// Describe the field by this type instead of its own.
    pub(super) with: Option<Type>,
    pub(super) bounds: Vec<Bound>,
    /// A function that checks the field.
    pub(super) check: Option<ExprPath>,
    pub(super) stream: Stream,
}

/// How a field is shown while it is still coming.
#[derive(Default)]
pub(super) struct Stream {
    /// The key, for the caret.
    pub(super) place: Option<Ident>,
    /// Not before it is complete.
    pub(super) done: bool,
    /// Nothing of the struct is shown before the field is.
    pub(super) not_null: bool,
    /// With how far it has come.
    pub(super) with_state: bool,
}

/// The keys of one type.
#[derive(Default)]
pub(super) struct TypeRules {
    pub(super) description: Option<Expr>,
    /// A function that checks a value.
    pub(super) validate: Option<ExprPath>,
    pub(super) paths: crate::paths::Paths,
}

/// One keyword of JSON schema that a key sets.
pub(super) struct Bound {
    /// The key, for the caret.
    pub(super) key: Ident,
    /// The JSON schema keyword.
    pub(super) keyword: &'static str,
    pub(super) value: Expr,
}

/// Where `#[llm]` stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Type,
    Variant,
    Field,
}

/// The entries of all `#[llm(..)]` among `attrs`.
fn entries(attrs: &[Attribute], diag: &mut Diag) -> Vec<Entry> {
    let mut tokens = TokenStream::new();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("llm")) {
        match &attr.meta {
            Meta::List(list) => {
                let ends = matches!(list.tokens.clone().into_iter().last(), Some(TokenTree::Punct(last)) if last.as_char() == ',');
                tokens.extend(list.tokens.clone());
                if !ends && !list.tokens.is_empty() {
                    tokens.extend(quote::quote!(,));
                }
            }
            _ => diag.error(attr, messages::expected_key_value(&LLM)),
        }
    }
    keys::parse(tokens, &LLM, diag)
}

/// Reads the keys of a type.
pub(super) fn of_type(attrs: &[Attribute], diag: &mut Diag) -> TypeRules {
    let mut rules = TypeRules::default();
    for entry in entries(attrs, diag) {
        match entry.name().as_str() {
            "description" => rules.description = text(&entry, diag),
            "validate" => rules.validate = function(&entry, diag),
            "crate" => rules.paths = crate_path(&entry, diag).unwrap_or_default(),
            _ => misplaced(&entry, Place::Type, diag),
        }
    }
    rules
}

/// Reads the keys of a variant: `description`.
pub(super) fn of_variant(attrs: &[Attribute], diag: &mut Diag) -> Option<Expr> {
    let mut description = None;
    for entry in entries(attrs, diag) {
        match entry.name().as_str() {
            "description" => description = text(&entry, diag),
            _ => misplaced(&entry, Place::Variant, diag),
        }
    }
    description
}

/// Reads the keys of a field.
pub(super) fn of_field(attrs: &[Attribute], diag: &mut Diag) -> Rules {
    let mut rules = Rules::default();
    for entry in entries(attrs, diag) {
        let name = entry.name();
        match name.as_str() {
            "description" => rules.description = text(&entry, diag),
            "example" => rules.example = keys::value(&entry, messages::expected_expression("example"), diag),
            "with" => rules.with = keys::value(&entry, messages::expected_type("with", &shown(&entry)), diag),
            "check" => rules.check = function(&entry, diag),
            "stream" => rules.stream = stream(&entry, diag).unwrap_or_default(),
            "crate" | "validate" => misplaced(&entry, Place::Field, diag),
            _ => rules.bounds.extend(bound(&entry, diag)),
        }
    }
    for (min, max) in [("min", "max"), ("min_length", "max_length"), ("min_items", "max_items")] {
        let find = |key: &str| rules.bounds.iter().find(|bound| bound.key == key);
        if let (Some(min), Some(max)) = (find(min), find(max))
            && let (Some(low), Some(high)) = (number(&min.value), number(&max.value))
            && high < low
        {
            let message = messages::bounds_reversed(
                &max.key.to_string(),
                &crate::pretty::tokens(crate::tokens(&max.value)),
                &min.key.to_string(),
                &crate::pretty::tokens(crate::tokens(&min.value)),
            );
            diag.error(&max.value, message);
        }
    }
    rules
}

fn misplaced(entry: &Entry, place: Place, diag: &mut Diag) {
    let name = entry.name();
    let message = match (place, name.as_str()) {
        (Place::Type, "check") => messages::llm_check_on_type(),
        (Place::Type, _) => messages::llm_on_type(&name),
        (Place::Variant | Place::Field, "crate") => messages::llm_crate_on_field(),
        (Place::Variant, "validate") => messages::llm_validate_on_variant(),
        (Place::Variant, _) => messages::llm_on_variant(&name),
        (Place::Field, _) => messages::llm_validate_on_field(&shown(entry)),
    };
    diag.error(&entry.key, message);
}

/// A string literal, or a macro such as `concat!` and `include_str!` that gives one.
fn text(entry: &Entry, diag: &mut Diag) -> Option<Expr> {
    let name = entry.name();
    let message = messages::expected_string(&name, &shown(entry));
    let value: Expr = keys::value(entry, message.clone(), diag)?;
    if matches!(&value, Expr::Macro(_) | Expr::Lit(ExprLit { lit: Lit::Str(_), .. })) {
        return Some(value);
    }
    diag.error(value, message);
    None
}

/// The path of a function.
fn function(entry: &Entry, diag: &mut Diag) -> Option<ExprPath> {
    keys::value(entry, messages::expected_function(&entry.name(), &shown(entry)), diag)
}

/// One or more words, with commas between them.
fn stream(entry: &Entry, diag: &mut Diag) -> Option<Stream> {
    let literal = string(entry, diag)?;
    let mut stream = Stream { place: Some(entry.key.clone()), ..Stream::default() };
    for word in literal.value().split(',').map(str::trim) {
        match word {
            "done" => stream.done = true,
            "not_null" => stream.not_null = true,
            "with_state" => stream.with_state = true,
            _ => diag.error(&literal, messages::unknown_stream(word, STREAMS)),
        }
    }
    Some(stream)
}

fn bound(entry: &Entry, diag: &mut Diag) -> Option<Bound> {
    let name = entry.name();
    let keyword = match name.as_str() {
        "min" => "minimum",
        "max" => "maximum",
        "min_length" => "minLength",
        "max_length" => "maxLength",
        "min_items" => "minItems",
        "max_items" => "maxItems",
        "pattern" => "pattern",
        _ => "format",
    };
    let value = match name.as_str() {
        "pattern" | "format" => {
            let literal = string(entry, diag)?;
            if name == "format" && !FORMATS.contains(&literal.value().as_str()) {
                diag.error(&literal, messages::unknown_format(&literal.value(), FORMATS));
                return None;
            }
            Expr::Lit(ExprLit { attrs: Vec::new(), lit: Lit::Str(literal) })
        }
        "min" | "max" => {
            let value: Expr = keys::value(entry, messages::expected_number(&name, &shown(entry)), diag)?;
            if is_other_literal(&value) {
                diag.error(&value, messages::expected_number(&name, &shown(entry)));
                return None;
            }
            value
        }
        _ => {
            let value: Expr = keys::value(entry, messages::expected_count(&name, &shown(entry)), diag)?;
            let whole = match &value {
                Expr::Lit(ExprLit { lit: Lit::Int(_), .. }) => true,
                Expr::Unary(_) => false,
                value => !is_other_literal(value) && !matches!(value, Expr::Lit(_)),
            };
            if !whole {
                diag.error(&value, messages::expected_count(&name, &shown(entry)));
                return None;
            }
            value
        }
    };
    Some(Bound { key: entry.key.clone(), keyword, value })
}

/// A literal that is no number.
fn is_other_literal(value: &Expr) -> bool {
    matches!(value, Expr::Lit(ExprLit { lit, .. }) if !matches!(lit, Lit::Int(_) | Lit::Float(_)))
}

/// The value of a number literal; expressions are left to run time.
fn number(value: &Expr) -> Option<f64> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Int(literal), .. }) => literal.base10_parse().ok(),
        Expr::Lit(ExprLit { lit: Lit::Float(literal), .. }) => literal.base10_parse().ok(),
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => number(expr).map(|value| -value),
        _ => None,
    }
}
