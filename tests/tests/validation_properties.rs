//! Random schemas and values: the verdict is that of another validator, and nothing panics.

use codex_ai::Schema;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Small values, so that schemas and values meet.
fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3_i64..6).prop_map(Value::from),
        (-6_i32..12).prop_map(|n| json!(f64::from(n) / 4.0)),
        "[abx]{0,3}".prop_map(Value::from),
        Just(json!("2025-01-31")),
        Just(json!("::1")),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((key(), inner), 0..4).prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

fn key() -> impl Strategy<Value = String> {
    "[abc]".prop_map(String::from)
}

fn type_name() -> impl Strategy<Value = Value> {
    prop::sample::select(vec!["null", "boolean", "integer", "number", "string", "array", "object"])
        .prop_map(Value::from)
}

/// One keyword with its value.
fn keyword(schema: &BoxedStrategy<Value>) -> impl Strategy<Value = (String, Value)> + use<> {
    let named = |name: &'static str, value: BoxedStrategy<Value>| value.prop_map(move |v| (name.to_owned(), v)).boxed();
    let count = || (0_u64..4).prop_map(Value::from).boxed();
    let number =
        || prop_oneof![(-3_i64..5).prop_map(Value::from), (-6_i32..10).prop_map(|n| json!(f64::from(n) / 4.0))].boxed();
    let list = |range| prop::collection::vec(schema.clone(), range).prop_map(Value::from).boxed();
    let map = || {
        prop::collection::vec((key(), schema.clone()), 0..3)
            .prop_map(|pairs| Value::Object(pairs.into_iter().collect()))
            .boxed()
    };
    let names = || prop::collection::hash_set(key(), 0..3).prop_map(|names| json!(names)).boxed();
    let divisor = prop::sample::select(vec![json!(1), json!(2), json!(0.5), json!(0.25), json!(1.5)]).boxed();
    let pattern = || prop::sample::select(vec!["^a", "b$", "^[ab]*$", "x", "^.{2}$"]);
    let patterns = prop::collection::vec((pattern(), schema.clone()), 0..3)
        .prop_map(|pairs| Value::Object(pairs.into_iter().map(|(k, v)| (k.to_owned(), v)).collect::<Map<_, _>>()))
        .boxed();
    let dependent = prop::collection::vec((key(), names()), 0..2)
        .prop_map(|pairs| Value::Object(pairs.into_iter().collect::<Map<_, _>>()))
        .boxed();
    let groups: Vec<BoxedStrategy<(String, Value)>> = vec![
        named("type", type_name().boxed()),
        named(
            "type",
            prop::collection::hash_set("null|boolean|integer|number|string|array|object", 1..4)
                .prop_map(|t| json!(t))
                .boxed(),
        ),
        named("enum", prop::collection::vec(any_value(), 1..4).prop_map(Value::from).boxed()),
        named("const", any_value().boxed()),
        named("minimum", number()),
        named("maximum", number()),
        named("exclusiveMinimum", number()),
        named("exclusiveMaximum", number()),
        named("multipleOf", divisor),
        named("minLength", count()),
        named("maxLength", count()),
        named("pattern", pattern().prop_map(Value::from).boxed()),
        named("format", prop::sample::select(vec!["date", "ipv6", "uuid", "int32"]).prop_map(Value::from).boxed()),
        named("items", schema.clone()),
        named("prefixItems", list(1..3)),
        named("contains", schema.clone()),
        named("minContains", count()),
        named("maxContains", count()),
        named("minItems", count()),
        named("maxItems", count()),
        named("uniqueItems", any::<bool>().prop_map(Value::from).boxed()),
        named("unevaluatedItems", schema.clone()),
        named("properties", map()),
        named("properties", map()),
        named("required", names()),
        named("additionalProperties", schema.clone()),
        named("patternProperties", patterns),
        named("propertyNames", pattern().prop_map(|p| json!({ "pattern": p })).boxed()),
        named("minProperties", count()),
        named("maxProperties", count()),
        named("dependentRequired", dependent),
        named("dependentSchemas", map()),
        named("unevaluatedProperties", schema.clone()),
        named("allOf", list(1..3)),
        named("anyOf", list(1..3)),
        named("oneOf", list(1..3)),
        named("not", schema.clone()),
        named("if", schema.clone()),
        named("then", schema.clone()),
        named("else", schema.clone()),
        named(
            "$ref",
            prop::sample::select(vec!["#", "#/$defs/a", "#/$defs/b", "#anchor"]).prop_map(Value::from).boxed(),
        ),
    ];
    prop::strategy::Union::new(groups)
}

fn any_schema() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![any::<bool>().prop_map(Value::from), type_name().prop_map(|t| json!({ "type": t }))].boxed();
    let inner = leaf.prop_recursive(3, 24, 4, |inner| {
        prop::collection::vec(keyword(&inner.boxed()), 1..5)
            .prop_map(|pairs| Value::Object(pairs.into_iter().collect()))
    });
    (prop::collection::vec(keyword(&inner.clone().boxed()), 1..5), inner.clone(), inner).prop_map(|(pairs, a, b)| {
        let mut root: Map<String, Value> = pairs.into_iter().collect();
        root.insert(
            "$defs".into(),
            json!({ "a": a, "b": b, "c": { "$anchor": "anchor", "type": ["array", "object", "integer"] } }),
        );
        Value::Object(root)
    })
}

/// Any JSON as a schema, with keywords where they do not belong.
fn any_json() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "$ref",
        "$id",
        "$anchor",
        "$defs",
        "type",
        "enum",
        "const",
        "items",
        "properties",
        "required",
        "allOf",
        "anyOf",
        "not",
        "if",
        "pattern",
        "format",
        "minimum",
        "multipleOf",
        "uniqueItems",
        "additionalProperties",
        "patternProperties",
        "#",
        "#/items",
        "#/$defs",
        "string",
        "object",
        "array",
        "^(a",
        "date",
        "unevaluatedItems",
        "description",
        "default",
        "\u{0}",
        "",
    ]);
    let leaf = prop_oneof![
        word.clone().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
    ];
    leaf.prop_recursive(4, 32, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((word.clone(), inner), 0..5)
                .prop_map(|pairs| Value::Object(pairs.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn verdicts_agree_with_another_validator(schema_value in any_schema(), values in prop::collection::vec(any_value(), 1..8)) {
        // Schemas that lead to themselves are refused here.
        let Ok(ours) = Schema::new("T", schema_value.clone()) else { return Ok(()) };
        let theirs = jsonschema::draft202012::options().should_validate_formats(true).build(&schema_value);
        let theirs = theirs.expect("a schema that ours takes");
        for value in values {
            let verdict = ours.validate(&value);
            prop_assert_eq!(verdict.is_ok(), theirs.is_valid(&value), "{} {:?}", value, verdict);
            if let Err(problems) = verdict {
                prop_assert!(!problems.is_empty());
                prop_assert!(problems.iter().all(|p| !p.path.is_empty() && !p.message.is_empty()
                    && p.message != "does not follow the schema"), "{:?}", problems);
            }
        }
    }

    #[test]
    fn no_schema_and_no_value_panics(schema_value in any_json(), value in any_json()) {
        if let Ok(schema) = Schema::new("T", schema_value) {
            let _ = schema.validate(&value);
            let _ = schema.wire(codex_ai::schema::WireForm::OpenAiStrict);
        }
    }

    #[test]
    fn no_pattern_panics(pattern in r"[\\\[\]^(){}?*+.|$a0-9dswbBuxckp<=!:,&~/-]{0,12}") {
        let _ = Schema::new("T", json!({ "pattern": pattern }));
    }
}
