use codex_ai::{Dispatcher, LlmSchema, Prompt, prompt};

#[derive(serde::Deserialize, LlmSchema)]
struct Report {
    text: String,
}

#[prompt]
async fn describe(text: &str) -> Prompt<Report> {
    Prompt::new().user(text)
}

async fn run(dispatcher: Dispatcher) -> codex_ai::Result<()> {
    let report: Report = describe("x").await;
    let text: String = dispatcher.call::<Describe>(DescribeArgs { text: "x" }).await?;
    println!("{} {text}", report.text);
    Ok(())
}

fn main() {}
