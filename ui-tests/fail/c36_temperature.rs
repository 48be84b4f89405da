use codex_ai::prompt;

#[prompt(temperature = "hot")]
async fn summarize(text: &str) -> String {
    text.to_owned()
}

#[prompt(temperature = 20)]
async fn shorten(text: &str) -> String {
    text.to_owned()
}

fn main() {}
