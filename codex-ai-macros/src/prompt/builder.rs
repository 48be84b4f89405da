//! The builder of a prompt: one type parameter for each required argument, which holds the value itself.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::check::plain_name;
use super::expand::{args_generics, args_name};
use super::model::{Arg, ArgDefault, PromptFn};
use crate::keys::with_lifetime;
use crate::pretty;

/// The builder's struct.
pub(super) fn items(prompt: &PromptFn<'_>) -> TokenStream {
    let (vis, forwarded) = (prompt.vis(), &prompt.forwarded);
    let name = builder_name(prompt);
    let lifetime = &prompt.names.lifetime;
    let parameters: Vec<_> = required(prompt).map(state).collect();
    let own_lifetime = prompt.borrows().then(|| quote!(#lifetime,));
    let generics = generics(prompt, &quote!(#own_lifetime #(#parameters),*));
    let phantom = prompt.borrows().then(|| quote!(__lifetime: ::core::marker::PhantomData<&#lifetime ()>,));
    let fields = prompt.args.iter().map(|arg| {
        let field = field(arg);
        match &arg.default {
            None => {
                let state = state(arg);
                quote!(#field: #state)
            }
            Some(_) => {
                let ty = field_type(arg);
                quote!(#field: ::core::option::Option<#ty>)
            }
        }
    });
    let doc = format!("Takes the arguments of [`{}`] one by one.", prompt.marker);
    quote! {
        #[doc = #doc]
        #(#forwarded)*
        #[must_use = "a prompt builder does nothing until it is called"]
        #[allow(dead_code, missing_debug_implementations)]
        #vis struct #name #generics { #(#fields,)* #phantom }
    }
}

/// The builder's methods and the traits that say what is missing.
pub(super) fn impls(prompt: &PromptFn<'_>) -> TokenStream {
    let p = prompt.library();
    let (marker, name) = (&prompt.marker, builder_name(prompt));
    let lifetime = &prompt.names.lifetime;
    let own_lifetime = prompt.borrows().then(|| quote!(#lifetime,));
    let unset = required(prompt).map(|_| quote!(#p::Unset));
    let start_generics = generics(prompt, &quote!(#own_lifetime #(#unset),*));
    let method_generics = args_generics(prompt);
    // Here, since no other code of the prompt costs less: what is inlined is not compiled before it is used.
    let sendable = prompt.args.iter().map(|arg| {
        let span = syn::spanned::Spanned::span(arg.ty);
        let ty = with_lifetime(crate::tokens(arg.ty), lifetime);
        quote_spanned!(span=> #p::send::<#ty>();)
    });
    let empty = prompt.args.iter().map(|arg| {
        let field = field(arg);
        match &arg.default {
            None => quote!(#field: #p::Unset),
            Some(_) => quote!(#field: #p::None),
        }
    });
    let phantom = phantom(prompt);
    let vis = prompt.vis();
    let start_doc = format!("Starts to build the arguments of the prompt `{}`.", prompt.mode);
    let needs: TokenStream = required(prompt).map(|arg| needs(prompt, arg)).collect();
    let setters = prompt.args.iter().map(|arg| setter(prompt, arg));
    let finish = finish(prompt);
    let (impl_generics, own) = (impl_generics(prompt), with_state(prompt, None));
    let defaults = prompt.args.iter().filter_map(|arg| default(prompt, arg));
    quote! {
        #(#defaults)*
        #needs
        // The prompt may be called by name only.
        #[allow(dead_code)]
        #[automatically_derived]
        impl #marker {
            #[doc = #start_doc]
            #[inline]
            #vis fn builder #method_generics() -> #name #start_generics {
                #(#sendable)*
                #name { #(#empty,)* #phantom }
            }
        }
        #[allow(dead_code)]
        #[automatically_derived]
        impl #impl_generics #own {
            #(#setters)*
            #finish
        }
    }
}

pub(super) fn builder_name(prompt: &PromptFn<'_>) -> Ident {
    format_ident!("{}Builder", prompt.marker)
}

fn required<'p, 'a>(prompt: &'p PromptFn<'a>) -> impl Iterator<Item = &'p Arg<'a>> {
    prompt.args.iter().filter(|arg| arg.default.is_none())
}

/// The type parameter that holds a required argument.
fn state<'p>(arg: &'p Arg<'_>) -> &'p Ident {
    &arg.names.state
}

/// The builder's field: not the setter's name, or rustc would speak of the field where the setter is misused.
fn field(arg: &Arg<'_>) -> Ident {
    format_ident!("__{}", plain_name(arg.name), span = Span::mixed_site())
}

fn field_type(arg: &Arg<'_>) -> TokenStream {
    with_lifetime(crate::tokens(arg.ty), &arg.names.lifetime)
}

fn phantom(prompt: &PromptFn<'_>) -> Option<TokenStream> {
    prompt.borrows().then(|| quote!(__lifetime: ::core::marker::PhantomData,))
}

fn generics(prompt: &PromptFn<'_>, inner: &TokenStream) -> TokenStream {
    if prompt.borrows() || required(prompt).next().is_some() { quote!(<#inner>) } else { TokenStream::new() }
}

/// The builder's type with one state replaced.
fn with_state(prompt: &PromptFn<'_>, replaced: Option<(&Arg<'_>, &TokenStream)>) -> TokenStream {
    let lifetime = &prompt.names.lifetime;
    let own_lifetime = prompt.borrows().then(|| quote!(#lifetime,));
    let states = required(prompt).map(|arg| match &replaced {
        Some((other, state)) if other.name == arg.name => (*state).clone(),
        _ => {
            let state = state(arg);
            quote!(#state)
        }
    });
    let name = builder_name(prompt);
    let generics = generics(prompt, &quote!(#own_lifetime #(#states),*));
    quote!(#name #generics)
}

/// `impl<'a, __Text>`: the parameters of an impl for every state.
fn impl_generics(prompt: &PromptFn<'_>) -> TokenStream {
    let lifetime = &prompt.names.lifetime;
    let own_lifetime = prompt.borrows().then(|| quote!(#lifetime,));
    let states = required(prompt).map(state);
    generics(prompt, &quote!(#own_lifetime #(#states),*))
}

/// The trait whose message tells that one argument is missing.
fn needs(prompt: &PromptFn<'_>, arg: &Arg<'_>) -> TokenStream {
    let p = prompt.library();
    let needs = &arg.names.needs;
    let ty = field_type(arg);
    let lifetime = &prompt.names.lifetime;
    let generics = arg.borrows.then(|| quote!(<#lifetime>));
    let plain = plain_name(arg.name);
    let message = format!("prompt `{}` needs `{plain}`", prompt.mode);
    let label = format!("call `.{plain}(..)` first");
    let note = signature_note(prompt);
    quote! {
        #[diagnostic::on_unimplemented(message = #message, label = #label, note = #note)]
        pub trait #needs #generics: #p::Take<#ty> {}
        impl #generics #needs #generics for #p::Set<#ty> {}
    }
}

/// `required: text: &str; optional: max_words: u32 = 80`.
fn signature_note(prompt: &PromptFn<'_>) -> String {
    let shown = |arg: &Arg<'_>| {
        let ty = pretty::tokens(crate::tokens(arg.ty));
        let name = plain_name(arg.name);
        match &arg.default {
            Some(ArgDefault::Value(default)) => format!("{name}: {ty} = {}", pretty::tokens(crate::tokens(default))),
            _ => format!("{name}: {ty}"),
        }
    };
    let required: Vec<_> = required(prompt).map(shown).collect();
    let optional: Vec<_> = prompt.args.iter().filter(|arg| arg.default.is_some()).map(shown).collect();
    let mut note = format!("required: {}", required.join(", "));
    if !optional.is_empty() {
        note.push_str("; optional: ");
        note.push_str(&optional.join(", "));
    }
    note
}

fn setter(prompt: &PromptFn<'_>, arg: &Arg<'_>) -> TokenStream {
    let p = prompt.library();
    let (name, vis, docs) = (arg.name, prompt.vis(), &arg.docs);
    let ty = field_type(arg);
    let builder = builder_name(prompt);
    let missing = docs.is_empty().then(|| {
        let text = format!("Sets the argument `{}`.", arg.json_name);
        quote!(#[doc = #text])
    });
    let others = prompt.args.iter().filter(|other| other.name != arg.name).map(field);
    let own_field = field(arg);
    let phantom = phantom(prompt);
    let value = Ident::new("value", Span::mixed_site());
    let method = if arg.default.is_none() {
        let set = with_state(prompt, Some((arg, &quote!(#p::Set<#ty>))));
        let state = state(arg);
        quote! {
            #vis fn #name(self, #value: #ty) -> #set
            where
                #state: #p::Once,
            {
                #builder { #own_field: #p::Set(#value), #(#others: self.#others,)* #phantom }
            }
        }
    } else {
        quote! {
            #vis fn #name(mut self, #value: #ty) -> Self {
                self.#own_field = #p::Some(#value);
                self
            }
        }
    };
    quote! {
        #(#docs)*
        #missing
        #[inline]
        #method
    }
}

/// `build` and `call`.
fn finish(prompt: &PromptFn<'_>) -> TokenStream {
    let p = prompt.library();
    let (vis, marker) = (prompt.vis(), &prompt.marker);
    let args = args_name(prompt);
    let args_generics = args_generics(prompt);
    let lifetime = &prompt.names.lifetime;
    let call_lifetime = if prompt.borrows() { lifetime.clone() } else { syn::Lifetime::new("'d", Span::mixed_site()) };
    let declared = (!prompt.borrows()).then(|| quote!(#call_lifetime,));
    let bounds: Vec<_> = required(prompt)
        .map(|arg| {
            let (state, needs) = (state(arg), &arg.names.needs);
            let generics = arg.borrows.then(|| quote!(<#lifetime>));
            quote!(#state: #needs #generics)
        })
        .collect();
    let values = prompt.args.iter().map(|arg| {
        let (name, own_field) = (arg.name, field(arg));
        match &arg.default {
            None => quote!(#name: #p::Take::take(self.#own_field)),
            Some(_) => {
                let default = &arg.names.default;
                quote!(#name: match self.#own_field {
                    #p::Some(value) => value,
                    #p::None => #default(),
                })
            }
        }
    });
    let caller = Ident::new("__D", Span::mixed_site());
    quote! {
        /// The arguments, with defaults filled in.
        #[must_use]
        #[inline]
        #vis fn build(self) -> #args #args_generics
        where
            #(#bounds,)*
        {
            #args { #(#values),* }
        }

        /// Calls the prompt on a dispatcher: a future of the value, or the value itself where the dispatcher blocks.
        #vis fn call<#declared #caller: #p::Caller<#marker>>(self, dispatcher: &#call_lifetime #caller) -> <#caller as #p::Caller<#marker>>::Called<#call_lifetime>
        where
            #(#bounds,)*
        {
            #p::Caller::<#marker>::call_prompt(dispatcher, self.build())
        }
    }
}

/// The function that makes an argument's default, for the builder and for calls by name. The tokens of the expression
/// keep the user's spans.
fn default(prompt: &PromptFn<'_>, arg: &Arg<'_>) -> Option<TokenStream> {
    let p = prompt.library();
    let value = match arg.default.as_ref()? {
        ArgDefault::Value(value) => quote!(#value),
        ArgDefault::None => quote!(#p::None),
        ArgDefault::Trait => {
            let span = syn::spanned::Spanned::span(arg.ty);
            quote::quote_spanned!(span=> ::core::default::Default::default())
        }
    };
    let (name, ty, lifetime) = (&arg.names.default, field_type(arg), &arg.names.lifetime);
    let generics = arg.borrows.then(|| quote!(<#lifetime>));
    Some(quote! {
        fn #name #generics() -> #ty {
            #value
        }
    })
}
