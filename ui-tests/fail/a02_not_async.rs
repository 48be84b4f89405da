use codex_ai::prompt;

#[prompt]
fn summarize(text: &str) -> String {
    text.to_owned()
}

fn main() {}
