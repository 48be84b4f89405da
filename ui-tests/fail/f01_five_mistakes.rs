use codex_ai::{Dispatcher, prompt};

#[prompt(moed = "sum", temperature = "hot", max_tokens = 0)]
fn summarize(text: &str, #[arg(defualt = 80)] max_words: u32) -> String {
    format!("In {max_words} words: {text}")
}

async fn run(dispatcher: Dispatcher) -> codex_ai::Result<()> {
    let _: String = dispatcher.call::<Summarize>(SummarizeArgs { text: "x", max_words: 3 }).await?;
    let _: String = Summarize::builder().text("x").max_words(3).call(&dispatcher).await?;
    Ok(())
}

fn main() {}
