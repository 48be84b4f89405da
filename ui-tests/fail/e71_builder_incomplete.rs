use codex_ai::{Dispatcher, prompt};

#[prompt]
async fn summarize(text: &str, #[arg(default = 80)] max_words: u32) -> String {
    format!("In {max_words} words: {text}")
}

fn args() {
    let _ = Summarize::builder().max_words(3).build();
}

async fn run(dispatcher: Dispatcher) -> codex_ai::Result<()> {
    Summarize::builder().call(&dispatcher).await?;
    Ok(())
}

fn main() {}
