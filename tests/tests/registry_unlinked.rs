//! A binary that depends on prompt libraries and names none of them: its registry is empty, and says why.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use codex_ai::testing::Scripted;
use codex_ai::{Dispatcher, ErrorKind, Registry};
use serde_json::json;

const LINKING: &str = "the crate with your prompts may not be linked: add `use my_prompts as _;` or \
                       `codex_ai::link_prompts!(my_prompts);`";

#[test]
fn the_registry_is_empty_and_explains_linking() {
    let registry = Registry::discover().unwrap();
    assert!(registry.is_empty());
    assert_eq!(registry.iter().len(), 0);
    assert_eq!(registry.to_string(), format!("no prompt is registered\n  = help: {LINKING}"));
    assert_eq!(registry.describe(), json!([]));
}

#[tokio::test]
async fn a_call_by_name_explains_it_too() {
    let dispatcher = Dispatcher::new(Scripted::texts(["x"])).unwrap();
    let error = dispatcher.process("news.headline", json!({})).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnknownPrompt);
    assert_eq!(error.help(), Some(LINKING));
}

#[test]
#[should_panic(expected = "no prompt is registered\n  = help: the crate with your prompts may not be linked")]
fn assert_registry_ok_wants_a_prompt() {
    codex_ai::testing::assert_registry_ok();
}
