use codex_ai::prompt;

struct Reviewer;

#[prompt]
impl Reviewer {
    async fn review(text: &str) -> String {
        text.to_owned()
    }
}

fn main() {}
