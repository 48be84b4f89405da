use codex_ai::prompt;

#[prompt]
const async fn summarize(text: &str) -> String {
    text.to_owned()
}

fn main() {}
