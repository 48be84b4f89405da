//! Paths of tools, as `tools(look_up, Shop::refund)` has them.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{ExprPath, PathArguments};

use crate::diag::Diag;
use crate::messages;

/// A tool that a prompt offers.
pub(crate) struct ToolPath {
    path: ExprPath,
    /// The type of which it is a method.
    owner: Option<TokenStream>,
}

/// Reads the list of a key `tools(..)`. What is wrong is reported and left out.
pub(crate) fn list(key: &Ident, tokens: TokenStream, diag: &mut Diag) -> Vec<ToolPath> {
    let mut tools: Vec<ToolPath> = Vec::new();
    if tokens.is_empty() {
        diag.error(key, messages::tools_empty());
    }
    for item in crate::keys::items(tokens) {
        let path = match syn::parse2::<ExprPath>(crate::keys::ungroup(item.clone())) {
            Ok(path) if path.attrs.is_empty() => path,
            _ => {
                diag.error(&item, messages::tools_path(&crate::pretty::tokens(item.clone())));
                continue;
            }
        };
        let written = path.to_token_stream().to_string();
        if tools.iter().any(|earlier| earlier.path.to_token_stream().to_string() == written) {
            diag.error(&path, messages::tools_twice(&crate::pretty::tokens(path.to_token_stream())));
            continue;
        }
        let owner = owner(&path);
        tools.push(ToolPath { path, owner });
    }
    tools
}

/// The type before the last `::`. Modules and types are told apart by their names, as there is nothing else: `shop::refund`
/// is a function, `Shop::refund` and `<shop>::refund` are methods.
fn owner(path: &ExprPath) -> Option<TokenStream> {
    let before = path.path.segments.len().checked_sub(2).and_then(|index| path.path.segments.get(index));
    if let Some(own) = &path.qself {
        let ty = &own.ty;
        return Some(quote!(#ty));
    }
    let before = before?;
    let is_type = before.ident.to_string().trim_start_matches("r#").starts_with(char::is_uppercase)
        || !matches!(before.arguments, PathArguments::None);
    if !is_type {
        return None;
    }
    let mut ty = path.path.clone();
    ty.segments.pop();
    // The `::` that stood before the name.
    ty.segments.pop_punct();
    Some(ty.to_token_stream())
}

impl ToolPath {
    /// What the entry of the prompt `marker` says of the tool.
    pub(crate) fn offered(&self, library: &Ident, marker: &Ident) -> TokenStream {
        let (path, span) = (&self.path, self.span());
        let mut library = library.clone();
        library.set_span(library.span().located_at(span));
        let mut marker = marker.clone();
        marker.set_span(marker.span().located_at(span));
        let state = quote_spanned!(library.span()=> <#marker as #library::PromptDef>::State);
        match (&self.owner, self.path.path.segments.last()) {
            (Some(owner), Some(name)) => {
                let number = number(&crate::prompt::plain_name(&name.ident));
                quote_spanned! {library.span()=>
                    #library::Offered::method::<#state, _>(&#library::Method::<#owner, #number>::tool(&#path))
                }
            }
            _ => quote_spanned!(library.span()=> #library::Offered::of::<#state, #path>()),
        }
    }

    /// The type that it is a method of.
    pub(crate) fn owner(&self) -> Option<&TokenStream> {
        self.owner.as_ref()
    }

    pub(crate) fn span(&self) -> Span {
        self.path.path.segments.last().map_or_else(|| self.path.span(), Spanned::span)
    }
}

/// The number of a name (FNV-1a), by which a prompt finds a tool among the methods of a type.
pub(crate) fn number(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
