use codex_ai::LlmSchema;

#[derive(serde::Deserialize, LlmSchema)]
struct Span {
    range: std::ops::Range<u32>,
}

fn main() {}
