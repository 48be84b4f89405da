//! What a prompt needs, as the generated code says it.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};

use super::expand::Body;
use super::model::{Capability, PromptFn, Vendor};

/// The type `Requires` of a prompt: a list such as `(Images, (Tools, ()))`.
pub(super) fn requires_type(prompt: &PromptFn<'_>) -> TokenStream {
    let p = prompt.library();
    let mut list = quote!(());
    for capability in prompt.requires.iter().rev() {
        let name = type_name(*capability, p);
        list = quote!((#name, #list));
    }
    for path in images(prompt) {
        list = quote!(<#p::When<{ #p::Reads::<#path>::IMAGE }> as #p::Implied>::And<#list>);
    }
    list
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
        let form = match strict.vendor {
            Vendor::OpenAi => quote!(OpenAiStrict),
            Vendor::Anthropic => quote!(Anthropic),
            Vendor::Gemini => quote!(Gemini),
        };
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
        let marker = &prompt.marker;
        items.extend(quote_spanned!(strict.text.span()=> const _: () = #p::strict::<#p::OutputOf<#marker>>();));
    }
    items
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
