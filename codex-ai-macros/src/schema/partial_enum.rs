//! The partial value of an enum with data: the same variants, and one for as long as it is not known which it is.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use super::attributes::key_of;
use super::model::{Field, SchemaType, Style, TypeNames, Variant};
use super::partial::{doc, is_shown, parts_items};
use super::plain_enum;
use super::wire_names::{self, Tagging};
use crate::docs;
use crate::prompt::plain_name;

/// Whether there is a partial value: some variant has something to show, and what tells them apart is written down.
pub(super) fn has_parts(variants: &[Variant<'_>], ty: &SchemaType<'_>) -> bool {
    let is_read_by_function = |variant: &Variant<'_>| {
        ["with", "deserialize_with", "untagged", "other"]
            .iter()
            .any(|key| key_of(&["serde"], variant.attrs, key).is_some())
    };
    Tagging::of(&ty.input.attrs) != Tagging::Untagged
        && !variants.iter().any(is_read_by_function)
        && shown(variants).any(|variant| !fields(variant).is_empty())
}

/// The enum and its impls.
pub(super) fn items(variants: &[Variant<'_>], ty: &SchemaType<'_>) -> TokenStream {
    let p = ty.paths.private();
    let (vis, TypeNames { partial, parts, .. }) = (&ty.input.vis, &ty.names);
    let pending = pending(variants);
    let (mut definitions, mut debugs) = (TokenStream::new(), TokenStream::new());
    let (mut begun, mut filled, mut names) = (TokenStream::new(), TokenStream::new(), Vec::new());
    for (index, variant) in shown(variants).enumerate() {
        let code = OfVariant::new(index, variant, ty);
        definitions.extend(code.definition);
        debugs.extend(code.debug);
        begun.extend(code.begun);
        filled.extend(code.filled);
        names.push(code.names);
    }
    let (docs, text) = (doc(&ty.input.ident), pending.to_string());
    let listed: Vec<&Field<'_>> = shown(variants).flat_map(fields).collect();
    let has_parts = !ty.is_plain || plain_enum::parts_of_variants(ty).next().is_some();
    let items = (!ty.is_plain).then(|| parts_items(listed.into_iter(), ty));
    let (parameters, arguments) = if has_parts { (quote!(<P: #parts>), quote!(<P>)) } else { Default::default() };
    let (tag, content) = keys(ty);
    let is_begun = quote!(#p::Grow::is_begun(self));
    let flat = (tag.is_none()).then(|| {
        quote! {
            #[inline]
            fn grow_field(&mut self, name: &::core::primitive::str, at: #p::Cursor<'_>) -> ::core::primitive::bool {
                at.choose_named(name, &[#(#names),*], #is_begun, self)
            }
        }
    });
    let (tag, content) = (option(tag, &p), option(content, &p));
    quote! {
        #items
        #docs
        #[non_exhaustive]
        #vis enum #partial #parameters {
            /// It is not known yet which one it is.
            #pending,
            #definitions
        }
        #[automatically_derived]
        impl #parameters ::core::default::Default for #partial #arguments {
            #[inline]
            fn default() -> Self {
                Self::#pending
            }
        }
        #[automatically_derived]
        impl #parameters ::core::fmt::Debug for #partial #arguments {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                match self {
                    Self::#pending => f.write_str(#text),
                    #debugs
                }
            }
        }
        #[automatically_derived]
        impl #parameters #p::Variants for #partial #arguments {
            #[inline]
            fn begin(&mut self, index: ::core::primitive::usize) {
                *self = match index {
                    #begun
                    _ => Self::#pending,
                };
            }
            #[inline]
            fn fill(&mut self, step: #p::OfVariant<'_>) -> ::core::primitive::bool {
                match self {
                    #filled
                    _ => false,
                }
            }
        }
        #[automatically_derived]
        impl #parameters #p::Grow for #partial #arguments {
            #[inline]
            fn is_begun(&self) -> ::core::primitive::bool {
                !::core::matches!(self, Self::#pending)
            }
            #[inline]
            fn grow(&mut self, from: #p::Cursor<'_>) -> ::core::primitive::bool {
                from.choose((#tag, #content), &[#(#names),*], #is_begun, self)
            }
            #flat
        }
    }
}

/// What is generated for one variant.
struct OfVariant {
    definition: TokenStream,
    debug: TokenStream,
    /// From its index to the variant in which nothing has come.
    begun: TokenStream,
    /// Takes in what has come of its content.
    filled: TokenStream,
    /// All its names, with a NUL between them.
    names: String,
}

impl OfVariant {
    fn new(index: usize, variant: &Variant<'_>, ty: &SchemaType<'_>) -> Self {
        let p = ty.paths.private();
        let (name, docs) = (variant.name, docs::attributes(variant.attrs));
        let wire = wire_names::of_variant(name, variant.attrs, &ty.input.attrs);
        let names = wire_names::with_aliases(wire, variant.attrs).join("\0");
        let text = plain_name(name);
        let fields = fields(variant);
        if fields.is_empty() {
            return Self {
                definition: quote!(#(#docs)* #name,),
                debug: quote!(Self::#name => f.write_str(#text),),
                begun: quote!(#index => Self::#name,),
                filled: TokenStream::new(),
                names,
            };
        }
        let bindings: Vec<Ident> =
            (0..fields.len()).map(|at| format_ident!("field{at}", span = Span::mixed_site())).collect();
        let types = fields.iter().map(|field| {
            let parameter = &field.names.parameter;
            if ty.is_plain {
                return plain_enum::progress(field, ty);
            }
            if is_flat(field) { quote!(#p::PartialOf<P::#parameter>) } else { quote!(#p::ProgressOf<P::#parameter>) }
        });
        let nothings = fields.iter().map(|field| {
            if is_flat(field) { quote!(::core::default::Default::default()) } else { quote!(#p::Progress::Pending) }
        });
        if variant.fields.style == Style::Unnamed {
            return Self {
                definition: quote!(#(#docs)* #name(#(#types),*),),
                debug: quote!(Self::#name(#(#bindings),*) => #p::debug_items(f, #text, &[#(#bindings),*]),),
                begun: quote!(#index => Self::#name(#(#nothings),*),),
                filled: quote!(Self::#name(#(#bindings),*) => step.items(#index, &mut [#(#bindings),*]),),
                names,
            };
        }
        let seen = &ty.names.seen;
        let members: Vec<&Ident> = fields.iter().filter_map(|field| field.name).collect();
        let texts: Vec<String> = members.iter().map(|name| plain_name(name)).collect();
        let texts = texts.join(" ");
        let docs_of_fields = fields.iter().map(|field| {
            let docs = docs::attributes(field.attrs);
            quote!(#(#docs)*)
        });
        let (mut wires, mut parts) = (Vec::new(), TokenStream::new());
        for ((field, member), binding) in fields.iter().zip(&members).zip(&bindings) {
            if is_flat(field) {
                wires.push("\0".to_owned());
                parts.extend(quote!(&mut #p::Flat(#binding),));
            } else {
                let wire = wire_names::of_field(member, field.attrs, Some(variant.attrs), &ty.input.attrs);
                wires.push(wire_names::with_aliases(wire, field.attrs).join("\0"));
                parts.extend(quote!(#binding,));
            }
        }
        Self {
            definition: quote! {
                #(#docs)* #name { #(#docs_of_fields #members: #types,)* #[doc(hidden)] #seen: ::core::primitive::usize },
            },
            debug: quote! {
                Self::#name { #(#members: #bindings,)* .. } => #p::debug(f, #text, #texts, &[#(#bindings),*]),
            },
            begun: quote!(#index => Self::#name { #(#members: #nothings,)* #seen: 0 },),
            filled: quote! {
                Self::#name { #(#members: #bindings,)* #seen: seen } => {
                    step.fields(#index, seen, &[#(#wires),*], &mut [#parts])
                }
            },
            names,
        }
    }
}

/// The variants that are read.
fn shown<'t, 'a>(variants: &'t [Variant<'a>]) -> impl Iterator<Item = &'t Variant<'a>> {
    variants.iter().filter(|variant| !wire_names::is_skipped(variant.attrs))
}

/// The fields that are shown; of a tuple all or none.
fn fields<'t, 'a>(variant: &'t Variant<'a>) -> Vec<&'t Field<'a>> {
    let all = &variant.fields.fields;
    let fields: Vec<_> = all.iter().filter(|field| is_shown(field)).collect();
    if variant.fields.style == Style::Unnamed && fields.len() < all.len() { Vec::new() } else { fields }
}

fn is_flat(field: &Field<'_>) -> bool {
    key_of(&["serde"], field.attrs, "flatten").is_some()
}

/// The name for what is not known yet, which no variant of the user's has.
fn pending(variants: &[Variant<'_>]) -> Ident {
    let mut name = "Pending".to_owned();
    while variants.iter().any(|variant| *variant.name == name) {
        name.push('_');
    }
    Ident::new(&name, Span::call_site())
}

/// The keys of the tag and of the content.
fn keys(ty: &SchemaType<'_>) -> (Option<String>, Option<String>) {
    match Tagging::of(&ty.input.attrs) {
        Tagging::External | Tagging::Untagged => (None, None),
        Tagging::Internal => (wire_names::tag(&ty.input.attrs), None),
        Tagging::Adjacent { content } => (wire_names::tag(&ty.input.attrs), Some(content)),
    }
}

fn option(text: Option<String>, p: &TokenStream) -> TokenStream {
    match text {
        Some(text) => quote!(#p::Some(#text)),
        None => quote!(#p::None),
    }
}
