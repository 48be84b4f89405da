use codex_ai::prompt;

#[prompt]
async fn summarize<T: Into<String> + Send>(text: T) -> String {
    text.into()
}

#[prompt]
async fn pad<const N: usize>(text: &str) -> String {
    format!("{text:N$}")
}

fn main() {}
