use codex_ai::{Prompt, prompt};

#[prompt]
async fn summarize(text: &str) -> _ {
    text.to_owned()
}

#[prompt]
async fn describe(text: &str) -> Prompt<_> {
    Prompt::<String>::new().user(text)
}

fn main() {}
