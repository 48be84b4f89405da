use codex_ai::{Prompt, prompt, prompts, tool};

struct Shop;

#[prompts]
impl Shop {
    #[tool]
    async fn refund(&self, order: &str) -> String {
        order.to_owned()
    }

    async fn cancel(&self, order: &str) -> String {
        order.to_owned()
    }
}

#[prompt(tools(Shop::refund, Shop::cancel))]
async fn answer(question: &str) -> Prompt {
    Prompt::new().user(question)
}

fn main() {}
