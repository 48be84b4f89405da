use codex_ai::{LlmSchema, Prompt, prompt};

#[derive(serde::Deserialize, LlmSchema)]
struct Place {
    city: String,
}

#[prompt(strict = "open-ai")]
async fn locate(text: &str) -> Prompt<Place> {
    Prompt::new().user(text)
}

#[prompt(strict)]
async fn find(text: &str) -> Prompt<Place> {
    Prompt::new().user(text)
}

#[prompt(strict = "ollama")]
async fn seek(text: &str) -> Prompt<Place> {
    Prompt::new().user(text)
}

fn main() {}
