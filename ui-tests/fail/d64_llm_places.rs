use codex_ai::LlmSchema;

#[derive(serde::Deserialize, LlmSchema)]
#[llm(min = 3)]
enum Kind {
    #[llm(min_length = 3)]
    Big,
    Small {
        #[llm(crate = ::codex_ai)]
        size: u32,
    },
}

#[derive(serde::Deserialize, LlmSchema)]
struct Report {
    #[llm(format = "e-mail", min_length = "long", min = "x")]
    from: String,
}

fn main() {}
