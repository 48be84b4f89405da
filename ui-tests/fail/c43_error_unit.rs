use codex_ai::{Prompt, prompt};

#[prompt]
async fn summarize(text: &str) -> Result<Prompt, ()> {
    Ok(Prompt::new().user(text))
}

fn main() {}
