use codex_ai::prompt;

#[prompt(temperature = "0.5", max_tokens = "300")]
async fn summarize(text: &str) -> String {
    text.to_owned()
}

#[prompt(temperature = -0.5, max_tokens = -3)]
async fn shorten(text: &str) -> String {
    text.to_owned()
}

#[prompt(max_tokens = 99_999_999_999)]
async fn extend(text: &str) -> String {
    text.to_owned()
}

fn main() {}
