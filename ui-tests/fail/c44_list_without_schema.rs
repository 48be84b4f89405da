use codex_ai::{LlmSchema, Prompt, prompt};

#[derive(serde::Deserialize)]
struct Report {
    text: String,
}

#[derive(serde::Deserialize, LlmSchema)]
struct Page<T> {
    items: Vec<T>,
}

#[prompt]
async fn list(text: &str) -> Prompt<Vec<Report>> {
    Prompt::new().user(text)
}

#[prompt]
async fn find(text: &str) -> Prompt<Page<Report>> {
    Prompt::new().user(text)
}

fn main() {}
