use std::sync::Arc;

use codex_ai::{Dispatcher, Prompt, prompt, prompts, provider::Local, tool};

struct Shop;
struct Bank;

#[prompts]
impl Shop {
    #[tool]
    async fn refund(&self, order: &str) -> String {
        order.to_owned()
    }
}

#[prompts]
impl Bank {
    #[tool]
    async fn pay(&self, cents: u32) -> u32 {
        cents
    }
}

#[prompt(tools(Shop::refnud))]
async fn first(question: &str) -> Prompt {
    Prompt::new().user(question)
}

#[prompt(tools(Shop::refund, Bank::pay))]
async fn second(question: &str) -> Prompt {
    Prompt::new().user(question)
}

#[prompt(tools(Shop::refund))]
async fn third(question: &str) -> Prompt {
    Prompt::new().user(question)
}

fn wrong(dispatcher: &Dispatcher<Local>) {
    let _ = dispatcher.call::<Third>(ThirdArgs { question: "?" });
    let _ = dispatcher.mount(Arc::new(Shop)).call::<Third>(ThirdArgs { question: "?" });
}

fn main() {}
