use codex_ai::LlmSchema;

#[derive(serde::Deserialize, LlmSchema)]
struct Report {
    #[llm(example = true)]
    score: u32,
}

fn main() {}
