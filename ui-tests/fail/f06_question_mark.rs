use codex_ai::prompt;

#[prompt]
async fn summarize(text: &str) -> String {
    let count: u32 = text.parse()?;
    count.to_string()
}

fn main() {}
