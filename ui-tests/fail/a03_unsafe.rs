use codex_ai::prompt;

#[prompt]
async unsafe fn summarize(text: &str) -> String {
    text.to_owned()
}

fn main() {}
