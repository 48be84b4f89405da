//! The dialects of the vendors' schemas: what each is sent, what it is told in words, and what it is not sent at all.

use std::time::Instant;

use codex_ai::schema::WireForm;
use codex_ai::{ErrorKind, Schema};
use codex_ai_tests::forms::Form;
use serde_json::{Map, Value, json};

const FORMS: [(WireForm, Form); 4] = [
    (WireForm::OpenAiStrict, Form::OpenAi),
    (WireForm::Anthropic, Form::Anthropic),
    (WireForm::Gemini, Form::Gemini),
    (WireForm::GeminiOpenApi, Form::GeminiOpenApi),
];

fn judge(form: WireForm) -> Form {
    FORMS.into_iter().find(|(known, _)| *known == form).map(|(_, judge)| judge).expect("a judge")
}

/// A schema in a vendor's form, which must be legal.
fn wire(schema: Value, form: WireForm) -> Value {
    let schema = Schema::new("T", schema).expect("a usable schema");
    let wire = schema.wire(form).unwrap_or_else(|error| panic!("{form:?}: {error}"));
    let wire: Value = serde_json::from_str(wire.as_raw().get()).expect("JSON");
    assert_eq!(judge(form).flaws(&wire), [""; 0], "{form:?} {wire}");
    wire
}

/// The problems of a schema that a vendor cannot hold, as `path: message`.
fn problems(schema: Value, form: WireForm) -> Vec<String> {
    let schema = Schema::new("T", schema).expect("a usable schema");
    let error = schema.wire(form).expect_err("no form");
    assert_eq!(error.kind(), ErrorKind::Schema);
    error.problems().iter().map(|problem| format!("{}: {}", problem.path, problem.message)).collect()
}

/// A struct with this field.
#[expect(clippy::needless_pass_by_value, reason = "a case is written down where it is used")]
fn with_field(schema: Value) -> Value {
    json!({ "type": "object", "properties": { "a": schema }, "required": ["a"] })
}

fn field(schema: Value, form: WireForm) -> Value {
    wire(with_field(schema), form)["properties"]["a"].take()
}

#[test]
fn each_keyword_is_sent_or_told_in_words_once() {
    const SENT: &str = "";
    // The keyword, and the words for OpenAI, Anthropic, Gemini and its older form; none where the keyword itself goes.
    let string = |keyword: &str, value: Value| json!({ "type": "string", keyword: value });
    let number = |keyword: &str, value: Value| json!({ "type": "number", keyword: value });
    let list = |keyword: &str, value: Value| json!({ "type": "array", "items": { "type": "string" }, keyword: value });
    let look = "Matches the regular expression `(?:^a)b`.";
    let least = "At least 2 characters.";
    let most = "At most 9 characters.";
    let uuid = "A UUID.";
    let twice = "No item twice.";
    let some = "Must contain `x`.";
    let half = "A multiple of 0.5.";
    let not = "Not `x`.";
    for (schema, words) in [
        (string("pattern", json!("(?:^a)b")), [SENT, look, look, SENT]),
        (string("minLength", json!(2)), [least, least, least, SENT]),
        (string("maxLength", json!(9)), [most, most, most, SENT]),
        (string("format", json!("uuid")), [SENT, SENT, uuid, uuid]),
        (string("format", json!("uri")), ["An absolute URI.", SENT, "An absolute URI.", "An absolute URI."]),
        (string("format", json!("x-y")), ["Format: x-y."; 4]),
        (string("not", json!({ "const": "x" })), [not; 4]),
        (number("minimum", json!(1.5)), [SENT, "At least 1.5.", SENT, SENT]),
        (number("maximum", json!(1.5)), [SENT, "At most 1.5.", SENT, SENT]),
        (number("exclusiveMinimum", json!(1.5)), [SENT, "Greater than 1.5.", "Greater than 1.5.", "Greater than 1.5."]),
        (number("exclusiveMaximum", json!(1.5)), [SENT, "Less than 1.5.", "Less than 1.5.", "Less than 1.5."]),
        (number("multipleOf", json!(0.5)), [SENT, half, half, half]),
        (list("minItems", json!(1)), [SENT; 4]),
        (list("maxItems", json!(3)), [SENT, "At most 3 items.", SENT, SENT]),
        (list("uniqueItems", json!(true)), [twice; 4]),
        (list("contains", json!({ "const": "x" })), [some; 4]),
        (
            json!({ "type": "object", "properties": { "b": { "type": "string" } }, "required": ["b"],
                "if": { "required": ["b"] }, "then": { "properties": { "b": { "minLength": 1 } } } }),
            ["Also follows the JSON Schema {\"if\":{\"required\":[\"b\"]},\"then\":{\"properties\":{\"b\":{\"minLength\":1}}}}.";
                4],
        ),
        (
            json!({ "type": "object", "properties": { "b": { "type": "string" }, "c": { "type": "string" } },
                "required": ["b"], "dependentRequired": { "b": ["c"] } }),
            ["With `b` also `c`."; 4],
        ),
    ] {
        for ((form, _), words) in FORMS.into_iter().zip(words) {
            let field = field(schema.clone(), form);
            let text = field.to_string();
            if words == SENT {
                assert_eq!(field.get("description"), None, "{form:?} {text}");
                let keyword = schema.as_object().expect("a schema").keys().next_back().expect("a keyword");
                assert_eq!(field.get(keyword), schema.get(keyword), "{form:?} {text}");
            } else {
                assert_eq!(field["description"], *words, "{form:?} {text}");
            }
        }
    }
}

