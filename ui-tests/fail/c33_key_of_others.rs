use codex_ai::prompt;

#[prompt(name = "sum", temp = 0.2, MAX_TOKENS = 3)]
async fn summarize(text: &str) -> String {
    text.to_owned()
}

fn main() {}
