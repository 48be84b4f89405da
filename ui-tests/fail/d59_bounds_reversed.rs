use codex_ai::LlmSchema;

#[derive(serde::Deserialize, LlmSchema)]
struct Report {
    #[llm(min = 10, max = 1)]
    score: u8,
}

fn main() {}
