use codex_ai::LlmSchema;

#[derive(serde::Deserialize, LlmSchema)]
struct Report {
    #[llm(min_length = 80, max_length = 8)]
    text: String,
    #[llm(max_items = 1, min_items = -2)]
    points: Vec<String>,
}

fn main() {}
