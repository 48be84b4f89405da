use codex_ai::prompt;

#[prompt]
fn summarize(text: &str) -> impl Future<Output = String> {
    let text = text.to_owned();
    async { text }
}

fn main() {}
