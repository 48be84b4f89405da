//! The prompts of this library can be used, and none of them changes unnoticed.

use codex_ai::testing::{assert_manifest, assert_registry_ok};
// Without its name the library is not linked, and its prompts with it.
use news_prompts as _;

#[test]
fn prompts_are_fine() {
    assert_registry_ok();
}

/// After a change: `UPDATE_PROMPTS=1 cargo test -p news-prompts`, and commit `prompts.lock`.
#[test]
fn no_prompt_changes_unnoticed() {
    assert_manifest("prompts.lock");
}
