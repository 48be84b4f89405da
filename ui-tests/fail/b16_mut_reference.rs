use codex_ai::prompt;

#[prompt]
async fn summarize(text: &mut String) -> String {
    text.clone()
}

fn main() {}
