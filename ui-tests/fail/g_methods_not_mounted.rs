use codex_ai::provider::Local;
use codex_ai::{Dispatcher, prompt, prompts};

struct Reviewer;

#[prompts]
impl Reviewer {
    #[prompt]
    async fn review(&self, text: &str) -> String {
        text.to_owned()
    }
}

async fn typed(dispatcher: &Dispatcher<Local>) -> codex_ai::Result<String> {
    dispatcher.call::<Review>(ReviewArgs { text: "x" }).await
}

async fn built(dispatcher: &Dispatcher<Local>) -> codex_ai::Result<String> {
    Review::builder().text("x").call(dispatcher).await
}

fn main() {
    let _ = (typed, built);
}