#[test]
fn a_list_that_is_always_empty_has_a_form() {
    for (form, _) in FORMS {
        let field = field(json!({ "type": "array", "items": false }), form);
        let told = field["maxItems"] == 0 || field["description"] == "At most 0 items.";
        assert!(told && field.get("items").is_some(), "{form:?} {field}");
    }
}

#[test]
fn bounds_of_whole_numbers_are_shifted_where_they_are_not_reached() {
    let schema = json!({ "type": "integer", "format": "uint8", "exclusiveMinimum": 3, "exclusiveMaximum": 9 });
    for form in [WireForm::Gemini, WireForm::GeminiOpenApi] {
        assert_eq!(field(schema.clone(), form), json!({ "type": "integer", "minimum": 4, "maximum": 8 }));
    }
    assert_eq!(field(schema, WireForm::Anthropic)["description"], "0 to 255. Greater than 3. Less than 9.");
}

#[test]
fn values_stand_in_an_enum_where_the_vendor_takes_them() {
    let strings = json!({ "type": "string", "enum": ["x", "y"] });
    for (form, _) in FORMS {
        assert_eq!(field(strings.clone(), form), strings);
        assert_eq!(field(json!({ "const": "x" }), form), json!({ "type": "string", "enum": ["x"] }));
        let described = json!({ "oneOf": [{ "const": "x", "description": "An x." }, { "const": "y" }] });
        let text = json!({ "type": "string", "enum": ["x", "y"], "description": "x: An x." });
        assert_eq!(field(described, form), text);
    }
    let numbers = json!({ "enum": [1, 2] });
    assert_eq!(field(numbers.clone(), WireForm::Gemini), json!({ "type": "integer", "enum": [1, 2] }));
    let words = json!({ "type": "integer", "description": "One of `1`, `2`." });
    assert_eq!(field(numbers, WireForm::GeminiOpenApi), words);
    let maybe = json!({ "enum": ["x", null] });
    let forms = json!({ "anyOf": [{ "type": "string", "enum": ["x"] }, { "type": "null" }] });
    assert_eq!(field(maybe.clone(), WireForm::Gemini), forms);
    let nullable = json!({ "type": "string", "enum": ["x"], "nullable": true });
    assert_eq!(field(maybe.clone(), WireForm::GeminiOpenApi), nullable);
    assert_eq!(field(maybe, WireForm::Anthropic), json!({ "type": ["string", "null"], "enum": ["x", null] }));
    let always = json!({ "type": "boolean", "description": "Always `true`." });
    assert_eq!(field(json!({ "const": true }), WireForm::Gemini), always);
}

