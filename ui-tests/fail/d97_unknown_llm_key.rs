use codex_ai::LlmSchema;

#[derive(serde::Deserialize, LlmSchema)]
#[llm(validates = adds_up)]
struct Bill {
    #[llm(chek = is_short)]
    title: String,
}

fn main() {}
