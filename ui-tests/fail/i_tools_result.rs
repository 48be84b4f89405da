use codex_ai::tool;

struct Order {
    cents: u32,
}

#[tool]
async fn look_up() -> Result<Vec<Order>, String> {
    Ok(vec![Order { cents: 1 }])
}

#[tool]
async fn find() -> impl std::fmt::Display {
    1
}

fn main() {}
