use codex_ai::provider::Local;
use codex_ai::{Dispatcher, prompt, prompts};

struct Reviewer;

#[prompts]
impl Reviewer {
    #[prompt(moed = "review")]
    fn review(&self, text: &str) -> String {
        text.to_owned()
    }

    #[prompt]
    async fn shorten(&mut self, text: &mut String) {
        text.clear();
    }

    #[prompt]
    async fn fine(&self, text: &str) -> String {
        self.helper(text)
    }

    fn helper(&self, text: &str) -> String {
        text.to_owned()
    }
}

async fn calls(dispatcher: &Dispatcher<Local, Reviewer>) -> codex_ai::Result<()> {
    dispatcher.call::<Review>(ReviewArgs { text: "x" }).await?;
    Fine::builder().text("x").call(dispatcher).await?;
    Ok(())
}

fn main() {
    let _ = calls;
}
