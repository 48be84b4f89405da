use codex_ai::prompt;

#[prompt(mode = "sum" temperature = 0.2)]
async fn summarize(text: &str) -> String {
    text.to_owned()
}

#[prompt(mode = "short",, temperature = 0.2)]
async fn shorten(text: &str) -> String {
    text.to_owned()
}

fn main() {}
