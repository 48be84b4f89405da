use codex_ai::LlmSchema;

#[derive(serde::Deserialize)]
struct Address {
    street: String,
}

#[derive(serde::Deserialize, LlmSchema)]
struct Person {
    name: String,
    address: Address,
}

#[derive(serde::Deserialize, LlmSchema)]
struct Team {
    members: Vec<Address>,
}

#[codex_ai::prompt]
async fn find(text: &str) -> codex_ai::Prompt<Person> {
    codex_ai::Prompt::new().user(text)
}

fn main() {}