#[test]
fn the_older_form_of_gemini_has_no_references() {
    let schema = json!({
        "type": "object",
        "properties": {
            "b": { "$ref": "#/$defs/Point", "description": "The first." },
            "a": { "anyOf": [{ "$ref": "#/$defs/Point" }, { "type": "null" }] },
            "c": { "anyOf": [{ "type": "string" }, { "type": "integer" }, { "type": "null" }] },
            "d": { "type": "string", "minLength": 1, "pattern": "^a" },
        },
        "required": ["b"],
        "$defs": { "Point": { "type": "object", "properties": { "x": { "type": "integer" } }, "required": ["x"] } },
    });
    let point = json!({ "type": "object", "properties": { "x": { "type": "integer" } }, "required": ["x"] });
    let mut first = point.clone();
    first["description"] = "The first.".into();
    let mut maybe = point;
    maybe["nullable"] = true.into();
    let expected = json!({
        "type": "object",
        "properties": {
            "b": first,
            "a": maybe,
            "c": { "anyOf": [{ "type": "string" }, { "type": "integer" }], "nullable": true },
            "d": { "type": "string", "minLength": 1, "pattern": "^a" },
        },
        "required": ["b"],
        "propertyOrdering": ["b", "a", "c", "d"],
    });
    assert_eq!(wire(schema, WireForm::GeminiOpenApi), expected);

    let tree = json!({ "type": "object", "properties": { "next": { "$ref": "#" }, "list": { "$ref": "#/$defs/List" } },
        "$defs": { "List": { "type": "array", "items": { "$ref": "#/$defs/List" } } } });
    let words = "contains itself, Gemini's `responseSchema` wants types that do not";
    assert_eq!(problems(tree, WireForm::GeminiOpenApi), [format!("next: {words}"), format!("list[]: {words}")]);
}

/// A tree with a list of trees, all fields required.
fn tree() -> Value {
    json!({
        "$ref": "#/$defs/Tree",
        "$defs": { "Tree": {
            "type": "object",
            "properties": {
                "name": { "type": "string" },
                "children": { "type": "array", "items": { "$ref": "#/$defs/Tree" }, "description": "Below it" },
            },
            "required": ["name", "children"],
        } },
    })
}

#[test]
fn types_that_contain_themselves_are_sent() {
    let openai = wire(tree(), WireForm::OpenAiStrict);
    assert_eq!(openai["properties"]["children"]["items"], json!({ "$ref": "#" }));
    let anthropic = wire(tree(), WireForm::Anthropic);
    assert_eq!(anthropic["$ref"], "#/$defs/Root");
    assert_eq!(anthropic["$defs"]["Root"]["properties"]["children"]["items"], json!({ "$ref": "#/$defs/Root" }));
    // Gemini takes it in optional properties only, and is told that this one is required all the same.
    let gemini = wire(tree(), WireForm::Gemini);
    assert_eq!(gemini["required"], json!(["name"]));
    assert_eq!(gemini["properties"]["children"]["description"], "Below it. Required.");
    assert_eq!(gemini["properties"]["children"]["items"], json!({ "$ref": "#" }));
    // An answer without it does not pass for that.
    let schema = Schema::new("T", tree()).expect("a usable schema");
    assert!(schema.validate(&json!({ "name": "a" })).is_err());

    // Two types that hold each other, and one that holds itself without a property.
    let mutual = json!({
        "type": "object", "properties": { "a": { "$ref": "#/$defs/A" } }, "required": ["a"],
        "$defs": {
            "A": { "type": "object", "properties": { "b": { "$ref": "#/$defs/B" } }, "required": ["b"] },
            "B": { "type": "object", "properties": { "a": { "type": "array", "items": { "$ref": "#/$defs/A" } } }, "required": ["a"] },
        },
    });
    let gemini = wire(mutual, WireForm::Gemini);
    assert_eq!(gemini["required"], json!(["a"]));
    assert_eq!(gemini["$defs"]["B"].get("required"), None);
    let lists = json!({ "type": "object", "properties": { "l": { "$ref": "#/$defs/List" } },
        "$defs": { "List": { "type": "array", "items": { "$ref": "#/$defs/List" } } } });
    let problems = problems(lists, WireForm::Gemini);
    assert!(problems[0].starts_with("List: contains itself without a property between"), "{problems:?}");
}

#[test]
fn the_field_that_tells_forms_apart_comes_first() {
    let form = |tag: &str| json!({ "type": "object", "properties": { "n": { "type": "integer" }, "t": { "const": tag } }, "required": ["n", "t"] });
    for (wire_form, _) in FORMS {
        let field = field(json!({ "oneOf": [form("A"), form("B")] }), wire_form);
        for form in field["anyOf"].as_array().expect("forms") {
            assert_eq!(form["properties"].as_object().expect("fields").keys().next().expect("a field"), "t");
            assert_eq!(form["required"], json!(["t", "n"]));
            if matches!(wire_form, WireForm::Gemini | WireForm::GeminiOpenApi) {
                assert_eq!(form["propertyOrdering"], json!(["t", "n"]));
            }
        }
    }
}

