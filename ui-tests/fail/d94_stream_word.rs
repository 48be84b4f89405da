use codex_ai::LlmSchema;

#[derive(serde::Deserialize, LlmSchema)]
struct Bill {
    #[llm(stream = "donne")]
    title: String,
    #[llm(stream = "later")]
    number: u32,
    #[llm(stream = done)]
    total: u32,
}

fn main() {}
