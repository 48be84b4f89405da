use codex_ai::prompt;

#[prompt]
async fn count(text: &str) -> u32 {
    text.len() as u32
}

fn main() {}
