use codex_ai::LlmSchema;

use std::ops::Range;

#[derive(serde::Deserialize, LlmSchema)]
struct Span {
    #[serde(deserialize_with = "range")]
    range: Range<u32>,
}

fn range<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Range<u32>, D::Error> {
    let [start, end]: [u32; 2] = serde::Deserialize::deserialize(from)?;
    Ok(start..end)
}

fn main() {}
