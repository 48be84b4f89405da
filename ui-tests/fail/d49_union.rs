use codex_ai::LlmSchema;

#[derive(LlmSchema)]
union Number {
    int: u32,
    float: f32,
}

fn main() {}
