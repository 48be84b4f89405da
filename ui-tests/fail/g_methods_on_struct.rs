use codex_ai::prompts;

#[prompts]
struct Reviewer;

#[prompts]
async fn review(text: &str) -> String {
    text.to_owned()
}

fn main() {
    let _ = (Reviewer, review("x"));
}
