use codex_ai::LlmSchema;

#[derive(serde::Deserialize, LlmSchema)]
#[serde(tag = "kind")]
enum Shape {
    Point(f32, f32),
    Empty,
}

fn main() {}
