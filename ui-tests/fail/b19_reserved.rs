use codex_ai::prompt;

#[prompt]
async fn deploy(build: &str) -> String {
    format!("Describe {build}.")
}

#[prompt]
async fn phone(call: &str) -> String {
    format!("Describe {call}.")
}

fn main() {}
