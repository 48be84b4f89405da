use codex_ai::prompt;

#[prompt]
async fn summarize(#[arg(rename = "text")] body: &str, #[arg(rename = "text")] title: &str) -> String {
    format!("{title}\n{body}")
}

fn main() {}
