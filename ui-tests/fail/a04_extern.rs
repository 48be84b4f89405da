use codex_ai::prompt;

#[prompt]
async extern "C" fn summarize(text: &str) -> String {
    text.to_owned()
}

fn main() {}
