use codex_ai::prompt;

#[prompt(marker = "Shorten")]
async fn summarize(text: &str) -> String {
    text.to_owned()
}

fn main() {}
