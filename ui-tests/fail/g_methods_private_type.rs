use codex_ai::{prompt, prompts};

struct Reviewer;

#[prompts]
impl Reviewer {
    #[prompt]
    pub async fn review(&self, text: &str) -> String {
        text.to_owned()
    }
}

fn main() {}
