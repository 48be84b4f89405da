use codex_ai::LlmSchema;

#[derive(serde::Deserialize, LlmSchema)]
struct Order {
    id: u32,
    #[serde(rename = "id")]
    number: u32,
    #[serde(skip)]
    #[allow(dead_code)]
    skipped: u32,
}

#[derive(serde::Deserialize, LlmSchema)]
#[serde(rename_all = "lowercase")]
enum Size {
    Big,
    BIG,
}

#[derive(serde::Deserialize, LlmSchema)]
enum Event {
    Sent {
        #[serde(rename = "by")]
        from: String,
        by: String,
    },
}

fn main() {}
