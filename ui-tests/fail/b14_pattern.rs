use codex_ai::prompt;

#[prompt]
async fn compare((left, right): (u8, u8)) -> String {
    format!("Compare {left} and {right}.")
}

fn main() {}
