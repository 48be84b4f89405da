//! `#[derive(LlmSchema)]`: parse, check, expand.

mod attributes;
mod check;
mod elsewhere;
mod expand;
mod limits;
mod llm;
mod model;
mod partial;
mod partial_enum;
mod plain;
mod plain_enum;
mod shape;
mod twice;
mod walk;
mod wire_names;

use proc_macro2::TokenStream;
use syn::DeriveInput;
use syn::parse::Parser;

use crate::diag::Diag;

/// Expands the derive. On a mistake there are the errors and an impl that promises a schema, so that users of the type
/// do not fail too.
pub(crate) fn expand(item: TokenStream) -> TokenStream {
    let input = match <DeriveInput as syn::parse::Parse>::parse.parse2(item) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let mut diag = Diag::default();
    let ty = check::check(&input, &mut diag);
    match diag.finish() {
        None if ty.elsewhere.is_none() => expand::good(&ty),
        None => expand::broken(&ty),
        Some(errors) => {
            let mut tokens = expand::broken(&ty);
            tokens.extend(errors);
            tokens
        }
    }
}
