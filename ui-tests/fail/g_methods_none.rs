use codex_ai::prompts;

struct Reviewer;

#[prompts]
impl Reviewer {
    async fn review(&self, text: &str) -> String {
        text.to_owned()
    }
}

fn main() {
    let _ = Reviewer.review("x");
}
