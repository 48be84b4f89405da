use codex_ai::{Prompt, prompt};

struct Report {
    text: String,
}

#[prompt]
async fn describe(text: &str) -> Prompt<Report> {
    Prompt::new().user(text)
}

fn main() {}
