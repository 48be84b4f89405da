use std::sync::Arc;

use codex_ai::{prompt, prompts};

struct Reviewer {
    count: u32,
}

#[prompts]
impl Reviewer {
    #[prompt]
    async fn change(&mut self, text: &str) -> String {
        self.count += 1;
        text.to_owned()
    }

    #[prompt]
    async fn take(self, text: &str) -> String {
        text.to_owned()
    }

    #[prompt]
    async fn share(self: Arc<Self>, text: &str) -> String {
        text.to_owned()
    }
}

fn main() {}
