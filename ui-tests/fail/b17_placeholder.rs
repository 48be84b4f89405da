use codex_ai::prompt;

#[prompt]
async fn summarize(text: &str, words: Vec<_>) -> String {
    format!("{text}{}", words.len())
}

fn main() {}
