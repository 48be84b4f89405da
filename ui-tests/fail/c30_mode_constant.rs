use codex_ai::prompt;

const MODE: &str = "summarize";
const HEAT: f64 = 0.2;
const MOST: u32 = 500;

#[prompt(mode = MODE, temperature = HEAT, max_tokens = MOST)]
async fn summarize(text: &str) -> String {
    text.to_owned()
}

fn main() {}
