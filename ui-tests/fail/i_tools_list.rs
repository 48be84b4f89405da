use codex_ai::{Prompt, prompt, tool};

#[tool]
async fn look_up() -> String {
    String::new()
}

#[prompt(tools = look_up)]
async fn first(question: &str) -> Prompt {
    Prompt::new().user(question)
}

#[prompt(tools())]
async fn second(question: &str) -> Prompt {
    Prompt::new().user(question)
}

#[prompt(tools("look_up", look_up, look_up))]
async fn third(question: &str) -> Prompt {
    Prompt::new().user(question)
}

fn main() {}
