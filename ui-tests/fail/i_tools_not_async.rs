use codex_ai::tool;

#[tool]
fn look_up<T>(name: T) -> String {
    String::new()
}

#[tool]
struct Order {
    cents: u32,
}

fn main() {}
