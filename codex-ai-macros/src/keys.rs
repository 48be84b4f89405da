//! The parser for `key = value` lists, as in `#[prompt(..)]`, `#[arg(..)]` and `#[llm(..)]`.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::discouraged::Speculative;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Ident, Token};

use crate::diag::Diag;
use crate::messages;

/// One `key = value`, or a `key` alone.
pub(crate) struct Entry {
    pub(crate) key: Ident,
    /// The tokens behind `=`, or those of the list; `None` for a key alone.
    pub(crate) value: Option<TokenStream>,
}

impl Entry {
    /// The key as text; `crate` and other keywords are keys like any other.
    pub(crate) fn name(&self) -> String {
        self.key.to_string()
    }
}

/// What an attribute of ours allows.
pub(crate) struct Spec {
    /// The attribute as users write it: `#[prompt]`.
    pub(crate) attribute: &'static str,
    /// All keys.
    pub(crate) keys: &'static [&'static str],
    /// Keys that may stand alone.
    pub(crate) bare: &'static [&'static str],
    /// Keys that take a list in parentheses: `tools(search, refund)`.
    pub(crate) lists: &'static [&'static str],
    /// What to write, as an example: `mode = "x"`.
    pub(crate) example: &'static str,
}

/// Parses a list. What is wrong is reported and left out; what is right comes back.
pub(crate) fn parse(tokens: TokenStream, spec: &Spec, diag: &mut Diag) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let parser = |input: ParseStream<'_>| {
        let mut after_comma = false;
        while !input.is_empty() {
            if let Some(comma) = input.parse::<Option<Token![,]>>()? {
                if std::mem::replace(&mut after_comma, true) {
                    diag.error(comma, messages::lonely_comma());
                }
                continue;
            }
            after_comma = false;
            let Some(entry) = parse_entry(input, spec, diag)? else { continue };
            let name = entry.name();
            if !spec.keys.contains(&name.as_str()) {
                diag.error(&entry.key, messages::unknown_key(&name, spec));
            } else if entries.iter().any(|earlier| earlier.key == entry.key) {
                diag.error(&entry.key, messages::duplicate_key(&name));
            } else {
                entries.push(entry);
            }
        }
        Ok(())
    };
    if let Err(error) = parser.parse2(tokens) {
        diag.push(error);
    }
    entries
}

/// One entry, up to the comma behind it.
fn parse_entry(input: ParseStream<'_>, spec: &Spec, diag: &mut Diag) -> syn::Result<Option<Entry>> {
    let first: TokenTree = input.parse()?;
    let TokenTree::Ident(key) = first else {
        until_comma(input)?;
        diag.error(&first, messages::expected_key_value(spec));
        return Ok(None);
    };
    let name = key.to_string();
    if spec.lists.contains(&name.as_str()) {
        let list = if input.peek(syn::token::Paren) { input.parse::<Group>().ok() } else { None };
        let rest = until_comma(input)?;
        return match list {
            Some(list) if list.delimiter() == Delimiter::Parenthesis && rest.is_empty() => {
                Ok(Some(Entry { key, value: Some(list.stream()) }))
            }
            _ => {
                diag.error(&key, messages::key_takes_list(&name));
                Ok(None)
            }
        };
    }
    let is_value = input.peek(Token![=]) && !input.peek(Token![==]) && !input.peek(Token![=>]);
    if is_value {
        input.parse::<Token![=]>()?;
        let value = parse_value(input, diag)?;
        if value.is_empty() {
            diag.error(&key, messages::key_takes_value(&name, spec));
            return Ok(None);
        }
        return Ok(Some(Entry { key, value: Some(value) }));
    }
    let rest = until_comma(input)?;
    if rest.is_empty() && spec.bare.contains(&name.as_str()) {
        return Ok(Some(Entry { key, value: None }));
    }
    if spec.keys.contains(&name.as_str()) {
        diag.error(&key, messages::key_takes_value(&name, spec));
    } else {
        diag.error(&key, messages::unknown_key(&name, spec));
    }
    Ok(None)
}

