use codex_ai::{prompt, prompts};

trait Review {
    async fn review(&self, text: &str) -> String;
}

struct Reviewer;

#[prompts]
impl Review for Reviewer {
    #[prompt]
    async fn review(&self, text: &str) -> String {
        text.to_owned()
    }
}

fn main() {}
