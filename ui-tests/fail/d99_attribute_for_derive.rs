use codex_ai::LlmSchema;

#[LlmSchema]
struct Report {
    text: String,
}

fn main() {}
