use codex_ai::prompt;

struct Reviewer;

impl Reviewer {
    #[prompt]
    async fn review(&self, text: &str) -> String {
        text.to_owned()
    }
}

fn main() {}
