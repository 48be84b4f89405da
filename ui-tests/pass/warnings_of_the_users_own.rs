//! Attributes on the function hold for what is generated.

#![deny(deprecated, non_snake_case)]

use codex_ai::{PromptDef, prompt};

#[allow(non_snake_case)]
#[prompt]
async fn loud(TEXT: &str) -> String {
    TEXT.to_owned()
}

#[cfg(any())]
#[prompt]
async fn left_out_above(text: Missing) -> Missing {}

#[prompt]
#[cfg(any())]
async fn left_out_below(text: Missing) -> Missing {}

#[prompt]
#[deprecated = "shout"]
async fn whisper(text: &str) -> String {
    text.to_owned()
}

#[allow(deprecated)]
fn main() {
    assert_eq!(Loud::ENTRY.mode(), "loud");
    assert_eq!(Whisper::ENTRY.mode(), "whisper");
    assert_eq!(codex_ai::Registry::discover().unwrap().len(), 2);
}
