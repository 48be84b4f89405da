use codex_ai::prompt;

#[prompt]
async fn summarize(text: &str) {
    let _ = text;
}

fn main() {}
