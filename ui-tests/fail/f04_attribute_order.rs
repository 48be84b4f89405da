use codex_ai::prompt;

#[arg(default = 3)]
#[prompt]
async fn summarize(max_points: u32) -> String {
    format!("{max_points}")
}

fn main() {}
