use codex_ai::LlmSchema;

#[derive(serde::Deserialize, LlmSchema)]
#[serde(rename_all = "camelcase")]
struct Report {
    text: String,
}

#[codex_ai::prompt]
async fn describe(text: &str) -> codex_ai::Prompt<Report> {
    codex_ai::Prompt::new().user(text)
}

fn main() {}
