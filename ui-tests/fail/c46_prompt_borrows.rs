use codex_ai::prompt;

#[prompt]
async fn echo(text: &str) -> &str {
    text
}

#[prompt]
async fn first(text: &str) -> Result<&str, codex_ai::Error> {
    Ok(text)
}

fn main() {}
