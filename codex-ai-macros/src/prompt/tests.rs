//! From tokens to the checked model.

use proc_macro2::TokenStream;
use quote::quote;

use super::check::{Checked, check};
use super::model::{ArgDefault, PromptFn};
use super::parse::{self, Function, Item};
use crate::diag::Diag;
use crate::pretty;

fn function(item: TokenStream) -> Function {
    match parse::item(item) {
        Ok(Item::Function(function)) => *function,
        Ok(Item::Other(keyword)) => panic!("no function but `{keyword}`"),
        Err(error) => panic!("{error}"),
    }
}

/// Checks a prompt without mistakes and looks at its model.
fn good(attr: TokenStream, item: TokenStream, look: impl FnOnce(&PromptFn<'_>)) {
    let function = function(item);
    let mut diag = Diag::default();
    let checked = check(attr, &function, None, &mut diag);
    if let Some(errors) = diag.finish() {
        panic!("{errors}");
    }
    let Checked::Good(prompt) = checked else { panic!("not good") };
    look(&prompt);
}

/// How much can be expanded of a prompt with mistakes, and how many there are.
fn bad(attr: TokenStream, item: TokenStream) -> (&'static str, usize) {
    let function = function(item);
    let mut diag = Diag::default();
    let known = match check(attr, &function, None, &mut diag) {
        Checked::Good(_) => "good",
        Checked::Known(_) => "known",
        Checked::Named { .. } => "named",
        Checked::Bare => "bare",
    };
    let errors = diag.finish().map(|tokens| tokens.to_string()).unwrap_or_default();
    (known, errors.matches("compile_error").count())
}

#[test]
fn keys() {
    let item = quote!(
        pub async fn sum_up(text: &str) -> Prompt<Summary> {}
    );
    good(quote!(), item.clone(), |prompt| {
        assert_eq!(prompt.mode, "sum_up");
        assert_eq!(prompt.marker, "SumUp");
        assert!(prompt.json && prompt.model.is_none() && prompt.temperature.is_none() && prompt.max_tokens.is_none());
        assert_eq!(prompt.paths.krate.to_string(), quote!(::codex_ai).to_string());
    });
    let keys = quote!(
        mode = "a.b",
        model = "m",
        temperature = 0,
        max_tokens = 1_000,
        marker = X,
        json = false,
        crate = ::f::c
    );
    good(keys, item, |prompt| {
        assert_eq!(prompt.mode, "a.b");
        assert_eq!(prompt.marker, "X");
        assert!(!prompt.json);
        assert_eq!(prompt.model.as_ref().map(syn::LitStr::value).as_deref(), Some("m"));
        assert_eq!(prompt.temperature.as_ref().map(ToString::to_string).as_deref(), Some("0f64"));
        assert_eq!(prompt.max_tokens.as_ref().map(ToString::to_string).as_deref(), Some("1000u32"));
        assert_eq!(prompt.paths.krate.to_string(), quote!(::f::c).to_string());
    });
}

#[test]
fn arguments() {
    let item = quote! {
        async fn f(
            /// Docs.
            text: &str,
            mut list: Vec<&'x u8>,
            #[arg(default = 3, rename = "max words")] max: u8,
            #[arg(default)] r#type: String,
            note: core::option::Option<u8>,
            owned: &'static str,
        ) -> String {}
    };
    good(quote!(json = false), item, |prompt| {
        let seen: Vec<_> = prompt
            .args
            .iter()
            .map(|arg| {
                let default = match &arg.default {
                    None => "required",
                    Some(ArgDefault::Value(_)) => "value",
                    Some(ArgDefault::Trait) => "trait",
                    Some(ArgDefault::None) => "none",
                };
                let referent = arg.referent.map(|ty| pretty::tokens(crate::tokens(ty))).unwrap_or_default();
                (arg.json_name.as_str(), referent, arg.borrows, arg.docs.len(), default)
            })
            .collect();
        assert_eq!(
            seen,
            [
                ("text", "str".to_owned(), true, 1, "required"),
                ("list", String::new(), true, 0, "required"),
                ("max words", String::new(), false, 0, "value"),
                ("type", String::new(), false, 0, "trait"),
                ("note", String::new(), false, 0, "none"),
                ("owned", "str".to_owned(), false, 0, "required"),
            ]
        );
        assert!(prompt.borrows());
    });
}

#[test]
fn attributes_that_are_forwarded() {
    let item = quote! {
        #[doc = "x"]
        #[cfg(all())]
        #[allow(dead_code)]
        #[deprecated]
        #[must_use]
        #[expect(unused)]
        async fn f() -> String {}
    };
    good(quote!(), item, |prompt| assert_eq!(prompt.forwarded.len(), 3));
}

#[test]
fn groups_without_brackets_are_looked_through() {
    let group = |tokens| proc_macro2::Group::new(proc_macro2::Delimiter::None, tokens);
    let (mode, ty) = (group(quote!("a")), group(quote!(Option<&'x str>)));
    let output = group(quote!(Summary));
    good(quote!(mode = #mode), quote!(async fn f(a: #ty) -> Prompt<#output> {}), |prompt| {
        assert_eq!(prompt.mode, "a");
        assert!(matches!(prompt.args[0].default, Some(ArgDefault::None)));
        assert!(prompt.args[0].borrows);
    });
}

#[test]
fn marker_names() {
    for (function, marker) in [
        (quote!(summarize), "Summarize"),
        (quote!(sum_up), "SumUp"),
        (quote!(r#try), "Try"),
        (quote!(_private_), "Private"),
        (quote!(v2), "V2"),
        (quote!(_2nd), "_2nd"),
        (quote!(sumUp), "SumUp"),
        (quote!(__), "Prompt"),
        (quote!(r#self_), "SelfPrompt"),
        (quote!(größe_1), "Größe1"),
        (quote!(ñandú), "Ñandú"),
    ] {
        good(quote!(mode = "m"), quote!(async fn #function() -> String {}), |prompt| assert_eq!(prompt.marker, marker));
    }
}

#[test]
fn every_mistake_is_found_and_as_much_is_known_as_can_be() {
    let fine = || {
        quote!(
            async fn f(a: u8) -> String {}
        )
    };
    for (attr, item, known, errors) in [
        (quote!(mode = "", temperature = 9, max_tokens = 0, json = 1, crate = x, marker = "x"), fine(), "known", 6),
        (quote!(moed = "x", mode = "x", mode = "y"), fine(), "known", 2),
        (
            quote!(),
            quote!(
                fn f(a: u8) -> String {}
            ),
            "known",
            1,
        ),
        (
            quote!(),
            quote!(
                const unsafe extern "C" fn f(a: u8) -> String {}
            ),
            "known",
            4,
        ),
        (
            quote!(),
            quote!(
                async fn f(a: u8) {}
            ),
            "named",
            1,
        ),
        (
            quote!(),
            quote!(
                async fn f((a, b): (u8, u8), _: u8, c: &mut u8, d: impl X) -> String {}
            ),
            "named",
            4,
        ),
        (
            quote!(),
            quote!(
                async fn f(build: u8) -> String {}
            ),
            "named",
            1,
        ),
        (
            quote!(),
            quote!(
                async fn f<T, const N: u8>(a: T) -> String
                where
                    T: X,
                {
                }
            ),
            "named",
            2,
        ),
        (
            quote!(),
            quote!(
                async fn f(self, a: Self) -> String {}
            ),
            "bare",
            1,
        ),
        (
            quote!(),
            quote!(
                async fn f(a: Self) -> String {}
            ),
            "bare",
            1,
        ),
        (
            quote!(),
            quote!(
                async fn f() -> String;
            ),
            "bare",
            1,
        ),
        (
            quote!(),
            quote!(
                async fn f(#[arg(defualt = 1)] a: u8, #[arg(rename = "a")] b: u8) -> String {}
            ),
            "known",
            2,
        ),
        (
            quote!(),
            quote!(
                async fn f(#[cfg(x)] a: u8) -> impl IntoPrompt {}
            ),
            "named",
            2,
        ),
        (
            quote!(),
            quote!(
                async fn f() -> Result<Prompt<&str>, E> {}
            ),
            "named",
            1,
        ),
    ] {
        let shown = format!("{attr} {item}");
        assert_eq!(bad(attr, item), (known, errors), "{shown}");
    }
}

#[test]
fn self_of_inner_items_is_fine() {
    let item = quote! {
        async fn f() -> String {
            struct Inner { next: Option<Box<Self>> }
            impl Inner { fn new() -> Self { Self { next: None } } }
            String::new()
        }
    };
    good(quote!(), item, |_| {});
}
