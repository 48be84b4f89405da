use codex_ai::LlmSchema;

struct TooLong;

fn is_short(text: &str) -> Result<(), TooLong> {
    if text.len() < 80 { Ok(()) } else { Err(TooLong) }
}

#[derive(serde::Deserialize, LlmSchema)]
struct Report {
    #[llm(check = is_short)]
    title: String,
}

fn main() {}
