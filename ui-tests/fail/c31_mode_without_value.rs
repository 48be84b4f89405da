use codex_ai::prompt;

#[prompt(mode("x"))]
async fn first(text: &str) -> String {
    text.to_owned()
}

#[prompt(mode)]
async fn second(text: &str) -> String {
    text.to_owned()
}

#[prompt(mode = )]
async fn third(text: &str) -> String {
    text.to_owned()
}

fn main() {}
