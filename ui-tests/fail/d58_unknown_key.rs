use codex_ai::LlmSchema;

#[derive(serde::Deserialize, LlmSchema)]
struct Report {
    #[llm(discription = "One sentence.")]
    text: String,
}

fn main() {}
