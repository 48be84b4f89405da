use codex_ai::prompt;

#[prompt(mode = "x")]
pub enum Kind {
    Big,
}

fn main() {}
