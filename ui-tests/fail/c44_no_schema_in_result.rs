use codex_ai::{Prompt, prompt};

struct Report {
    text: String,
}

#[prompt]
async fn describe(text: &str) -> Result<Prompt<Report>, std::num::ParseIntError> {
    let _: u8 = text.parse()?;
    Ok(Prompt::new().user(text))
}

fn main() {}
