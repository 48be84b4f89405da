use std::cell::Cell;

use codex_ai::{prompt, prompts};

struct Reviewer {
    count: Cell<u32>,
}

#[prompts]
impl Reviewer {
    #[prompt]
    async fn review(&self, text: &str) -> String {
        self.count.set(self.count.get() + 1);
        text.to_owned()
    }
}

fn main() {}
