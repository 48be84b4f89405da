use codex_ai::LlmSchema;

#[derive(serde::Deserialize, LlmSchema)]
enum Never {}

fn main() {}
