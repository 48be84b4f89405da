#[derive(serde::Deserialize)]
struct Report {
    text: String,
}

async fn run(dispatcher: codex_ai::Dispatcher) -> codex_ai::Result<()> {
    let report = dispatcher.generate_json::<Report>("Describe the weather.").await?;
    println!("{}", report.text);
    Ok(())
}

fn main() {}
