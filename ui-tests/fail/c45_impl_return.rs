use codex_ai::prompt;

#[prompt]
async fn summarize(text: &str) -> impl codex_ai::IntoPrompt {
    text.to_owned()
}

fn main() {}
