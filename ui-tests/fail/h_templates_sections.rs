//! Sections that are unknown, empty, or in the wrong order.

use codex_ai::{Prompt, prompt};

#[prompt(template = "
--- usr
{{ text }}
")]
async fn unknown(text: &str) -> Prompt;

#[prompt(template = "
--- system

--- user
{{ text }}
")]
async fn empty(text: &str) -> Prompt;

#[prompt(template = "
{{ text }}
--- system
You are brief.
")]
async fn late(text: &str) -> Prompt;

fn main() {}
