//! What the binary knows of a prompt: the entry, the call by name, the registration.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Lifetime;
use syn::spanned::Spanned;

use super::expand::{Body, args_name};
use super::model::{Arg, ArgDefault, EntryNames, PromptFn};
use crate::keys::with_lifetime;
use crate::pretty;

/// The static entry, and with it whatever it points to.
pub(super) fn items(prompt: &PromptFn<'_>, body: Body) -> TokenStream {
    let p = prompt.paths.private();
    let (marker, function) = (&prompt.marker, prompt.name());
    let EntryNames { entry, render, schemas, .. } = &prompt.names;
    let json = prompt.json && body == Body::Calls;
    let by_name = if json { by_name(prompt) } else { TokenStream::new() };
    let pointers = if json {
        quote!(render: ::core::option::Option::Some(#render), schemas: ::core::option::Option::Some(#schemas))
    } else {
        quote!(render: ::core::option::Option::None, schemas: ::core::option::Option::None)
    };
    let submit = (body == Body::Calls).then(|| quote!(#p::inventory::submit! { #p::Registered(&#entry) }));
    let (mode, docs) = (&prompt.mode, crate::docs::text(&prompt.function.attrs));
    let (marker_text, function_text) = (marker.to_string(), super::check::plain_name(function));
    let returns = pretty::tokens(crate::tokens(prompt.returns));
    let args = prompt.args.iter().map(|arg| arg_info(prompt, arg));
    let (model, temperature, max_tokens) =
        (option(prompt.model.as_ref()), option(prompt.temperature.as_ref()), option(prompt.max_tokens.as_ref()));
    // The place is the function's name, so that an editor can jump there.
    let span = function.span();
    let place = quote_spanned!(span=> file: ::core::file!(), line: ::core::line!(), column: ::core::column!());
    quote! {
        static #entry: #p::Entry = #p::Entry::new(#p::EntryInfo {
            mode: #mode,
            marker: #marker_text,
            function: #function_text,
            module: ::core::module_path!(),
            crate_name: ::core::option_env!("CARGO_PKG_NAME"),
            crate_version: ::core::option_env!("CARGO_PKG_VERSION"),
            #place,
            docs: #docs,
            returns: #returns,
            args: &[#(#args),*],
            model: #model,
            temperature: #temperature,
            max_tokens: #max_tokens,
            output: #p::output_of::<#marker>,
            #pointers,
        });
        #by_name
        #submit
    }
}

fn option<T: quote::ToTokens>(value: Option<&T>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}

fn arg_info(prompt: &PromptFn<'_>, arg: &Arg<'_>) -> TokenStream {
    let p = prompt.paths.private();
    let name = &arg.json_name;
    let ty = pretty::tokens(crate::tokens(arg.ty));
    let docs: Vec<syn::Attribute> = arg.docs.iter().map(|doc| (*doc).clone()).collect();
    let docs = crate::docs::text(&docs);
    let default = arg.default.as_ref().map(|default| match default {
        ArgDefault::Value(value) => pretty::tokens(crate::tokens(value)),
        ArgDefault::Trait => "Default::default()".to_owned(),
        ArgDefault::None => "None".to_owned(),
    });
    let default = option(default.as_ref());
    quote!(#p::ArgInfo::new(#name, #ty, #docs, #default))
}

/// The owned type that an argument is read into: `String` for `&str`, and any other as it is.
fn owned(prompt: &PromptFn<'_>, arg: &Arg<'_>) -> TokenStream {
    let _ = prompt;
    let inferred = Lifetime::new("'_", Span::mixed_site());
    match arg.referent {
        None => with_lifetime(crate::tokens(arg.ty), &inferred),
        Some(referent) => {
            let span = referent.span();
            let referent = with_lifetime(crate::tokens(referent), &inferred);
            let open = quote_spanned!(span=> <);
            let close = quote_spanned!(span=> as ::std::borrow::ToOwned>::Owned);
            quote!(#open #referent #close)
        }
    }
}

/// Reads JSON arguments, all problems at once, and renders.
fn by_name(prompt: &PromptFn<'_>) -> TokenStream {
    let p = prompt.paths.private();
    let marker = &prompt.marker;
    let args_name = args_name(prompt);
    let EntryNames { entry, render, schemas: schemas_name, .. } = &prompt.names;
    let locals: Vec<_> =
        (0..prompt.args.len()).map(|index| format_ident!("arg{index}", span = Span::mixed_site())).collect();
    let types: Vec<_> = prompt.args.iter().map(|arg| owned(prompt, arg)).collect();
    let names: Vec<_> = prompt.args.iter().map(|arg| &arg.json_name).collect();
    let reads = prompt.args.iter().zip(&locals).zip(&types).map(|((arg, local), ty)| {
        let name = &arg.json_name;
        let method = if arg.default.is_some() { quote!(optional) } else { quote!(required) };
        quote!(let #local = arguments.#method::<#ty>(#name);)
    });
    let values = prompt.args.iter().zip(&locals).map(|(arg, local)| {
        let field = arg.name;
        let value = match (&arg.default, arg.referent) {
            (None, None) => quote!(#local),
            (None, Some(_)) => quote!(::core::borrow::Borrow::borrow(&#local)),
            (Some(_), None) => {
                let default = &arg.names.default;
                quote!(match #local {
                    ::core::option::Option::Some(value) => value,
                    ::core::option::Option::None => #default(),
                })
            }
            (Some(_), Some(_)) => {
                let default = &arg.names.default;
                quote!(match &#local {
                    ::core::option::Option::Some(value) => ::core::borrow::Borrow::borrow(value),
                    ::core::option::Option::None => #default(),
                })
            }
        };
        quote!(#field: #value)
    });
    // An optional argument is `None` where it is absent; a required one is always there once `finish` has passed.
    let present = prompt.args.iter().zip(&locals).filter(|(arg, _)| arg.default.is_none()).map(|(_, local)| {
        quote! {
            let ::core::option::Option::Some(#local) = #local else {
                return ::core::result::Result::Err(arguments.into_error());
            };
        }
    });
    let schemas = names
        .iter()
        .zip(&types)
        .map(|(name, ty)| quote!(schemas.add(#name, |generator| (&&#p::Probe::<#ty>::new()).schema(generator));));
    quote! {
        fn #render(arguments: #p::Value) -> #p::BoxFuture<'static, #p::Result<#p::Rendered>> {
            ::std::boxed::Box::pin(async move {
                let mut arguments = #p::Arguments::new(&#entry, &arguments);
                #(#reads)*
                arguments.finish()?;
                #(#present)*
                let arguments = #args_name { #(#values),* };
                #p::Rendered::render::<#marker>(arguments).await
            })
        }
        fn #schemas_name(schemas: &mut #p::ArgSchemas<'_>) {
            use #p::{ProbeAny as _, ProbeSchema as _};
            #(#schemas)*
            let _ = schemas;
        }
    }
}
