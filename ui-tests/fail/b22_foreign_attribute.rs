use codex_ai::prompt;

#[prompt]
async fn summarize(
    #[default = 3] max_points: u32,
    #[serde(rename = "content")] text: &str,
    #[llm(min = 1)] max_words: u32,
) -> String {
    format!("{max_points} {max_words} {text}")
}

fn main() {}
