struct Reviewer;

#[codex_ai::prompts]
impl Reviewer {
    #[prompt]
    async fn review(&self, text: &str) -> String {
        text.to_owned()
    }
}

fn main() {}
