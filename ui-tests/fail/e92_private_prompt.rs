use codex_ai::Dispatcher;

mod prompts {
    #[codex_ai::prompt]
    async fn summarize(text: &str) -> String {
        text.to_owned()
    }
}

async fn run(dispatcher: Dispatcher) -> codex_ai::Result<()> {
    let args = prompts::SummarizeArgs { text: "x" };
    dispatcher.call::<prompts::Summarize>(args).await?;
    Ok(())
}

fn main() {}
