//! What the binary knows of a prompt: the entry, the call by name, the registration.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Lifetime, Type};

use super::expand::{Body, args_name};
use super::model::{Arg, ArgDefault, EntryNames, PromptFn};
use crate::keys::{ends, respanned, with_lifetime};
use crate::pretty;

/// The static entry, and with it whatever it points to.
pub(super) fn items(prompt: &PromptFn<'_>, body: Body) -> TokenStream {
    let p = prompt.library();
    let (marker, function) = (&prompt.marker, prompt.name());
    let EntryNames { entry, render, .. } = &prompt.names;
    let json = prompt.json && body == Body::Calls;
    let by_name = if json { by_name(prompt) } else { TokenStream::new() };
    let render = option(p, json.then_some(render));
    // Not through the import: where another attribute of the function is unknown, rustc would complain of it too.
    let path = prompt.paths.private();
    let submit = (body == Body::Calls).then(|| quote!(#path::inventory::submit! { #p::Registered(&#entry) }));
    let (mode, docs) = (&prompt.mode, crate::docs::text(&prompt.function.attrs));
    let plain = super::check::plain_name(function);
    let (marker_text, function_text) = match prompt.owner {
        Some(owner) => (marker.to_string(), format!("{}::{plain}", owner.name)),
        None => (marker.to_string(), plain),
    };
    let state = prompt.state.as_ref().map(|ty| {
        let name = prompt.owner.map_or_else(|| pretty::tokens(ty.clone()), |owner| owner.name.clone());
        quote!(state: #p::Some(#p::StateInfo::of::<#ty>(#name)),)
    });
    let returns = pretty::tokens(crate::tokens(prompt.returns));
    let args = prompt.args.iter().map(|arg| arg_info(p, arg, json));
    let (model, temperature, max_tokens) = (
        option(p, prompt.model.as_ref()),
        option(p, prompt.temperature.as_ref()),
        option(p, prompt.max_tokens.as_ref()),
    );
    let template = prompt.template.as_ref().map(|template| {
        let text = super::template::text(template);
        quote!(template: #p::Some(#text),)
    });
    let needs = super::requires::entry_fields(prompt);
    let tools = prompt.tools.iter().map(|tool| tool.offered(p, marker));
    let has_methods = prompt.tools.iter().any(|tool| tool.owner().is_some());
    let method = has_methods.then(|| quote!(use #p::MethodAny as _;));
    let tools = (!prompt.tools.is_empty()).then(|| quote!(tools: &[#(#tools),*],));
    let origin = origin(function);
    quote! {
        static #entry: #p::Entry = #p::Entry::new(#p::EntryInfo {
            mode: #mode,
            marker: #marker_text,
            function: #function_text,
            #origin,
            docs: #docs,
            returns: #returns,
            args: &[#(#args),*],
            model: #model,
            temperature: #temperature,
            max_tokens: #max_tokens,
            output: #p::output_of::<#marker>(),
            render: #render,
            #state
            #tools
            #needs
            #template
            ..#p::EntryInfo::DEFAULT
        });
        #by_name
        use #p::ProbeAny as _;
        #method
        #submit
    }
}

/// Where a prompt or a tool comes from. The place is the function's name, so that an editor can jump there.
pub(crate) fn origin(function: &Ident) -> TokenStream {
    let span = function.span();
    let place = quote_spanned!(span=> file: ::core::file!(), line: ::core::line!(), column: ::core::column!());
    quote! {
        module: ::core::module_path!(),
        crate_name: ::core::option_env!("CARGO_PKG_NAME"),
        crate_version: ::core::option_env!("CARGO_PKG_VERSION"),
        #place
    }
}

fn option<T: quote::ToTokens>(p: &Ident, value: Option<&T>) -> TokenStream {
    match value {
        Some(value) => quote!(#p::Some(#value)),
        None => quote!(#p::None),
    }
}

pub(crate) fn arg_info(p: &Ident, arg: &Arg<'_>, json: bool) -> TokenStream {
    let name = &arg.json_name;
    let ty = pretty::tokens(crate::tokens(arg.ty));
    let docs: Vec<syn::Attribute> = arg.docs.iter().map(|doc| (*doc).clone()).collect();
    let docs = crate::docs::text(&docs);
    let default = arg.default.as_ref().map(|default| match default {
        ArgDefault::Value(value) => pretty::tokens(crate::tokens(value)),
        ArgDefault::Trait => "Default::default()".to_owned(),
        ArgDefault::None => "None".to_owned(),
    });
    let default = option(p, default.as_ref());
    // Without JSON nothing is known of the type, not even whether an owned twin exists.
    let schema = if json {
        let ty = read_type(arg, &Lifetime::new("'static", Span::mixed_site()));
        quote!(#p::Probe::<#ty>::SCHEMA)
    } else {
        quote!(#p::None)
    };
    quote!(#p::ArgInfo::new(#name, #ty, #docs, #default, #schema))
}

/// The type that an argument is read into. Text is borrowed from the JSON; what lies behind another reference is read as
/// its owned twin, such as `Vec<T>` for `&[T]`, and borrowed for the call.
pub(crate) fn read_type(arg: &Arg<'_>, lifetime: &Lifetime) -> TokenStream {
    match arg.referent {
        Some(referent) if !is_text(referent) => {
            let (first, last) = ends(crate::tokens(referent));
            let referent = with_lifetime(crate::tokens(referent), lifetime);
            let (open, close) =
                (respanned(quote!(<), first), respanned(quote!(as ::std::borrow::ToOwned>::Owned), last));
            quote!(#open #referent #close)
        }
        _ => with_lifetime(crate::tokens(arg.ty), lifetime),
    }
}

/// Whether a reference to it can point into the JSON. Another name for `str` only costs a copy.
pub(crate) fn is_text(referent: &Type) -> bool {
    matches!(referent, Type::Path(path) if path.path.is_ident("str"))
}

/// Reads JSON arguments, all problems at once, and calls the function.
fn by_name(prompt: &PromptFn<'_>) -> TokenStream {
    let p = prompt.library();
    let (marker, args_name) = (&prompt.marker, args_name(prompt));
    let (render, lifetime) = (&prompt.names.render, Lifetime::new("'v", Span::mixed_site()));
    let locals: Vec<_> =
        (0..prompt.args.len()).map(|index| format_ident!("arg{index}", span = Span::mixed_site())).collect();
    // All are read before one is missed, so that all problems are found.
    let given = prompt.args.iter().zip(&locals).map(|(arg, local)| match &arg.default {
        None => quote!(#p::Some(#local)),
        Some(_) => quote!(#local),
    });
    let reads = prompt.args.iter().map(|arg| {
        let (name, ty) = (&arg.json_name, read_type(arg, &lifetime));
        quote!(arguments.read::<#ty>(#name))
    });
    let read = match prompt.args.iter().any(|arg| arg.default.is_none()) {
        true => quote!(let (#(#given,)*) = (#(#reads,)*) else { return #p::None };),
        false => quote!(#(let #given = #reads;)*),
    };
    let is_twin = |arg: &Arg<'_>| arg.referent.is_some_and(|referent| !is_text(referent));
    // A default takes the place of what was not given; of a twin it does so when the twin is borrowed.
    let defaults = prompt.args.iter().zip(&locals).filter(|(arg, _)| arg.default.is_some() && !is_twin(arg)).map(
        |(arg, local)| {
            let default = &arg.names.default;
            quote!(let #local = match #local {
            #p::Some(value) => value,
            #p::None => #default(),
        };)
        },
    );
    let values = prompt.args.iter().zip(&locals).map(|(arg, local)| match &arg.default {
        _ if !is_twin(arg) => quote!(#local),
        None => quote!(::core::borrow::Borrow::borrow(&#local)),
        Some(_) => {
            let default = &arg.names.default;
            quote!(match &#local {
                #p::Some(value) => ::core::borrow::Borrow::borrow(value),
                #p::None => #default(),
            })
        }
    });
    let fields = prompt.args.iter().map(|arg| arg.name);
    let call = quote!(<#marker as #p::PromptDef>::run(state, #args_name { #(#fields: #values),* }));
    let future = if prompt.args.iter().any(is_twin) { quote!(async move { #call.await }) } else { call };
    let (state_name, state) = match &prompt.state {
        Some(_) => (quote!(state), quote!(let state = #p::state(state)?;)),
        None => (quote!(_), quote!(let state = #p::STATELESS;)),
    };
    quote! {
        fn #render<#lifetime>(
            #state_name: &#lifetime #p::AnyState,
            arguments: &mut #p::Arguments<#lifetime>,
        ) -> #p::Option<#p::BoxFuture<#lifetime, #p::Result<#p::Rendered>>> {
            #read
            #state
            #(#defaults)*
            arguments.call(<#marker as #p::PromptDef>::FORGET(::std::boxed::Box::new(#future)))
        }
    }
}
