//! The `impl` block that a prompt or a tool stands in.

use proc_macro2::{Group, TokenStream, TokenTree};
use syn::parse::{Parse, Parser};
use syn::{Attribute, Signature};

use super::parse::Function;
use crate::keys::respanned;
use crate::paths::Paths;

/// The `impl` block with `#[prompts]` that a function stands in.
pub(crate) struct Owner {
    /// The type of the block, as it may stand for `Self`: in brackets, unless it is a plain path.
    pub(crate) ty: TokenStream,
    /// The type as one would write it.
    pub(crate) name: String,
    /// The last segment of its path.
    pub(crate) last: Option<syn::Ident>,
    /// `cfg` and lint levels of the block, which hold for what stands beside it too.
    pub(crate) forwarded: Vec<Attribute>,
    /// What functions without a `crate` key take.
    pub(crate) paths: Paths,
    /// The block has a mistake, such as a type parameter: nothing can be made of what stands in it but names.
    pub(crate) refused: bool,
    /// Not even names: it is the impl of a trait, which may have the name of a marker.
    pub(crate) of_trait: bool,
}

/// What becomes of a function in an `impl` block.
pub(crate) struct Beside {
    /// The function, which stays in the block.
    pub(crate) inside: TokenStream,
    /// What stands beside the block.
    pub(crate) beside: TokenStream,
}

impl Owner {
    /// The function as it reads outside the block: `Self` in the signature is the type. The body stays, for it is emitted
    /// inside.
    pub(crate) fn lower_function(&self, mut function: Function) -> Function {
        let tokens = self.lower(crate::tokens(&function.sig));
        if let Ok(sig) = Signature::parse.parse2(tokens) {
            function.sig = sig;
        }
        function
    }

    /// The tokens with the type in place of `Self`, each with the span of that `Self`.
    pub(crate) fn lower(&self, tokens: TokenStream) -> TokenStream {
        tokens
            .into_iter()
            .flat_map(|tree| match tree {
                TokenTree::Ident(ident) if ident == "Self" => respanned(self.ty.clone(), ident.span()),
                TokenTree::Group(group) => {
                    let mut lowered = Group::new(group.delimiter(), self.lower(group.stream()));
                    lowered.set_span(group.span());
                    TokenTree::Group(lowered).into()
                }
                other => other.into(),
            })
            .collect()
    }
}