/// The tokens of a value: a type or an expression, in which commas may stand, as in `Map::<String, u8>::new()`; else all up
/// to the next comma.
fn parse_value(input: ParseStream<'_>, diag: &mut Diag) -> syn::Result<TokenStream> {
    fn whole<T: Parse + ToTokens>(input: ParseStream<'_>) -> Option<TokenStream> {
        let ahead = input.fork();
        let value: T = ahead.parse().ok()?;
        let ends = ahead.is_empty() || ahead.peek(Token![,]);
        if !ends {
            return None;
        }
        input.advance_to(&ahead);
        Some(value.into_token_stream())
    }
    if let Some(tokens) = whole::<syn::Type>(input).or_else(|| whole::<syn::Expr>(input)) {
        return Ok(tokens);
    }
    // `mode = "x" model = "y"`: the next key stands behind a literal.
    if input.peek(syn::Lit) {
        let ahead = input.fork();
        let value: syn::Lit = ahead.parse()?;
        if ahead.peek(Ident) && ahead.peek2(Token![=]) && !ahead.peek2(Token![==]) {
            input.advance_to(&ahead);
            let key: Ident = ahead.parse()?;
            diag.error(&key, messages::missing_comma(&key.to_string()));
            return Ok(value.into_token_stream());
        }
    }
    until_comma(input)
}

/// All up to the next comma that is in no brackets.
fn until_comma(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut tokens = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        tokens.extend([input.parse::<TokenTree>()?]);
    }
    Ok(tokens)
}

/// The items of a list, set apart by commas that are in no brackets.
pub(crate) fn items(tokens: TokenStream) -> Vec<TokenStream> {
    let mut items = vec![TokenStream::new()];
    for tree in tokens {
        match items.last_mut() {
            Some(item) if !is_punct(&tree, ',') => item.extend([tree]),
            _ => items.push(TokenStream::new()),
        }
    }
    items.retain(|item| !item.is_empty());
    items
}

/// Reads the value as `T`; the parser's own words are replaced by `message`.
pub(crate) fn value<T: Parse>(entry: &Entry, message: String, diag: &mut Diag) -> Option<T> {
    let tokens = ungroup(entry.value.clone()?);
    match T::parse.parse2(tokens.clone()) {
        Ok(value) => Some(value),
        Err(_) => {
            diag.error(tokens, message);
            None
        }
    }
}

/// Peels the invisible group that a `macro_rules!` fragment comes in.
pub(crate) fn ungroup(tokens: TokenStream) -> TokenStream {
    let mut trees = tokens.clone().into_iter();
    match (trees.next(), trees.next()) {
        (Some(TokenTree::Group(group)), None) if group.delimiter() == Delimiter::None => ungroup(group.stream()),
        _ => tokens,
    }
}

/// The same tokens, each lifetime in them replaced by `lifetime`, and one put behind each `&` that has none.
/// What stands in the signature of `fn(..) -> ..` and `Fn(..) -> ..` has lifetimes of its own and stays.
pub(crate) fn with_lifetime(tokens: TokenStream, lifetime: &syn::Lifetime) -> TokenStream {
    let mut output = TokenStream::new();
    let mut trees = tokens.into_iter().peekable();
    while let Some(tree) = trees.next() {
        match tree {
            TokenTree::Punct(punct) if punct.as_char() == '&' => {
                punct.to_tokens(&mut output);
                if !matches!(trees.peek(), Some(TokenTree::Punct(next)) if next.as_char() == '\'') {
                    lifetime.to_tokens(&mut output);
                }
            }
            TokenTree::Punct(punct) if punct.as_char() == '\'' => match trees.next() {
                Some(TokenTree::Ident(name)) if name == "static" => {
                    punct.to_tokens(&mut output);
                    name.to_tokens(&mut output);
                }
                _ => lifetime.to_tokens(&mut output),
            },
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), with_lifetime(group.stream(), lifetime));
                inner.set_span(group.span());
                inner.to_tokens(&mut output);
            }
            TokenTree::Ident(ident) if ident == "for" => {
                ident.to_tokens(&mut output);
                copy_brackets(&mut trees, &mut output);
                copy_type(&mut trees, &mut output);
            }
            TokenTree::Ident(ident) if ["fn", "Fn", "FnMut", "FnOnce"].iter().any(|name| ident == name) => {
                ident.to_tokens(&mut output);
                copy_signature(&mut trees, &mut output);
            }
            other => other.to_tokens(&mut output),
        }
    }
    output
}

