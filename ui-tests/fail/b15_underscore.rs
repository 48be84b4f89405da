use codex_ai::prompt;

#[prompt]
async fn joke(_: &str) -> &'static str {
    "Tell a joke."
}

fn main() {}
