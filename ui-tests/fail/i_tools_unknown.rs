use codex_ai::{Prompt, prompt};

async fn plain() -> String {
    String::new()
}

struct Cart;

#[prompt(tools(plain, look_up, Cart))]
async fn answer(question: &str) -> Prompt {
    Prompt::new().user(question)
}

fn main() {}