type Trees = std::iter::Peekable<proc_macro2::token_stream::IntoIter>;

/// Copies `(..) -> ..` as it is.
fn copy_signature(trees: &mut Trees, output: &mut TokenStream) {
    let parentheses =
        |tree: &TokenTree| matches!(tree, TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis);
    let Some(parameters) = trees.next_if(parentheses) else { return };
    parameters.to_tokens(output);
    let Some(minus) = trees.next_if(|tree| is_punct(tree, '-')) else { return };
    minus.to_tokens(output);
    output.extend(trees.next());
    copy_type(trees, output);
}

/// Copies one type as it is: all up to a comma, a plus or a closing bracket of another.
fn copy_type(trees: &mut Trees, output: &mut TokenStream) {
    while let Some(tree) = trees.peek() {
        if is_punct(tree, '<') {
            copy_brackets(trees, output);
        } else if is_punct(tree, '-') {
            // `->`, whose second half is no bracket.
            output.extend(trees.next());
            output.extend(trees.next());
        } else if is_punct(tree, ',') || is_punct(tree, '+') || is_punct(tree, '>') {
            return;
        } else {
            output.extend(trees.next());
        }
    }
}

/// Copies `<..>` as it is.
fn copy_brackets(trees: &mut Trees, output: &mut TokenStream) {
    let mut depth = 0_usize;
    while let Some(tree) = trees.peek() {
        if is_punct(tree, '<') {
            depth += 1;
        } else if is_punct(tree, '>') {
            depth = depth.saturating_sub(1);
        }
        let arrow = is_punct(tree, '-');
        output.extend(trees.next());
        if arrow {
            output.extend(trees.next());
        }
        if depth == 0 {
            return;
        }
    }
}

fn is_punct(tree: &TokenTree, c: char) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == c)
}

/// The spans of the first and the last token, so that what is put around a type can point at the whole of it.
pub(crate) fn ends(tokens: TokenStream) -> (Span, Span) {
    let mut trees = tokens.into_iter();
    let first = trees.next().map_or_else(Span::call_site, |tree| tree.span());
    (first, trees.last().map_or(first, |tree| tree.span()))
}

/// The same tokens, all with one span.
pub(crate) fn respanned(tokens: TokenStream, span: Span) -> TokenStream {
    tokens
        .into_iter()
        .map(|tree| match tree {
            TokenTree::Group(group) => {
                let mut group = Group::new(group.delimiter(), respanned(group.stream(), span));
                group.set_span(span);
                TokenTree::Group(group)
            }
            mut other => {
                other.set_span(span);
                other
            }
        })
        .collect()
}

