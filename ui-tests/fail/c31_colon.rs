use codex_ai::prompt;

#[prompt(mode: "summarize")]
async fn summarize(text: &str) -> String {
    text.to_owned()
}

#[prompt(mode == "shorten")]
async fn shorten(text: &str) -> String {
    text.to_owned()
}

fn main() {}
