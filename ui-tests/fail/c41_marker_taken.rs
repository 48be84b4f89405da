use codex_ai::prompt;

struct Summarize;

#[prompt]
async fn summarize(text: &str) -> String {
    text.to_owned()
}

fn main() {}
