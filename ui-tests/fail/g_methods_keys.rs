use codex_ai::{prompt, prompts};

struct Reviewer;

#[prompts(mode = "review", crate = codex_ai)]
impl Reviewer {
    #[prompt = "review"]
    async fn review(&self, text: &str) -> String {
        text.to_owned()
    }
}

fn main() {}
