use codex_ai::prompt;

#[prompt(mode = "a", mode = "b")]
async fn summarize(text: &str) -> String {
    text.to_owned()
}

fn main() {}
