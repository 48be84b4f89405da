use codex_ai::{prompt, prompts};

struct Reviewer<'s> {
    style: &'s str,
}

struct Translator<'s> {
    style: &'s str,
}

#[prompts]
impl<'s> Reviewer<'s> {
    #[prompt]
    async fn review(&self, text: &str) -> String {
        format!("{}: {text}", self.style)
    }
}

#[prompts]
impl Translator<'_> {
    #[prompt]
    async fn translate(&self, text: &str) -> String {
        format!("{}: {text}", self.style)
    }
}

fn main() {}
