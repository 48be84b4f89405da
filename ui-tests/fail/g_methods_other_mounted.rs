use std::sync::Arc;

use codex_ai::provider::Local;
use codex_ai::{Dispatcher, prompt, prompts};

struct Reviewer;

struct Settings;

#[prompts]
impl Reviewer {
    #[prompt]
    async fn review(&self, text: &str) -> String {
        text.to_owned()
    }
}

async fn other(dispatcher: &Dispatcher<Local>) -> codex_ai::Result<String> {
    dispatcher.mount(Arc::new(Settings)).call::<Review>(ReviewArgs { text: "x" }).await
}

fn main() {
    let _ = other;
}
