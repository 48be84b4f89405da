use codex_ai::prompt;

#[prompt]
async fn summarize(text: str, words: [String]) -> String {
    format!("{text}{}", words.len())
}

fn main() {}
