use codex_ai::prompt;

#[prompt]
const async fn summarize(text: &str) -> String {
    String::new()
}

fn main() {}
