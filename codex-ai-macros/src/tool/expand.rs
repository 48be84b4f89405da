//! The generated code of one tool. Takes a checked model and cannot fail.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Lifetime;
use syn::spanned::Spanned;

use super::model::ToolFn;
use super::path::number;
use crate::keys::{ends, respanned, with_lifetime};
use crate::pretty;
use crate::prompt::{Arg, ArgDefault, arg_info, is_text, origin, plain_name, read_type};

/// Everything that stands beside the function.
pub(super) fn tool(tool: &ToolFn<'_>) -> TokenStream {
    let forwarded = &tool.forwarded;
    let (library, path) = (&tool.names.library, tool.paths.private());
    let marker = tool.owner.is_none().then(|| marker(tool));
    let definition = definition(tool);
    let entry = entry(tool);
    let call = (!tool.broken).then(|| call(tool));
    quote! {
        #marker
        #(#forwarded)*
        #[allow(deprecated, private_bounds, private_interfaces, unreachable_pub)]
        #[allow(unused_qualifications, clippy::absolute_paths, clippy::pedantic)]
        const _: () = {
            use #path as #library;
            #definition
            #entry
            #call
        };
    }
}

/// The type beside a function. With braces it is no value, so that it may have the function's name, and one `use` brings
/// both.
fn marker(tool: &ToolFn<'_>) -> TokenStream {
    let (forwarded, vis, marker) = (&tool.forwarded, &tool.function.vis, &tool.marker);
    let item = quote_spanned!(marker.span()=> #vis struct #marker {});
    quote! {
        #[doc(hidden)]
        #(#forwarded)*
        #[allow(non_camel_case_types, dead_code, missing_debug_implementations, missing_copy_implementations)]
        #item
    }
}

fn definition(tool: &ToolFn<'_>) -> TokenStream {
    let (p, marker, entry) = (&tool.names.library, &tool.marker, &tool.names.entry);
    let state = match &tool.owner {
        Some(owner) if tool.takes_self() => owner.ty.clone(),
        _ => quote!(#p::Stateless),
    };
    let (implemented, of) = match &tool.owner {
        None => (quote!(ToolDef), quote!(#marker)),
        Some(owner) => {
            let number = number(&plain_name(&tool.function.sig.ident));
            (quote!(ToolNamed<#number>), owner.ty.clone())
        }
    };
    quote! {
        #[automatically_derived]
        impl #p::#implemented for #of {
            const TOOL: &'static #p::ToolEntry = &#entry;
            type State = #state;
        }
    }
}

fn entry(tool: &ToolFn<'_>) -> TokenStream {
    let (p, function) = (&tool.names.library, &tool.function.sig.ident);
    let entry = &tool.names.entry;
    let (name, docs) = (&tool.name, crate::docs::text(&tool.function.attrs));
    let plain = plain_name(function);
    let function_text = tool.owner.map_or_else(|| plain.clone(), |owner| format!("{}::{plain}", owner.name));
    let marker = tool.marker.to_string();
    let returns = tool.returns.map_or_else(|| "()".to_owned(), |ty| pretty::tokens(crate::tokens(ty)));
    let args = tool.args.iter().map(|arg| arg_info(p, arg, !tool.broken));
    let call = if tool.broken {
        quote!(#p::None)
    } else {
        let call = &tool.names.call;
        quote!(#p::Some(#call))
    };
    let state = tool.owner.filter(|_| tool.takes_self()).map(|owner| {
        let (owner, text) = (&owner.ty, &owner.name);
        quote!(state: #p::Some(#p::StateInfo::of::<#owner>(#text)),)
    });
    let origin = origin(function);
    quote! {
        static #entry: #p::ToolEntry = #p::ToolEntry::new(#p::EntryInfo {
            mode: #name,
            marker: #marker,
            function: #function_text,
            #origin,
            docs: #docs,
            returns: #returns,
            args: &[#(#args),*],
            tool: #call,
            #state
            ..#p::EntryInfo::DEFAULT
        });
    }
}

/// Reads the arguments, all problems at once, and calls the function.
fn call(tool: &ToolFn<'_>) -> TokenStream {
    let p = &tool.names.library;
    let (call, function) = (&tool.names.call, &tool.function.sig.ident);
    let lifetime = Lifetime::new("'v", Span::mixed_site());
    let locals: Vec<_> =
        (0..tool.args.len()).map(|index| format_ident!("arg{index}", span = Span::mixed_site())).collect();
    let reads = tool.args.iter().zip(&locals).map(|(arg, local)| {
        let (name, ty) = (&arg.json_name, read_type(arg, &lifetime));
        // What concerns the type points at the whole of it.
        let (first, last) = ends(crate::tokens(arg.ty));
        let (open, close) =
            (respanned(quote!(<), first), respanned(quote!(as #p::ToolArg<#lifetime>>::read_from), last));
        quote!(let #local = #open #ty #close (arguments, #name);)
    });
    let required: Vec<&Ident> =
        tool.args.iter().zip(&locals).filter(|(arg, _)| arg.default.is_none()).map(|(_, local)| local).collect();
    let defaults: TokenStream = tool.args.iter().filter_map(|arg| default(p, arg)).collect();
    let is_twin = |arg: &Arg<'_>| arg.referent.is_some_and(|referent| !is_text(referent));
    let values = tool.args.iter().zip(&locals).map(|(arg, local)| {
        let default = &arg.names.default;
        match (&arg.default, is_twin(arg)) {
            (None, false) => quote!(#local),
            (None, true) => quote!(::core::borrow::Borrow::borrow(&#local)),
            (Some(_), false) => quote!(match #local {
                #p::Some(value) => value,
                #p::None => #default(),
            }),
            (Some(_), true) => quote!(match &#local {
                #p::Some(value) => ::core::borrow::Borrow::borrow(value),
                #p::None => #default(),
            }),
        }
    });
    let owner = tool.owner.map(|owner| &owner.ty);
    let (state, receiver) = match (owner, tool.takes_self()) {
        (Some(owner), true) => (quote!(let state = <#owner as #p::Erased>::restore(state)?;), quote!(state,)),
        _ => (quote!(let _ = state;), TokenStream::new()),
    };
    let path = match owner {
        Some(owner) => quote!(<#owner>::#function),
        None => quote!(#function),
    };
    let (returned, span) = match tool.returns {
        Some(ty) => {
            let anonymous = Lifetime::new("'_", Span::mixed_site());
            (with_lifetime(crate::tokens(ty), &anonymous), ty.span())
        }
        None => (quote!(()), function.span()),
    };
    // What concerns the result points at its type.
    let local = Ident::new("returned", Span::mixed_site().located_at(span));
    let told = quote_spanned!(span=> #p::told(#local));
    let told = quote! {
        let #local = #p::Returned::<#returned>::split(#path(#receiver #(#values),*).await);
        #told
    };
    // What concerns the future points at the function's name.
    let future = quote_spanned!(function.span()=> ::std::boxed::Box::pin(async move { #told }));
    quote! {
        #defaults
        use #p::{ProbeAny as _, ReturnedAny as _};
        fn #call<#lifetime>(
            state: &#lifetime #p::AnyState,
            arguments: &mut #p::Arguments<#lifetime>,
        ) -> #p::Option<#p::BoxFuture<#lifetime, ::core::result::Result<::std::string::String, ::std::string::String>>> {
            #(#reads)*
            if arguments.have_problems() {
                return #p::None;
            }
            let (#(#p::Some(#required),)*) = (#(#required,)*) else {
                return #p::None;
            };
            #state
            #p::Some(#future)
        }
    }
}

/// The function that makes an argument's default. The tokens of the expression keep the user's spans.
fn default(p: &Ident, arg: &Arg<'_>) -> Option<TokenStream> {
    let value = match arg.default.as_ref()? {
        ArgDefault::Value(value) => quote!(#value),
        ArgDefault::None => quote!(#p::None),
        ArgDefault::Trait => quote_spanned!(arg.ty.span()=> ::core::default::Default::default()),
    };
    let (name, lifetime) = (&arg.names.default, &arg.names.lifetime);
    let ty = with_lifetime(crate::tokens(arg.ty), lifetime);
    let generics = arg.borrows.then(|| quote!(<#lifetime>));
    Some(quote!(fn #name #generics() -> #ty { #value }))
}
