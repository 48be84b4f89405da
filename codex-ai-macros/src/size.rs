//! How long the expansions are: what a macro emits is what its users compile.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::quote;

/// The lines of code as one would write it: one for each statement, item, field and attribute, and for a brace that closes.
fn lines(tokens: TokenStream, in_braces: bool) -> usize {
    let mut count = 0;
    let mut attribute = false;
    for tree in tokens {
        let is_hash = matches!(&tree, TokenTree::Punct(punct) if punct.as_char() == '#');
        count += match tree {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => 2 + lines(group.stream(), true),
            TokenTree::Group(group) if attribute && group.delimiter() == Delimiter::Bracket => 1,
            TokenTree::Group(group) => lines(group.stream(), false),
            TokenTree::Punct(punct) if punct.as_char() == ';' || (in_braces && punct.as_char() == ',') => 1,
            _ => 0,
        };
        attribute = is_hash;
    }
    count
}

/// An expansion may become shorter, and then the number here does too; it may not become longer by accident.
#[track_caller]
fn at_most(limit: usize, expansion: TokenStream) {
    let count = lines(expansion, true);
    assert!(count <= limit, "the expansion has {count} lines; it had {limit}");
}

#[test]
fn a_prompt_without_arguments() {
    let item = quote!(
        async fn joke() -> String {
            "Tell a joke.".to_owned()
        }
    );
    at_most(93, crate::prompt::expand(quote!(), item));
}

#[test]
fn a_prompt_with_two_arguments() {
    let item = quote!(
        /// Summarises a text.
        pub async fn summarize(text: &str, max_points: u8) -> Prompt<Summary> {
            Prompt::new().user(text)
        }
    );
    at_most(156, crate::prompt::expand(quote!(), item));
}

#[test]
fn a_prompt_with_all_kinds_of_arguments() {
    let item = quote!(
        /// Sorts mail.
        pub async fn sort(
            /// The mail.
            mail: &[Mail],
            #[arg(default = 3)] limit: u8,
            note: Option<String>,
        ) -> Result<Prompt<Sorted>, Failure> {
            Ok(Prompt::new())
        }
    );
    at_most(177, crate::prompt::expand(quote!(mode = "mail.sort", temperature = 0.2, max_tokens = 100), item));
}

#[test]
fn a_plain_struct_of_ten_fields() {
    let item = quote!(
        /// A report.
        pub struct Report {
            title: String,
            body: String,
            count: u32,
            amount: f64,
            urgent: bool,
            tags: Vec<String>,
            author: Option<String>,
            year: i32,
            scores: Vec<f64>,
            remark: Option<String>,
        }
    );
    at_most(2, crate::schema::expand(item));
}

#[test]
fn a_struct_with_another_in_it() {
    let item = quote!(
        /// A report.
        pub struct Report {
            title: String,
            #[llm(min = 1)]
            count: u32,
            author: Person,
        }
    );
    at_most(26, crate::schema::expand(item));
}

#[test]
fn an_enum_with_data() {
    let item = quote!(
        /// A step.
        pub enum Step {
            /// Nothing.
            Rest,
            Search {
                query: String,
                limit: u32,
            },
            Ask(Person),
        }
    );
    at_most(130, crate::schema::expand(item));
}

#[test]
fn an_enum_of_names() {
    let item = quote!(
        pub enum Level {
            Low,
            High,
        }
    );
    at_most(34, crate::schema::expand(item));
}
