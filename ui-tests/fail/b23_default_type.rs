use codex_ai::prompt;

#[prompt]
async fn summarize(text: &str, #[arg(default = "eighty")] max_words: u32) -> String {
    format!("In {max_words} words: {text}")
}

fn main() {}
