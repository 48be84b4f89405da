use codex_ai::prompt;

#[prompt]
async fn summarize(text: &str, text: &str) -> String {
    text.to_owned()
}

fn main() {}
