//! What a prompt needs, as the generated code says it.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::expand::Body;
use super::model::{Capability, PromptFn, Strict, Vendor};
use crate::keys::respanned;

/// The type `Requires` of a prompt: `()`, `Images`, or a tuple such as `(Images, Tools)`.
pub(super) fn requires_type(prompt: &PromptFn<'_>) -> TokenStream {
    let p = prompt.library();
    let named = list(&prompt.requires, p);
    let asked = images(prompt);
    if asked.is_empty() {
        return named;
    }
    let mut all = prompt.requires.clone();
    all.insert(Capability::Images);
    let all = list(&all, p);
    quote!(<#p::When<{ #(#p::Reads::<#asked>::IMAGE)||* }> as #p::Choose<#all, #named>>::List)
}

fn list(capabilities: &BTreeSet<Capability>, p: &Ident) -> TokenStream {
    let mut names: Vec<_> = capabilities.iter().map(|capability| type_name(*capability, p)).collect();
    match names.pop() {
        Some(only) if names.is_empty() => only,
        last => quote!((#(#names,)* #last)),
    }
}

/// The fields of the entry, where a prompt needs anything.
pub(super) fn entry_fields(prompt: &PromptFn<'_>) -> TokenStream {
    let p = prompt.library();
    let marker = &prompt.marker;
    let mut fields = TokenStream::new();
    if needs_anything(prompt) {
        fields.extend(quote!(requires: #p::requires::<#marker>(),));
    }
    if let Some(strict) = &prompt.strict {
        let form = form(strict);
        fields.extend(quote!(strict: #p::Some(#p::WireForm::#form),));
    }
    fields
}

/// What stands beside the impl of the prompt.
pub(super) fn items(prompt: &PromptFn<'_>, body: Body) -> TokenStream {
    let p = prompt.library();
    let mut items = TokenStream::new();
    if !images(prompt).is_empty() {
        items.extend(quote!(use #p::ReadsAny as _;));
    }
    if let (Some(strict), Body::Calls) = (&prompt.strict, body) {
        let (marker, form) = (&prompt.marker, form(strict));
        // The failure is here and not in a function of the library, so that nothing is told of its inside.
        let check = quote! {
            const _: () = {
                const FAULT: &#p::Fault = &#p::strict::<#marker>(#p::WireForm::#form);
                ::core::assert!(FAULT.is_none(), "{}", FAULT.text());
            };
        };
        items.extend(respanned(check, strict.text.span()));
    }
    items
}

fn form(strict: &Strict) -> TokenStream {
    match strict.vendor {
        Vendor::OpenAi => quote!(OpenAiStrict),
        Vendor::Anthropic => quote!(Anthropic),
        Vendor::Gemini => quote!(Gemini),
    }
}

fn needs_anything(prompt: &PromptFn<'_>) -> bool {
    !prompt.requires.is_empty() || !prompt.images.is_empty()
}

/// The paths to ask the types about; none where pictures are needed anyway.
fn images<'a>(prompt: &'a PromptFn<'_>) -> &'a [&'a syn::Path] {
    if prompt.requires.contains(&Capability::Images) { &[] } else { &prompt.images }
}

fn type_name(capability: Capability, p: &Ident) -> TokenStream {
    match capability {
        Capability::Images => quote!(#p::Images),
        Capability::Tools => quote!(#p::Tools),
        Capability::StrictSchema => quote!(#p::StrictSchema),
    }
}
