use codex_ai::prompt;

#[prompt]
struct Summarize {
    text: String,
}

fn main() {}
