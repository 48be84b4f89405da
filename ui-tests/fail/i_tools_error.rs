use codex_ai::tool;

struct Missing;

#[tool]
async fn look_up(name: &str) -> Result<String, Missing> {
    if name.is_empty() { Err(Missing) } else { Ok(name.to_owned()) }
}

fn main() {}
