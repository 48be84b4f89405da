use codex_ai::{Prompt, prompt};

#[prompt(templat = "Greet {{ name }}.")]
async fn greet(name: &str) -> Prompt;

fn main() {
    let _ = Greet::builder().name("Ada");
}
