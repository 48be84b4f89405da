use codex_ai::prompt;

#[prompt(crate = ::facade::codex_ai)]
async fn summarize(text: &str) -> String {
    text.to_owned()
}

fn main() {}
