use codex_ai::{Dispatcher, prompt};

#[prompt]
async fn summarize(text: &str, title: Option<&str>) -> String {
    format!("{title:?}: {text}")
}

async fn run(dispatcher: Dispatcher) -> codex_ai::Result<()> {
    dispatcher.call::<Summarize>(SummarizeArgs { text: "x", title: "y" }).await?;
    Ok(())
}

fn main() {}
