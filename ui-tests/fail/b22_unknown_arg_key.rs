use codex_ai::prompt;

#[prompt]
async fn summarize(text: &str, #[arg(defualt = 80)] max_words: u32) -> String {
    format!("In {max_words} words: {text}")
}

fn main() {}
