//! A template on a method.

use codex_ai::{Prompt, prompt};

struct Shop;

impl Shop {
    #[prompt(template = "Hello {{ name }}")]
    async fn greet(&self, name: &str) -> Prompt;
}

fn main() {
    drop(Shop.greet("Ann"));
}
