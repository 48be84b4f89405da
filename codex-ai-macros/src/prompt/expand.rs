//! The generated code of one prompt function. Takes a checked model and cannot fail.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Lifetime;

use super::model::PromptFn;
use super::{builder, entry, requires};
use crate::keys::{respanned, with_lifetime};

/// What rendering does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Body {
    /// It calls the function, and the prompt is registered.
    Calls,
    /// The function has a mistake: there is only what other code needs to compile.
    Refuses,
}

/// Everything that stands beside the function.
pub(super) fn prompt(prompt: &PromptFn<'_>, body: Body) -> TokenStream {
    let marker = marker(prompt);
    let arguments = arguments(prompt);
    let builder = builder::items(prompt);
    let definition = definition(prompt, body);
    let entry = entry::items(prompt, body);
    let needs = requires::items(prompt, body);
    let inner = builder::impls(prompt);
    let forwarded = &prompt.forwarded;
    let (library, path) = (prompt.library(), prompt.paths.private());
    quote! {
        #marker
        #arguments
        #builder
        #(#forwarded)*
        // `deprecated`: the generated code is no use of a deprecated prompt, its callers are. The others are about items
        // that nobody outside this block can name, and about paths that point at the user's own tokens.
        #[allow(deprecated, private_bounds, private_interfaces, unreachable_pub)]
        #[allow(unused_qualifications, clippy::absolute_paths, clippy::pedantic)]
        const _: () = {
            use #path as #library;
            #definition
            #entry
            #needs
            #inner
        };
    }
}

/// `<'a>` where the arguments borrow.
pub(super) fn args_generics(prompt: &PromptFn<'_>) -> TokenStream {
    let lifetime = &prompt.names.lifetime;
    if prompt.borrows() { quote!(<#lifetime>) } else { TokenStream::new() }
}

pub(super) fn args_name(prompt: &PromptFn<'_>) -> Ident {
    format_ident!("{}Args", prompt.marker)
}

fn marker(prompt: &PromptFn<'_>) -> TokenStream {
    let (marker, vis, forwarded) = (&prompt.marker, prompt.vis(), &prompt.forwarded);
    let docs = crate::docs::attributes(&prompt.function.attrs);
    let link = match prompt.owner {
        Some(owner) => format!("The prompt `{}`, made from `{}::{}`.", prompt.mode, owner.name, prompt.name()),
        None => format!("The prompt `{}`, made from [`{}`](fn@{}).", prompt.mode, prompt.name(), prompt.name()),
    };
    // On the function's name, since that is what a clash of names is about.
    let item = quote_spanned!(prompt.name().span()=> #vis struct #marker;);
    let gap = (!docs.is_empty()).then(|| quote!(#[doc = ""]));
    quote! {
        #(#docs)*
        #gap
        #[doc = #link]
        #(#forwarded)*
        // A prompt may be called by name only, and its marker is never made.
        #[allow(dead_code, missing_debug_implementations, missing_copy_implementations)]
        #item
    }
}

fn arguments(prompt: &PromptFn<'_>) -> TokenStream {
    let (vis, forwarded) = (prompt.vis(), &prompt.forwarded);
    let name = args_name(prompt);
    let generics = args_generics(prompt);
    let lifetime = &prompt.names.lifetime;
    let doc = format!("The arguments of [`{}`].", prompt.marker);
    let fields = prompt.args.iter().map(|arg| {
        let (name, docs) = (arg.name, &arg.docs);
        let ty = with_lifetime(crate::tokens(arg.ty), lifetime);
        let missing = docs.is_empty().then(|| {
            let text = format!("The argument `{}`.", arg.json_name);
            quote!(#[doc = #text])
        });
        quote!(#(#docs)* #missing #vis #name: #ty)
    });
    quote! {
        #[doc = #doc]
        #(#forwarded)*
        // `Debug` or `Copy` here would demand one of the user's types.
        #[allow(dead_code, missing_debug_implementations, missing_copy_implementations)]
        #vis struct #name #generics { #(#fields),* }
    }
}

fn definition(prompt: &PromptFn<'_>, body: Body) -> TokenStream {
    let p = prompt.library();
    let (marker, returns, function) = (&prompt.marker, prompt.returns, prompt.name());
    let name = args_name(prompt);
    let lifetime = &prompt.names.lifetime;
    let args_generics = args_generics(prompt);
    let fields: Vec<_> = prompt.args.iter().map(|arg| arg.name).collect();
    // What concerns the return type points at the `T` of `Prompt<T>`, what concerns the future at the function's name.
    let (first, last) = prompt.output_ends;
    let returns = with_lifetime(crate::tokens(returns), &Lifetime::new("'static", Span::mixed_site()));
    let (open, close) = (respanned(quote!(<), first), respanned(quote!(as #p::Itself>::Type), last));
    let returned = quote!(#open #returns #close);
    let future = quote_spanned! {function.span()=>
        impl #lifetime + ::core::future::Future<Output = <Self as #p::PromptDef>::Returned> + ::core::marker::Send
    };
    let entry = &prompt.names.entry;
    // No name of the user's: the function may be called `args`.
    let args = Ident::new("args", Span::mixed_site());
    let state = Ident::new("_state", Span::mixed_site());
    let state_type = match &prompt.state {
        // On the function's name: a private type of a public method is an error here.
        Some(ty) => quote_spanned!(function.span()=> type State = #ty;),
        None => quote!(type State = #p::Stateless;),
    };
    let requires = requires::requires_type(prompt);
    let erase = (!prompt.tools.is_empty()).then(|| {
        let erase = quote!(<<Self as #p::PromptDef>::State as #p::Erased>::erase);
        quote!(const ERASE: #p::Option<#p::Erase<Self::State>> = #p::Some(#erase);)
    });
    let run = match body {
        Body::Calls => {
            let receiver = prompt.receiver.then(|| quote!(#state,));
            let mut values = Group::new(Delimiter::Parenthesis, quote!(#receiver #(#args.#fields),*));
            values.set_span(function.span());
            match prompt.owner.map(|owner| &owner.ty) {
                Some(ty) => quote!(<#ty>::#function #values),
                None => quote!(#function #values),
            }
        }
        // Nobody can run it: the program does not compile.
        Body::Refuses => quote! {
            let _ = (#state, #args);
            ::core::future::pending()
        },
    };
    quote! {
        #[automatically_derived]
        impl #p::PromptDef for #marker {
            const ENTRY: &'static #p::Entry = &#entry;
            type Args<#lifetime> = #name #args_generics;
            type Returned = #returned;
            #state_type
            #erase
            type Requires = #requires;
            #[inline]
            fn run<#lifetime>(#state: &#lifetime <Self as #p::PromptDef>::State, #args: <Self as #p::PromptDef>::Args<#lifetime>) -> #future {
                #run
            }
        }
    }
}
