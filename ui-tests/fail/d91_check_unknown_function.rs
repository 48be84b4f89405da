use codex_ai::LlmSchema;

#[derive(serde::Deserialize, LlmSchema)]
struct Report {
    #[llm(check = is_short)]
    title: String,
}

fn main() {}
