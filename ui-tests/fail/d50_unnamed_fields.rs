use codex_ai::LlmSchema;

#[derive(serde::Deserialize, LlmSchema)]
struct Point(f32, f32);

#[derive(serde::Deserialize, LlmSchema)]
struct Nothing;

fn main() {}
