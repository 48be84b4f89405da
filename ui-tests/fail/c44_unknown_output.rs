use codex_ai::prompt;

#[prompt]
async fn describe(text: &str) -> Reprot {
    text.to_owned()
}

fn main() {}
