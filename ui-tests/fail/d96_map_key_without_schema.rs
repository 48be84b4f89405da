use std::collections::HashMap;

use codex_ai::LlmSchema;

#[derive(PartialEq, Eq, Hash, serde::Deserialize)]
enum Color {
    Red,
}

#[derive(serde::Deserialize, LlmSchema)]
struct Palette {
    names: HashMap<Color, String>,
}

fn main() {}
