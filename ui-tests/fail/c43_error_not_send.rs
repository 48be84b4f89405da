use codex_ai::prompt;

#[prompt]
async fn summarize(text: &str) -> Result<String, Box<dyn std::error::Error>> {
    Ok(text.parse::<u8>()?.to_string())
}

fn main() {}
