//! Names for generated items, which must be none of the user's.

use std::collections::HashSet;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use syn::Lifetime;

/// The names that may not be taken: the user's, and those taken already.
///
/// Items of a macro are as visible to the user's expressions as the user's own are, so `fn default_size` beside the
/// default `default_size()` would call itself.
pub(crate) struct Names(HashSet<String>);

impl Names {
    /// All names that stand in these tokens, those in string literals included: serde has paths there.
    pub(crate) fn of(tokens: TokenStream) -> Self {
        let mut names = HashSet::new();
        collect(tokens, &mut names);
        Self(names)
    }

    /// This name, or with a number behind it if it is taken.
    pub(crate) fn fresh(&mut self, wanted: &str) -> Ident {
        let name = std::iter::once(wanted.to_owned())
            .chain((2_u64..).map(|number| format!("{wanted}{number}")))
            .find(|name| !self.0.contains(name))
            .unwrap_or_else(|| wanted.to_owned());
        let ident = Ident::new(&name, Span::mixed_site());
        self.0.insert(name);
        ident
    }

    /// The lifetime of generated items: `'a`, unless a `for<'a>` may bind it already. All others of the user's are
    /// replaced by it.
    pub(crate) fn lifetime(&mut self) -> Lifetime {
        let name = if self.0.contains("for") { self.fresh("a").to_string() } else { "a".to_owned() };
        Lifetime::new(&format!("'{name}"), Span::mixed_site())
    }
}

fn collect(tokens: TokenStream, names: &mut HashSet<String>) {
    for tree in tokens {
        match tree {
            TokenTree::Ident(ident) => {
                names.insert(ident.to_string());
            }
            TokenTree::Group(group) => collect(group.stream(), names),
            TokenTree::Literal(literal) => {
                let text = literal.to_string();
                if text.contains('"') {
                    names.extend(text.split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_owned));
                }
            }
            TokenTree::Punct(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    #[test]
    fn a_name_is_given_once() {
        let mut names = super::Names::of(quote!(
            struct A {
                render: Vec<render2>,
                #[serde(default = "a::checks")]
                b: B,
            }
        ));
        let mut fresh = |wanted: &str| names.fresh(wanted).to_string();
        assert_eq!(fresh("ENTRY"), "ENTRY");
        assert_eq!(fresh("ENTRY"), "ENTRY2");
        assert_eq!(fresh("render"), "render3");
        assert_eq!(fresh("checks"), "checks2");
    }
}
