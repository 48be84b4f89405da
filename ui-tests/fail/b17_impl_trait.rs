use codex_ai::prompt;

#[prompt]
async fn summarize(text: impl Into<String> + Send) -> String {
    text.into()
}

fn main() {}
