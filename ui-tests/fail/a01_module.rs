use codex_ai::prompt;

#[prompt]
mod prompts {}

#[prompt]
trait Review {}

fn main() {}
