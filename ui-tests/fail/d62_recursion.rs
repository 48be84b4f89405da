use codex_ai::LlmSchema;

#[derive(serde::Deserialize, LlmSchema)]
struct Node {
    label: String,
    child: Option<Node>,
}

fn main() {}
