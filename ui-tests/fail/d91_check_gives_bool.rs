use codex_ai::LlmSchema;

fn is_short(text: &str) -> bool {
    text.len() < 80
}

#[derive(serde::Deserialize, LlmSchema)]
struct Report {
    #[llm(check = is_short)]
    title: String,
}

fn main() {}
