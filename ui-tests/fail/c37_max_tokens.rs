use codex_ai::prompt;

#[prompt(max_tokens = 0)]
async fn summarize(text: &str) -> String {
    text.to_owned()
}

#[prompt(max_tokens = 1.5)]
async fn shorten(text: &str) -> String {
    text.to_owned()
}

fn main() {}
