use codex_ai::LlmSchema;

#[derive(serde::Deserialize, LlmSchema)]
struct Bill {
    #[llm(minimum = 0.0)]
    total: f64,
    #[llm(default)]
    note: String,
    #[llm(rename = "by")]
    author: String,
}

fn main() {}
