use codex_ai::prompt;

#[prompt(json = "no")]
async fn summarize(text: &str) -> String {
    text.to_owned()
}

#[prompt(json = no, marker = self)]
async fn shorten(text: &str) -> String {
    text.to_owned()
}

fn main() {}
