use codex_ai::{Prompt, prompt};

struct Place;

#[prompt(strict = "anthropic")]
async fn locate(text: &str) -> Prompt<Place> {
    Prompt::new().user(text)
}

fn main() {}
