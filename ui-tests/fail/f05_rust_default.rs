use codex_ai::prompt;

#[prompt]
async fn summarize(text: &str, max_words: u32 = 80) -> String {
    format!("In {max_words} words: {text}")
}

fn main() {}
