use codex_ai::LlmSchema;

#[derive(serde::Deserialize, LlmSchema)]
struct Report<'a> {
    text: &'a str,
}

fn main() {}
