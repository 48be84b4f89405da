use codex_ai::{prompt, prompts};

struct Review;

#[prompts]
impl Review {
    #[prompt]
    async fn review(&self, text: &str) -> String {
        text.to_owned()
    }
}

fn main() {}
