async fn run(dispatcher: codex_ai::Dispatcher) -> codex_ai::Result<()> {
    let text = dispatcher.generate_json::<String>("Describe the weather.").await?;
    println!("{text}");
    Ok(())
}

fn main() {}
