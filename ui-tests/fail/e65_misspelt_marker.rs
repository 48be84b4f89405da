use codex_ai::{Dispatcher, prompt};

#[prompt]
async fn summarize(text: &str, #[arg(default = 80)] max_words: u32) -> String {
    format!("In {max_words} words: {text}")
}

async fn run(dispatcher: Dispatcher) -> codex_ai::Result<()> {
    dispatcher.call::<Summarise>(SummarizeArgs { text: "x", max_words: 3 }).await?;
    Ok(())
}

fn main() {}
