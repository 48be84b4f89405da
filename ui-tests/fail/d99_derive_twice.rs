use codex_ai::LlmSchema;

#[derive(serde::Deserialize, LlmSchema, LlmSchema)]
struct Report {
    text: String,
}

fn main() {}
