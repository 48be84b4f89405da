use codex_ai::{Prompt, prompt};

#[prompt]
async fn summarize(text: &str) -> Prompt<&str> {
    Prompt::new().user(text)
}

fn main() {}
