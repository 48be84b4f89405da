#![no_implicit_prelude]

extern crate codex_ai;
extern crate std;

#[codex_ai::prompt]
async fn summarize(text: &str) -> std::string::String {
    std::borrow::ToOwned::to_owned(text)
}

fn main() {}
