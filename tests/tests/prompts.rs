//! What `#[prompt]` makes of a function.

use codex_ai::{LlmSchema, Prompt, PromptDef, Registry, prompt};

/// What a busy reader needs to know.
#[derive(Debug, serde::Deserialize, LlmSchema)]
struct Summary {
    /// One sentence, no jargon.
    headline: String,
    /// The main points, most important first.
    #[llm(min_items = 1, max_items = 7)]
    points: Vec<String>,
    #[serde(default)]
    score: Option<u8>,
    parent: Option<Box<Self>>,
    #[llm(with = Vec<String>, example = ["x".to_owned()].into())]
    odd: std::collections::BTreeSet<String>,
}

/// A page.
#[derive(Debug, serde::Deserialize, LlmSchema)]
#[serde(default)]
struct Settings {
    size: u32,
    name: String,
}
impl Default for Settings {
    fn default() -> Self {
        Settings { size: 3, name: "x".into() }
    }
}

#[derive(Debug, serde::Deserialize, LlmSchema)]
struct Page<T> {
    items: Vec<T>,
    s: Settings,
}

#[derive(Debug, serde::Deserialize, LlmSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(dead_code)]
enum Shape {
    Circle {
        #[llm(min = 0.0)]
        radius: f64,
    },
    Square(Side),
    Dot,
}

#[derive(Debug, serde::Deserialize, LlmSchema)]
struct Side {
    #[llm(pattern = "^[a-z]+$")]
    side: String,
}

/// Summarises a text.
#[prompt(mode = "summarize", temperature = 0.2)]
async fn summarize(
    /// The text to summarise.
    text: &str,
    #[arg(default = 3)] max_points: u8,
    note: Option<&str>,
) -> Prompt<Summary> {
    Prompt::new().system("You are a careful editor.").user(format!("At most {max_points} points.\n\n{text}{note:?}"))
}

#[prompt]
async fn plain() -> &'static str {
    "hi"
}

#[prompt(json = false)]
async fn no_json(x: &(dyn std::fmt::Display + Sync)) -> Result<String, std::num::ParseIntError> {
    let _: u8 = "3".parse()?;
    Ok(x.to_string())
}

#[test]
fn listing() {
    let registry = Registry::discover().unwrap();
    println!("{registry}");
    println!("{:#}", registry.describe());
    println!("{:#}", codex_ai::Schema::of::<Page<Shape>>().as_value());
    println!("{:#}", codex_ai::Schema::of::<Summary>().as_value());
    let a = Summarize::builder().text("x").build();
    assert_eq!(a.max_points, 3);
    assert_eq!(Plain::ENTRY.mode(), "plain");
}
