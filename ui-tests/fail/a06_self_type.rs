use codex_ai::prompt;

struct Reviewer;

impl Reviewer {
    const TONE: &'static str = "kind";

    #[prompt]
    async fn review(text: &str) -> String {
        format!("{}: {text}", Self::TONE)
    }
}

fn main() {}
