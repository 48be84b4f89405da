use codex_ai::LlmSchema;

#[derive(serde::Deserialize, LlmSchema)]
struct Report {
    #[llm(min_length = 3)]
    score: u32,
    #[llm(min = 3)]
    text: String,
    #[llm(max_items = 3)]
    title: Option<String>,
    #[llm(format = "email")]
    points: Vec<String>,
}

fn main() {}
