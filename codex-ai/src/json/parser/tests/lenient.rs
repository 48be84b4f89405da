use super::*;

#[test]
fn values_are_found_in_prose_and_in_fences() {
    assert_eq!(values(r#"{"a": [1, "b", null]}"#), [json!({"a": [1, "b", null]})]);
    assert_eq!(values("Sure:\n```json\n{\"a\": 1}\n```\nor [2]"), [json!({"a": 1}), json!([2])]);
}
