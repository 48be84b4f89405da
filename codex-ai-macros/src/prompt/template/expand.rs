//! The body of a function whose text is a template.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use super::model::{For, Node, Role, Template};
use crate::prompt::model::PromptFn;

/// What tokens are made with.
struct Code<'a> {
    prompt: &'a PromptFn<'a>,
    template: &'a Template,
}

/// The braces that stand for the `;` of the function.
pub(in crate::prompt) fn body(prompt: &PromptFn<'_>, template: &Template) -> TokenStream {
    let (library, path) = (prompt.library(), prompt.paths.private());
    let code = Code { prompt, template };
    let writer = &template.writer;
    let sections = template.sections.iter().map(|section| {
        let role = format_ident!("{}", section.role.name());
        let nodes = code.nodes(&section.nodes, section.role);
        quote!(#writer.#role(); #nodes)
    });
    let span = prompt.returns.span();
    let mut at_type = library.clone();
    at_type.set_span(library.span().located_at(span));
    let finish = quote_spanned!(span=> #at_type::FromTemplate::from_template(#writer));
    quote! {{
        use #path as #library;
        use ::core::iter::{IntoIterator as _, Iterator as _};
        let mut #writer = #library::TemplateWriter::new();
        #(#sections)*
        #finish
    }}
}

/// The text of the template, for the entry; of a file it makes the compiler look when the file changes.
pub(in crate::prompt) fn text(template: &Template) -> TokenStream {
    let literal = &template.literal;
    if !template.is_file {
        return quote!(#literal);
    }
    let path = format!("/{}", literal.value());
    quote!(::core::include_str!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), #path)))
}

impl Code<'_> {
    fn nodes(&self, nodes: &[Node], role: Role) -> TokenStream {
        nodes.iter().map(|node| self.node(node, role)).collect()
    }

    fn node(&self, node: &Node, role: Role) -> TokenStream {
        let writer = &self.template.writer;
        match node {
            Node::Text(text) => quote!(#writer.text(#text);),
            Node::CachePoint => quote!(#writer.cache_point();),
            Node::Value(text) => {
                let value = self.rust(text);
                let method = if role == Role::User { "value" } else { "trusted" };
                let method = Ident::new(method, self.template.literal.span());
                let name = name(text);
                quote_spanned!(self.template.literal.span()=> #writer.#method(#name, &(#value));)
            }
            Node::If(branches) => {
                let mut tokens = TokenStream::new();
                for (i, (condition, nodes)) in branches.iter().enumerate() {
                    let nodes = self.nodes(nodes, role);
                    if i > 0 {
                        tokens.extend(quote!(else));
                    }
                    if let Some(condition) = condition {
                        let condition = self.rust(condition);
                        tokens.extend(quote!(if #condition));
                    }
                    tokens.extend(quote!({ #nodes }));
                }
                tokens
            }
            Node::For(found) => self.repeat(found, role),
            Node::Match(value, arms) => {
                let value = self.rust(value);
                let arms = arms.iter().map(|(pattern, nodes)| {
                    let (pattern, nodes) = (self.rust(pattern), self.nodes(nodes, role));
                    quote!(#pattern => { #nodes })
                });
                quote!(match &(#value) { #(#arms)* })
            }
            Node::Let(pattern, value) => {
                let (pattern, value) = (self.rust(pattern), self.rust(value));
                quote!(let #pattern = &(#value);)
            }
            Node::Break => quote!(break;),
            Node::Continue => quote!(continue;),
        }
    }

    fn repeat(&self, found: &For, role: Role) -> TokenStream {
        let (pattern, list) = (self.rust(&found.pattern), self.rust(&found.list));
        let body = self.nodes(&found.body, role);
        let otherwise = self.nodes(&found.otherwise, role);
        let none = &self.template.none;
        let (begin, set) = if found.otherwise.is_empty() {
            (TokenStream::new(), TokenStream::new())
        } else {
            (quote!(let mut #none = true;), quote!(#none = false;))
        };
        let looped = match &found.counter {
            None => quote!(for #pattern in #list { #set #body }),
            Some((counter, items)) => {
                let (counter, items) = (self.rust(counter), self.rust(items));
                quote! {
                    let mut #items = #list.enumerate().peekable();
                    while let ::core::option::Option::Some((#counter, #pattern)) = #items.next() { #set #body }
                }
            }
        };
        let rest = (!found.otherwise.is_empty()).then(|| quote!(if #none { #otherwise }));
        quote!({ #begin #looped #rest })
    }

    /// Rust from its text, with everything in it at the template's literal, and each argument in the argument's own
    /// hygiene.
    fn rust(&self, text: &str) -> TokenStream {
        // The parser let through what Rust can read, too.
        self.respan(text.parse().unwrap_or_default())
    }

    fn respan(&self, tokens: TokenStream) -> TokenStream {
        // Not as the user's own code, into which rustc would write what it suggests.
        let span = Span::mixed_site().located_at(self.template.literal.span());
        tokens
            .into_iter()
            .map(|tree| match tree {
                TokenTree::Group(group) => {
                    let mut inner = Group::new(group.delimiter(), self.respan(group.stream()));
                    inner.set_span(span);
                    TokenTree::Group(inner)
                }
                TokenTree::Ident(ident) if ident == *self.prompt.library() => self.prompt.library().clone().into(),
                TokenTree::Ident(mut ident) => {
                    let argument = self.prompt.args.iter().find(|arg| *arg.name == ident);
                    ident.set_span(argument.map_or(span, |arg| arg.name.span().located_at(span)));
                    ident.into()
                }
                mut other => {
                    other.set_span(span);
                    other
                }
            })
            .collect()
    }
}

/// What untrusted data is called in its fence.
fn name(value: &str) -> &str {
    let is_name = value.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
    if is_name { value } else { "" }
}
