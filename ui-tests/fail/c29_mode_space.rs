use codex_ai::prompt;

#[prompt(mode = "Sum Up")]
async fn summarize(text: &str) -> String {
    text.to_owned()
}

#[prompt(mode = "sum up")]
async fn sum_up(text: &str) -> String {
    text.to_owned()
}

fn main() {}
