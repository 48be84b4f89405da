use codex_ai::prompt;

#[prompt(moed = "sum")]
async fn summarize(text: &str) -> String {
    text.to_owned()
}

#[prompt(colour = "red")]
async fn paint(text: &str) -> String {
    text.to_owned()
}

fn main() {}
