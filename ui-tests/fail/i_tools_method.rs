use codex_ai::tool;

struct Shop;

impl Shop {
    #[tool]
    async fn refund(&self, order: &str) -> String {
        order.to_owned()
    }
}

fn main() {}
