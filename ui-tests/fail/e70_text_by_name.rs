use codex_ai::Dispatcher;

async fn run(dispatcher: Dispatcher) -> codex_ai::Result<()> {
    dispatcher.process("summarize", "x").await?;
    Ok(())
}

fn main() {}
