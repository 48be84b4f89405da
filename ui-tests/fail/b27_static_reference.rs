use codex_ai::prompt;

#[prompt]
async fn explain(text: &'static str) -> String {
    text.to_owned()
}

fn main() {}
