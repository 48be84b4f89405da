use codex_ai::LlmSchema;

#[derive(serde::Deserialize, LlmSchema)]
struct Report {
    #[llm]
    text: String,
    #[llm = "One sentence."]
    headline: String,
    #[llm("One sentence.")]
    summary: String,
    #[llm(min_length = 1, min_length = 2)]
    author: String,
}

fn main() {}
