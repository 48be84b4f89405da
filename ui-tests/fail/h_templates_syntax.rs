//! A template that does not parse.

use codex_ai::{Prompt, prompt};

#[prompt(template = "
--- user
{% for point in points %}
- {{ point }}
{% endfr %}
")]
async fn list(points: &[String]) -> Prompt;

#[prompt(template = "Summarise {{ text")]
async fn summarize(text: &str) -> Prompt;

fn main() {
    drop(list(&[]));
    drop(summarize(""));
}
