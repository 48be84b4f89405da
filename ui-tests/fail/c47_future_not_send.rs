use codex_ai::prompt;

use std::rc::Rc;

async fn pause() {}

#[prompt]
async fn summarize(text: &str) -> String {
    let shared = Rc::new(text);
    pause().await;
    shared.to_string()
}

fn main() {}
