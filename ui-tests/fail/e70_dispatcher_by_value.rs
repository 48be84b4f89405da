use codex_ai::{Dispatcher, prompt};

#[prompt]
async fn summarize(text: &str) -> String {
    text.to_owned()
}

async fn run(dispatcher: Dispatcher) -> codex_ai::Result<()> {
    Summarize::builder().text("x").call(dispatcher).await?;
    Ok(())
}

fn main() {}
