//! The short text of a type: short, the same each time, and with everything in it that the schema says.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

#[allow(dead_code, reason = "shared by several tests")]
mod type_text_parser;

use codex_ai::Schema;
use codex_ai_tests::data;
use serde_json::Value;

#[test]
fn measure() {
    for file in ["cases/schemars-output.json", "cases/accepted-schemas.json"] {
        let text = std::fs::read_to_string(format!("../../shared/{file}")).unwrap();
        let cases: Vec<Value> = serde_json::from_str(&text).unwrap();
        let (mut sum, mut n) = (0.0, 0);
        for case in &cases {
            let Ok(schema) = Schema::new("Answer", case["schema"].clone()) else { continue };
            let json = case["schema"].to_string();
            let r = schema.type_text().len() as f64 / json.len() as f64;
            println!("---- {:.2} {}\n{json}\n{}", r, case["name"], schema.type_text());
            sum += r; n += 1;
        }
        println!("==== {file} {n} {:.3}", sum / n as f64);
    }
}
