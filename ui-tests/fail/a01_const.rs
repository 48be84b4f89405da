use codex_ai::prompt;

#[prompt]
const SUMMARIZE: &str = "Summarise.";

fn main() {}
