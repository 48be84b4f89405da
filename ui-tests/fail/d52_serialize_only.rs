use codex_ai::LlmSchema;

#[derive(serde::Serialize, LlmSchema)]
struct Report {
    text: String,
}

fn main() {}
