use codex_ai::prompt;

#[prompt(mode = "summarize")]
#[prompt(mode = "shorten")]
async fn summarize(text: &str) -> String {
    text.to_owned()
}

fn main() {}
