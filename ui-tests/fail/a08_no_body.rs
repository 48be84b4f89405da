use codex_ai::prompt;

trait Reviewer {
    #[prompt]
    async fn review(text: &str) -> String;
}

fn main() {}
