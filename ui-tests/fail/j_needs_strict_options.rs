use codex_ai::{LlmSchema, Prompt, prompt};

#[derive(serde::Deserialize, LlmSchema)]
struct Form {
    name: String,
    street: Option<String>,
    house: Option<String>,
    town: Option<String>,
    code: Option<String>,
    region: Option<String>,
    country: Option<String>,
    phone: Option<String>,
    mobile: Option<String>,
    fax: Option<String>,
    mail: Option<String>,
    site: Option<String>,
    bank: Option<String>,
    account: Option<String>,
    tax_number: Option<String>,
    born_on: Option<String>,
    children: Option<u8>,
    remarks: Option<String>,
}

#[prompt(strict = "anthropic")]
async fn fill_in(text: &str) -> Prompt<Form> {
    Prompt::new().user(text)
}

#[prompt(strict = "openai")]
async fn fill_in_elsewhere(text: &str) -> Prompt<Form> {
    Prompt::new().user(text)
}

fn main() {}
