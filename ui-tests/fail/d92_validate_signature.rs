use codex_ai::LlmSchema;

fn adds_up(total: &u32) -> Result<(), String> {
    if *total > 0 { Ok(()) } else { Err("nothing to pay".to_owned()) }
}

#[derive(serde::Deserialize, LlmSchema)]
#[llm(validate = adds_up)]
struct Bill {
    total: u32,
}

fn main() {}
