use codex_ai::prompt;

#[prompt(model = "opnai/gpt-5.6-luna")]
async fn summarize(text: &str) -> String {
    text.to_owned()
}

fn main() {}
