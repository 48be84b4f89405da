use codex_ai::tool;

#[tool(name = "look up")]
async fn look_up() -> String {
    String::new()
}

#[tool(name = "")]
async fn find() -> String {
    String::new()
}

#[tool(nmae = "x")]
async fn seek() -> String {
    String::new()
}

fn main() {}
