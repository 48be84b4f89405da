use codex_ai::prompt;

#[prompt]
async fn summarize(text: &str, #[cfg(unix)] tone: &str) -> String {
    format!("{text}")
}

fn main() {}
