//! A template names a field that the argument does not have.

use codex_ai::{Prompt, prompt};

#[derive(Clone, serde::Deserialize)]
pub struct Order {
    number: String,
}

#[prompt(template = "Answer about order {{ order.nmber }}.")]
async fn answer(order: &Order) -> Prompt;

fn main() {
    drop(answer(&Order { number: String::new() }));
}
