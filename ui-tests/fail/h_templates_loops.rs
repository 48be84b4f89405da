//! A loop over what has no items, and a field that loops do not have.

use codex_ai::{Prompt, prompt};

#[prompt(template = "{% for point in count %}{{ point }}{% endfor %}")]
async fn count(count: u32) -> Prompt;

#[prompt(template = "{% for point in points %}{{ loop.idx }}{{ point }}{% endfor %}")]
async fn list(points: &[String]) -> Prompt;

fn main() {}
