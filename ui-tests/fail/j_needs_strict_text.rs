use codex_ai::{Prompt, prompt};

#[prompt(strict = "openai")]
async fn summarize(text: &str) -> Prompt {
    Prompt::new().user(text)
}

fn main() {}
