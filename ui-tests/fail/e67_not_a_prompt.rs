async fn run(dispatcher: codex_ai::Dispatcher) -> codex_ai::Result<()> {
    dispatcher.call::<String>("x").await?;
    Ok(())
}

fn main() {}
