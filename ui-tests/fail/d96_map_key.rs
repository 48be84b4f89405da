use std::collections::{BTreeMap, HashMap};

use codex_ai::LlmSchema;

#[derive(serde::Deserialize, LlmSchema)]
struct Grid {
    cells: BTreeMap<(u8, u8), String>,
    rows: HashMap<Vec<u8>, String>,
    names: HashMap<String, u8>,
}

fn main() {}
