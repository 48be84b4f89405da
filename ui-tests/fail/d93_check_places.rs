use codex_ai::LlmSchema;

#[derive(serde::Deserialize, LlmSchema)]
#[llm(check = adds_up, stream = "done")]
struct Bill {
    #[llm(validate = is_short)]
    title: String,
    #[serde(skip)]
    #[llm(check = is_short, stream = "done")]
    skipped: String,
}

#[derive(serde::Deserialize, LlmSchema)]
enum Kind {
    #[llm(check = is_short)]
    Big,
    #[llm(validate = adds_up)]
    Small,
}

fn main() {}
