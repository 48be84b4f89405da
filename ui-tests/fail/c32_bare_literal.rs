use codex_ai::prompt;

#[prompt("summarize")]
async fn summarize(text: &str) -> String {
    text.to_owned()
}

fn main() {}
