use codex_ai::prompt;

#[prompt(model = "openai:gpt-5.6-luna")]
async fn summarize(text: &str) -> String {
    text.to_owned()
}

#[prompt(model = gpt-5)]
async fn shorten(text: &str) -> String {
    text.to_owned()
}

#[prompt(model = " ")]
async fn extend(text: &str) -> String {
    text.to_owned()
}

fn main() {}
