use codex_ai::LlmSchema;

#[derive(serde::Deserialize, LlmSchema)]
struct Bill {
    #[llm(check = "is_short")]
    title: String,
    #[llm(check = |number: &u32| Ok(()))]
    number: u32,
    #[llm(check)]
    total: u32,
}

fn main() {}
