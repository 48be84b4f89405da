//! Shapes that strict schemas of some vendors cannot hold: `flatten`, an untagged enum, maps with free keys, recursion.
//! They are no mistakes here, since each vendor gets a form of its own and the answer is brought back.

use std::collections::BTreeMap;

use codex_ai::{LlmSchema, Prompt, prompt};

#[derive(serde::Deserialize, LlmSchema)]
pub struct Order {
    pub id: u32,
    #[serde(flatten)]
    pub buyer: Buyer,
    pub payment: Payment,
    pub notes: BTreeMap<String, String>,
    pub parts: Vec<Order>,
    #[serde(deserialize_with = "trimmed")]
    #[llm(with = String)]
    pub comment: Comment,
}

#[derive(serde::Deserialize, LlmSchema)]
pub struct Buyer {
    pub name: String,
}

#[derive(serde::Deserialize, LlmSchema)]
#[serde(untagged)]
pub enum Payment {
    Card { number: String },
    Cash(u32),
}

pub struct Comment(pub String);

fn trimmed<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Comment, D::Error> {
    let text: String = serde::Deserialize::deserialize(from)?;
    Ok(Comment(text.trim().to_owned()))
}

#[prompt]
pub async fn read_order(text: &str) -> Prompt<Order> {
    Prompt::new().user(text)
}

fn main() {}
