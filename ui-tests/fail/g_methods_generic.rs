use codex_ai::{prompt, prompts};

struct Reviewer<S> {
    store: S,
}

#[prompts]
impl<S: AsRef<str>> Reviewer<S> {
    #[prompt]
    async fn review(&self, text: &str) -> String {
        format!("{}: {text}", self.store.as_ref())
    }
}

fn main() {}
