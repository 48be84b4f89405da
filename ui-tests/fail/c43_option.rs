use codex_ai::{Prompt, prompt};

#[prompt]
async fn summarize(text: &str) -> Option<Prompt> {
    Some(Prompt::new().user(text))
}

fn main() {}
