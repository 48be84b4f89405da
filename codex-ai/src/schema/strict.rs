//! What the compiler checks of `#[prompt(strict = ..)]`.

use super::WireForm;
use crate::prompt::{OutputOf, PromptDef, PromptOutput};

/// Fails to compile where the answer of a prompt has no schema that a vendor could hold it to.
///
/// It asks for nothing but a prompt, so that an output without a schema is an error at the return type only.
pub const fn strict<Q: PromptDef>(_form: WireForm) {
    assert!(
        !<OutputOf<Q> as PromptOutput>::IS_TEXT,
        "`strict` has no meaning for free text: return `Prompt<T>` with a `T` that has `LlmSchema`, or remove `strict`"
    );
}
