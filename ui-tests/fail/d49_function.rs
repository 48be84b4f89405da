use codex_ai::LlmSchema;

#[derive(LlmSchema)]
fn describe() {}

fn main() {}