/// An object with so many optional fields.
fn optional(count: usize) -> Value {
    let fields: Map<String, Value> = (0..count).map(|i| (format!("f{i}"), json!({ "type": "string" }))).collect();
    json!({ "type": "object", "properties": fields })
}

/// An object with so many fields that may be null.
fn unions(count: usize) -> Value {
    let fields: Map<String, Value> =
        (0..count).map(|i| (format!("f{i}"), json!({ "type": ["string", "null"] }))).collect();
    let names: Vec<_> = fields.keys().cloned().collect();
    json!({ "type": "object", "properties": fields, "required": names })
}

#[test]
fn anthropics_limits_are_known() {
    wire(optional(24), WireForm::Anthropic);
    assert_eq!(
        problems(optional(25), WireForm::Anthropic),
        ["$: has 25 optional properties, Anthropic takes 24, and `f24` is the first too many"]
    );
    wire(unions(16), WireForm::Anthropic);
    assert_eq!(
        problems(unions(17), WireForm::Anthropic),
        ["$: has 17 unions, Anthropic takes 16, and `f16` is the first too many"]
    );

    // What is in definitions is not counted, so objects inside go there, as many as it takes.
    let inside = wire(with_field(optional(24)), WireForm::Anthropic);
    assert!(inside.get("$defs").is_none());
    for inner in [optional(25), unions(17), json!({ "type": "array", "items": optional(25) })] {
        let both = json!({ "type": "object", "properties": { "a": inner, "b": optional(3) }, "required": ["a", "b"] });
        let moved = wire(both, WireForm::Anthropic);
        assert_eq!(moved["$defs"].as_object().map(Map::len), Some(1), "{moved}");
        assert!(moved["properties"]["b"].get("properties").is_some(), "{moved}");
    }
    // Two of the same are one definition.
    let twice =
        json!({ "type": "object", "properties": { "a": optional(25), "b": optional(25) }, "required": ["a", "b"] });
    let moved = wire(twice, WireForm::Anthropic);
    assert_eq!(moved["properties"]["a"], moved["properties"]["b"]);
}

#[test]
fn the_lengths_of_strings_go_where_they_are_taken() {
    let schema =
        Schema::new("T", with_field(json!({ "type": "string", "minLength": 1, "maxLength": 8 }))).expect("usable");
    let sent: Value =
        serde_json::from_str(schema.wire(WireForm::OpenAiStrictLengths).expect("a form").as_raw().get()).expect("JSON");
    assert_eq!(sent["properties"]["a"], json!({ "type": "string", "minLength": 1, "maxLength": 8 }));
}

#[test]
fn the_bytes_are_the_same_each_time_and_made_once() {
    let schema = json!({
        "type": "object", "title": "Order",
        "properties": {
            "id": { "type": "integer", "format": "uint32", "minimum": 0 },
            "tree": { "$ref": "#/$defs/Tree", "description": "A tree." },
            "kind": { "oneOf": [{ "const": "a", "description": "A." }, { "const": "b" }] },
            "tags": { "type": "array", "items": { "type": "string", "maxLength": 9 }, "uniqueItems": true },
        },
        "required": ["id", "kind"],
        "$defs": { "Tree": { "type": "object", "properties": { "next": { "anyOf": [{ "$ref": "#/$defs/Tree" }, { "type": "null" }] } } } },
    });
    for form in [WireForm::OpenAiStrict, WireForm::Anthropic, WireForm::Gemini] {
        let first = Schema::new("T", schema.clone()).expect("a usable schema");
        let bytes = first.wire(form).expect("a form").as_raw().get().to_owned();
        for _ in 0..1_000 {
            let again = Schema::new("T", schema.clone()).expect("a usable schema");
            assert_eq!(again.wire(form).expect("a form").as_raw().get(), bytes);
        }
        // The best of many runs, as other programs run at the same time.
        let once = || {
            let start = Instant::now();
            for _ in 0..1_000 {
                std::hint::black_box(std::hint::black_box(&first).wire(form).expect("a form"));
            }
            start.elapsed() / 1_000
        };
        let best = (0..20).map(|_| once()).min().expect("a run");
        assert!(best.as_nanos() < 1_000, "{best:?}");
    }
}
