use codex_ai::LlmSchema;

fn is_even(number: &u32) -> Result<(), String> {
    if number % 2 == 0 { Ok(()) } else { Err(format!("{number} is odd")) }
}

#[derive(serde::Deserialize, LlmSchema)]
struct Report {
    #[llm(check = is_even)]
    title: String,
}

fn main() {}