/// Whether the tokens of a type mention a lifetime other than `'static`, or elide one behind `&`.
pub(crate) fn mentions_lifetime(tokens: TokenStream) -> bool {
    let marker = syn::Lifetime::new("'__mentioned", Span::call_site());
    let marked = with_lifetime(tokens, &marker);
    fn any(tokens: TokenStream) -> bool {
        tokens.into_iter().any(|tree| match tree {
            TokenTree::Ident(ident) => ident == "__mentioned",
            TokenTree::Group(group) => any(group.stream()),
            _ => false,
        })
    }
    any(marked)
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    const SPEC: Spec =
        Spec { attribute: "#[x]", keys: &["a", "b", "c", "d"], bare: &["c"], lists: &["d"], example: "a = 1" };

    fn parsed(tokens: TokenStream) -> (Vec<String>, bool) {
        let mut diag = Diag::default();
        let entries = parse(tokens, &SPEC, &mut diag);
        let shown = entries.iter().map(|entry| match &entry.value {
            Some(value) => format!("{}={}", entry.key, crate::pretty::tokens(value.clone())),
            None => entry.name(),
        });
        (shown.collect(), diag.has_errors())
    }

    #[test]
    fn values_may_have_commas() {
        for (given, wanted) in [
            (quote!(a = Map::<String, u8>::new(), b = 2), vec!["a=Map::<String, u8>::new()", "b=2"]),
            (quote!(a = Map<String, Vec<u8>>, c), vec!["a=Map<String, Vec<u8>>", "c"]),
            (quote!(a = x < y, b = z > w,), vec!["a=x<y", "b=z>w"]),
            (quote!(a = f(1, 2), b = [3, 4], c), vec!["a=f(1, 2)", "b=[3, 4]", "c"]),
            (quote!(a = |x, y| x + y), vec!["a=| x, y | x + y"]),
            (quote!(c), vec!["c"]),
            (quote!(d(x, y::z), c), vec!["d=x, y::z", "c"]),
            (quote!(), vec![]),
            (quote!(,), vec![]),
        ] {
            assert_eq!(parsed(given), (wanted.into_iter().map(str::to_owned).collect(), false));
        }
    }

    #[test]
    fn what_is_right_comes_back_beside_what_is_wrong() {
        for (given, wanted) in [
            (quote!("x", a = 1), vec!["a=1"]),
            (quote!(a("x"), b = 1), vec!["b=1"]),
            (quote!(a =, b = 1), vec!["b=1"]),
            (quote!(a, b = 1), vec!["b=1"]),
            (quote!(d = 1, b = 1), vec!["b=1"]),
            (quote!(d, b = 1), vec!["b=1"]),
            (quote!(d(x) y, b = 1), vec!["b=1"]),
            (quote!(e = 1, b = 1), vec!["b=1"]),
            (quote!(a = 1, a = 2), vec!["a=1"]),
            (quote!(a == 1, b = 2), vec!["b=2"]),
            (quote!(1 + 2, b = 2), vec!["b=2"]),
        ] {
            let shown = given.to_string();
            assert_eq!(parsed(given), (wanted.into_iter().map(str::to_owned).collect(), true), "{shown}");
        }
    }

    #[test]
    fn lifetimes_are_replaced() {
        let lifetime = syn::Lifetime::new("'z", Span::call_site());
        for (given, wanted) in [
            (quote!(&str), "&'z str"),
            (quote!(&'b [&'c str]), "&'z [&'z str]"),
            (quote!(&'static str), "&'static str"),
            (quote!(Cow<'_, str>), "Cow<'z, str>"),
            (quote!((&u8, Vec<&u8>)), "(&'z u8, Vec<&'z u8>)"),
            (quote!(&dyn Fn(&str) -> &str), "&'z dyn Fn(&str) -> &str"),
            (
                quote!(Box<dyn for<'b> Fn(&'b str) -> Cow<'b, str> + 'c>),
                "Box<dyn for<'b> Fn(&'b str) -> Cow<'b, str> + 'z>",
            ),
            (quote!((fn(&u8) -> &u8, &u8)), "(fn(&u8) -> &u8, &'z u8)"),
            (quote!(&dyn for<'b> Read<'b>), "&'z dyn for<'b> Read<'b>"),
        ] {
            let shown = crate::pretty::tokens(with_lifetime(given, &lifetime));
            assert_eq!(shown.replace(' ', ""), wanted.replace(' ', ""));
        }
    }

    #[test]
    fn lifetimes_are_found() {
        for borrows in [quote!(&str), quote!(Cow<'_, str>), quote!(Vec<(u8, &'a u8)>), quote!(&dyn Fn(&str))] {
            assert!(mentions_lifetime(borrows.clone()), "{borrows}");
        }
        for owned in
            [quote!(String), quote!(&'static str), quote!(fn(&str) -> &str), quote!(Box<dyn for<'a> Fn(&'a u8)>)]
        {
            assert!(!mentions_lifetime(owned.clone()), "{owned}");
        }
    }
}
