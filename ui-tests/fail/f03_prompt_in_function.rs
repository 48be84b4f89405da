use codex_ai::{Dispatcher, prompt};

fn prompts() {
    #[prompt]
    async fn summarize(text: &str) -> String {
        text.to_owned()
    }
}

async fn run(dispatcher: Dispatcher) -> codex_ai::Result<()> {
    dispatcher.call::<Summarize>(SummarizeArgs { text: "x" }).await?;
    Ok(())
}

fn main() {}
