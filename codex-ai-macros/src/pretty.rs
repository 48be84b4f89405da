//! Tokens as one would write them, for messages and listings.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

/// `Vec < & str >` becomes `Vec<&str>`.
pub(crate) fn tokens(tokens: TokenStream) -> String {
    let mut text = String::new();
    write(tokens, &mut text);
    text.trim_end().to_owned()
}

fn write(tokens: TokenStream, text: &mut String) {
    let mut word_before = false;
    let mut lifetime = false;
    let mut lifetime_before = false;
    let mut arrow = false;
    for tree in tokens {
        match tree {
            TokenTree::Ident(_) | TokenTree::Literal(_) => {
                if word_before && !lifetime {
                    text.push(' ');
                }
                text.push_str(&tree.to_string());
                word_before = true;
                lifetime_before = std::mem::take(&mut lifetime);
                continue;
            }
            TokenTree::Punct(punct) if punct.as_char() == '-' && punct.spacing() == Spacing::Joint => {
                text.push_str(" -");
                arrow = true;
            }
            TokenTree::Punct(punct) if std::mem::take(&mut arrow) => {
                text.push(punct.as_char());
                text.push(' ');
                word_before = false;
            }
            TokenTree::Punct(punct) => {
                let spaced = matches!(punct.as_char(), '=' | '+' | '|') && punct.spacing() == Spacing::Alone;
                if spaced && word_before {
                    text.push(' ');
                }
                lifetime = punct.as_char() == '\'';
                if lifetime && word_before {
                    text.push(' ');
                }
                text.push(punct.as_char());
                if spaced || matches!(punct.as_char(), ',' | ';') {
                    text.push(' ');
                }
                // `&'a str`: the lifetime's name is a word.
                word_before = lifetime;
            }
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace => (" { ", " }"),
                    Delimiter::None => ("", ""),
                };
                let spaced = lifetime_before || (group.delimiter() == Delimiter::None && word_before);
                if spaced && !open.starts_with(' ') {
                    text.push(' ');
                }
                text.push_str(open);
                write(group.stream(), text);
                text.push_str(close);
                word_before = true;
                lifetime = false;
            }
        }
        lifetime_before = false;
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    #[test]
    fn reads_as_written() {
        for (given, wanted) in [
            (quote!(&'a str), "&'a str"),
            (quote!(Vec<&[u8]>), "Vec<&[u8]>"),
            (quote!(Option<(u8, String)>), "Option<(u8, String)>"),
            (quote!(HashMap<String, Vec<u8>>), "HashMap<String, Vec<u8>>"),
            (quote!(&dyn Fn(&str) -> u8), "&dyn Fn(&str) -> u8"),
            (quote!(&'a [u8]), "&'a [u8]"),
            (quote!(&'a (dyn Show + 'a)), "&'a (dyn Show + 'a)"),
            (quote!(f('a')), "f('a')"),
            (quote!(-1.5), "-1.5"),
        ] {
            assert_eq!(super::tokens(given), wanted);
        }
    }
}
