use codex_ai::prompt;

#[prompt]
async fn summarize(text: &str) -> String {
    let words = text.split(' ';
    words.collect()
}

fn main() {}
