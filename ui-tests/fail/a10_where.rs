use codex_ai::prompt;

#[prompt]
async fn summarize(text: &str) -> String
where
    String: Clone,
{
    text.to_owned()
}

fn main() {}
