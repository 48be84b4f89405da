use codex_ai::{Function, Prompt, prompts, tool};

struct Shop;

#[prompts]
impl Shop {
    #[tool]
    async fn refund(&self, order: &str) -> String {
        order.to_owned()
    }
}

#[tool]
async fn look_up(name: &str) -> String {
    name.to_owned()
}

fn offered() -> Prompt {
    Prompt::new().tool(Function::of::<look_up>()).tool(look_up).tool(Function::of::<Shop>())
}

fn main() {}
