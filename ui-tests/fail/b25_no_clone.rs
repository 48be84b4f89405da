use codex_ai::prompt;

#[derive(serde::Deserialize)]
struct Report {
    text: String,
}

#[prompt]
async fn explain(report: &Report) -> String {
    report.text.clone()
}

fn main() {}
