//! A prompt function as the expansion sees it. Each lowered value keeps the user's tokens.

use std::collections::BTreeSet;

use proc_macro2::{Span, TokenStream};
use syn::{Attribute, Expr, Ident, Lifetime, LitStr, Path, Type, Visibility};

use super::owner::Owner;
use super::parse::Function;
use crate::paths::Paths;
use crate::tool::path::ToolPath;

/// A prompt function whose rules are checked.
pub(super) struct PromptFn<'a> {
    pub(super) function: &'a Function,
    pub(super) paths: Paths,
    /// The marker's name, with the span of the function's.
    pub(super) marker: Ident,
    pub(super) mode: String,
    pub(super) model: Option<LitStr>,
    pub(super) temperature: Option<TokenStream>,
    pub(super) max_tokens: Option<TokenStream>,
    /// The tools that it offers.
    pub(super) tools: Vec<ToolPath>,
    /// What the provider must have, by `requires(..)` or by another key.
    pub(super) requires: BTreeSet<Capability>,
    /// The paths in the arguments that read `Image`, which implies that the provider takes pictures.
    pub(super) images: Vec<&'a Path>,
    pub(super) strict: Option<Strict>,
    /// Whether the prompt can be called by name with JSON arguments.
    pub(super) json: bool,
    /// The `impl` block with `#[prompts]` that the function stands in.
    pub(super) owner: Option<&'a Owner>,
    /// Whether the function takes `&self`.
    pub(super) receiver: bool,
    /// The type that must be mounted for it.
    pub(super) state: Option<TokenStream>,
    pub(super) args: Vec<Arg<'a>>,
    /// The return type, as written.
    pub(super) returns: &'a Type,
    /// Where the innermost type of the return type begins and ends, if it can be seen: the `T` of `Prompt<T>`.
    pub(super) output_ends: (Span, Span),
    /// `cfg`, lint levels and `deprecated`, copied to everything that is generated.
    pub(super) forwarded: Vec<&'a Attribute>,
    pub(super) names: EntryNames,
}

/// Something that not every provider can do, in the order of the library's own.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Capability {
    Images,
    Tools,
    StrictSchema,
}

impl Capability {
    pub(crate) const ALL: [Self; 3] = [Self::Images, Self::Tools, Self::StrictSchema];

    /// The name in `requires(..)`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Images => "images",
            Self::Tools => "tools",
            Self::StrictSchema => "strict_schema",
        }
    }
}

/// A vendor whose form the schema of the answer must have.
pub(super) struct Strict {
    pub(super) vendor: Vendor,
    pub(super) text: LitStr,
}

#[derive(Clone, Copy)]
pub(crate) enum Vendor {
    OpenAi,
    Anthropic,
    Gemini,
}

impl Vendor {
    pub(crate) const ALL: [Self; 3] = [Self::OpenAi, Self::Anthropic, Self::Gemini];

    /// The name in `strict = ".."`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::Anthropic => "anthropic",
            Self::Gemini => "gemini",
        }
    }
}

/// The names of the items that the entry is made of.
pub(super) struct EntryNames {
    pub(super) entry: Ident,
    pub(super) render: Ident,
    /// The import of the library's hidden module.
    pub(super) library: Ident,
    /// The lifetime of borrowed arguments.
    pub(super) lifetime: Lifetime,
}

impl PromptFn<'_> {
    pub(super) fn vis(&self) -> &Visibility {
        &self.function.vis
    }

    /// The library's hidden module as generated code names it inside its block: by an import, which is less to compile
    /// than a path, and one error where the path is wrong.
    pub(super) fn library(&self) -> &Ident {
        &self.names.library
    }

    pub(super) fn name(&self) -> &Ident {
        &self.function.sig.ident
    }

    /// Whether the arguments borrow.
    pub(super) fn borrows(&self) -> bool {
        self.args.iter().any(|arg| arg.borrows)
    }
}

/// An argument of a prompt function.
pub(crate) struct Arg<'a> {
    pub(crate) name: &'a Ident,
    /// The name in JSON.
    pub(crate) json_name: String,
    pub(crate) ty: &'a Type,
    /// The `X` of `&X`.
    pub(crate) referent: Option<&'a Type>,
    /// Whether the type mentions a lifetime.
    pub(crate) borrows: bool,
    pub(crate) docs: Vec<&'a Attribute>,
    pub(crate) default: Option<ArgDefault>,
    pub(crate) names: ArgNames,
}

/// The names of what is generated for one argument.
pub(crate) struct ArgNames {
    /// The builder's type parameter that holds a required argument.
    pub(crate) state: Ident,
    /// The trait that says that the argument is missing.
    pub(crate) needs: Ident,
    /// The function that makes the default.
    pub(crate) default: Ident,
    /// The lifetime of borrowed arguments, the same for all of them.
    pub(crate) lifetime: Lifetime,
}

/// What an argument is when the caller does not give it.
pub(crate) enum ArgDefault {
    /// `#[arg(default = 3)]`.
    Value(Box<Expr>),
    /// `#[arg(default)]`: `Default::default()`.
    Trait,
    /// An argument of type `Option<..>`: `None`.
    None,
}
