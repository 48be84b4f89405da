use codex_ai::LlmSchema;

#[derive(serde::Deserialize, LlmSchema)]
struct Change {
    name: Option<Option<String>>,
}

fn main() {}
