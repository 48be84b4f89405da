//! Three mistakes in one template are three errors.

use codex_ai::{Prompt, prompt};

#[prompt(template = "
--- system
You write for {{ redaer }}.
--- user
{{ text|shout }} {% include \"x.md\" %} {{ reader }}
")]
async fn write(text: &str, reader: &str) -> Prompt;

fn main() {
    drop(write("text", "Ann"));
}
