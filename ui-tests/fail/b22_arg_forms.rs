use codex_ai::prompt;

#[prompt]
async fn summarize(
    #[arg] text: &str,
    #[arg("title")] title: &str,
    #[arg(default: 80)] max_words: u32,
    #[arg(default(3))] max_points: u32,
) -> String {
    format!("{title} {max_words} {max_points}: {text}")
}

fn main() {}
