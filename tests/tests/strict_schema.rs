//! What OpenAI's strict mode is sent, and what it cannot be sent.

use codex_ai::{ErrorKind, Schema};
use codex_ai_tests::strict_lint::breaches;
use schemars::JsonSchema;
use serde_json::{Map, Value, json};

/// The strict form of a schema, which must be legal.
fn strict(schema: Value) -> Value {
    let schema = Schema::new("T", schema).expect("a usable schema");
    let wire = serde_json::from_str(
        schema
            .wire(codex_ai::schema::WireForm::OpenAiStrict)
            .map(codex_ai::schema::WireSchema::as_raw)
            .expect("a strict form")
            .get(),
    )
    .expect("JSON");
    assert_eq!(breaches(&wire), [""; 0], "{wire}");
    wire
}

/// The strict form of the field `a` of a struct.
#[expect(clippy::needless_pass_by_value, reason = "a case is written down where it is used")]
fn field(schema: Value) -> Value {
    strict(json!({ "type": "object", "properties": { "a": schema }, "required": ["a"] }))["properties"]["a"].take()
}

/// The problems of a schema as `path: message`.
fn problems(schema: Value) -> Vec<String> {
    let schema = Schema::new("T", schema).expect("a usable schema");
    let error = schema
        .wire(codex_ai::schema::WireForm::OpenAiStrict)
        .map(codex_ai::schema::WireSchema::as_raw)
        .expect_err("no strict form");
    assert_eq!(error.kind(), ErrorKind::Schema);
    error.problems().iter().map(|problem| format!("{}: {}", problem.path, problem.message)).collect()
}

/// The JSON of a type as the library makes it.
fn schema_of<T: JsonSchema>() -> Value {
    let mut settings = schemars::generate::SchemaSettings::draft2020_12();
    settings.meta_schema = None;
    settings.into_generator().into_root_schema_for::<T>().to_value()
}

// The fields are read by the derive alone.
#[allow(dead_code, reason = "only the schema is of interest")]
mod types {
    use schemars::JsonSchema;
    use serde::Deserialize;

    /// A meeting.
    #[derive(Deserialize, JsonSchema)]
    pub(crate) struct Meeting {
        /// How it went.
        pub mood: Mood,
        pub place: Option<Place>,
        #[serde(default = "three")]
        pub rounds: u8,
        #[serde(default)]
        pub tags: Vec<String>,
        /// Where to go on.
        pub next: Option<Box<Meeting>>,
        pub signs: Vec<Sign>,
        pub rank: i16,
        pub weight: f32,
        pub ticket: u64,
        pub letter: char,
        pub grid: [u32; 2],
    }

    fn three() -> u8 {
        3
    }

    /// A feeling.
    #[derive(Deserialize, JsonSchema)]
    pub(crate) enum Mood {
        /// All is well.
        Good,
        /// It could
        /// be better.
        Bad,
        Other,
    }

    #[derive(Deserialize, JsonSchema)]
    pub(crate) struct Place {
        /// As on a map.
        pub name: String,
        #[schemars(length(min = 1, max = 80), regex(pattern = "^[A-Z]"))]
        pub code: String,
    }

    /// A sign.
    #[derive(Deserialize, JsonSchema)]
    #[serde(tag = "kind")]
    pub(crate) enum Sign {
        /// With a place.
        At(Place),
        Round {
            #[schemars(range(min = 1))]
            radius: f64,
        },
        None,
    }
}

#[test]
fn a_type_becomes_closed_and_complete() {
    let place = json!({
        "type": "object",
        "properties": {
            "name": { "description": "As on a map.", "type": "string" },
            "code": { "description": "1 to 80 characters.", "type": "string", "pattern": "^[A-Z]" }
        },
        "required": ["name", "code"], "additionalProperties": false
    });
    let expected = json!({
        "description": "A meeting.",
        "type": "object",
        "properties": {
            "mood": {
                "description": "How it went.\nA feeling.\nGood: All is well.\nBad: It could be better.",
                "type": "string", "enum": ["Other", "Good", "Bad"]
            },
            "place": { "anyOf": [{ "$ref": "#/$defs/Place" }, { "type": "null" }] },
            "rounds": { "description": "null = use the default 3.", "type": ["integer", "null"], "minimum": 0, "maximum": 255 },
            "tags": { "description": "null = use the default [].", "anyOf": [{ "type": "array", "items": { "type": "string" } }, { "type": "null" }] },
            "next": { "description": "Where to go on.", "anyOf": [{ "$ref": "#" }, { "type": "null" }] },
            "signs": { "type": "array", "items": { "$ref": "#/$defs/Sign" } },
            "rank": { "type": "integer", "minimum": -32768, "maximum": 32767 },
            "weight": { "type": "number" },
            "ticket": { "type": "integer", "minimum": 0 },
            "letter": { "description": "Exactly 1 character.", "type": "string" },
            "grid": { "type": "array", "items": { "type": "integer", "minimum": 0, "maximum": 4_294_967_295_u32 }, "minItems": 2, "maxItems": 2 }
        },
        "required": ["mood", "place", "rounds", "tags", "next", "signs", "rank", "weight", "ticket", "letter", "grid"],
        "additionalProperties": false,
        "$defs": {
            "Place": place,
            "Sign": {
                "description": "A sign.",
                "anyOf": [
                    {
                        "description": "With a place.",
                        "type": "object",
                        "properties": {
                            "kind": { "type": "string", "enum": ["At"] },
                            "name": { "description": "As on a map.", "type": "string" },
                            "code": { "description": "1 to 80 characters.", "type": "string", "pattern": "^[A-Z]" }
                        },
                        "required": ["kind", "name", "code"], "additionalProperties": false
                    },
                    {
                        "type": "object",
                        "properties": { "kind": { "type": "string", "enum": ["Round"] }, "radius": { "type": "number", "minimum": 1 } },
                        "required": ["kind", "radius"], "additionalProperties": false
                    },
                    {
                        "type": "object", "properties": { "kind": { "type": "string", "enum": ["None"] } },
                        "required": ["kind"], "additionalProperties": false
                    }
                ]
            }
        }
    });
    let schema = schema_of::<types::Meeting>();
    let wire = strict(schema.clone());
    // As text: the order of fields is the order in which the model writes them.
    let text = |value: &Value| serde_json::to_string_pretty(value).expect("JSON");
    assert_eq!(text(&wire), text(&expected));

    // The same bytes each time, or the vendor's cache never hits.
    for _ in 0..50 {
        let again = Schema::new("T", schema.clone()).expect("a usable schema");
        assert_eq!(
            again
                .wire(codex_ai::schema::WireForm::OpenAiStrict)
                .map(codex_ai::schema::WireSchema::as_raw)
                .expect("a strict form")
                .get(),
            wire.to_string()
        );
    }
}

#[test]
fn what_strict_mode_cannot_check_is_told_in_words() {
    for (schema, words) in [
        (json!({ "type": "string", "minLength": 1 }), "At least 1 character."),
        (json!({ "type": "string", "maxLength": 9, "description": "A name" }), "A name. At most 9 characters."),
        (json!({ "type": "string", "format": "uri", "description": "Ends here!" }), "Ends here! An absolute URI."),
        (json!({ "type": "string", "format": "x-colour" }), "Format: x-colour."),
        (json!({ "type": "string", "contentEncoding": "base64" }), "Encoded as base64."),
        (json!({ "type": "array", "items": { "type": "string" }, "uniqueItems": true }), "No item twice."),
        (json!({ "type": "array", "items": { "type": "string" }, "contains": { "const": "a" } }), "Must contain `a`."),
        (json!({ "type": "integer", "format": "int32", "not": { "const": 0 } }), "Not `0`."),
    ] {
        assert_eq!(field(schema.clone())["description"], words, "{schema}");
    }
    // What it knows stays where it is.
    for (keyword, value) in
        [("format", json!("date-time")), ("pattern", json!("^a")), ("description", json!("Just words"))]
    {
        assert_eq!(field(json!({ "type": "string", keyword: value.clone() })), {
            let mut map = Map::from_iter([("type".to_owned(), json!("string"))]);
            map.insert(keyword.to_owned(), value);
            Value::Object(map)
        });
    }
}

#[test]
fn keywords_find_their_strict_form() {
    for (schema, expected) in [
        (json!({ "const": "x" }), json!({ "type": "string", "enum": ["x"] })),
        (json!({ "const": 3 }), json!({ "type": "integer", "enum": [3] })),
        (json!({ "enum": ["x", null] }), json!({ "type": ["string", "null"], "enum": ["x", null] })),
        (
            json!({ "enum": ["x", 1, true] }),
            json!({ "anyOf": [{ "type": "string", "enum": ["x"] }, { "type": "integer", "enum": [1] }, { "type": "boolean", "enum": [true] }] }),
        ),
        (
            json!({ "type": "string", "enum": ["a", 1, "bb"], "maxLength": 1 }),
            json!({ "type": "string", "enum": ["a"] }),
        ),
        (
            json!({ "type": ["integer", "null"], "format": "int8", "minimum": 0 }),
            json!({ "type": ["integer", "null"], "minimum": 0, "maximum": 127 }),
        ),
        (
            json!({ "type": "integer", "format": "uint8", "maximum": 300 }),
            json!({ "type": "integer", "minimum": 0, "maximum": 255 }),
        ),
        (json!({ "type": ["string", "integer"] }), json!({ "anyOf": [{ "type": "string" }, { "type": "integer" }] })),
        (
            json!({ "type": ["object", "null"], "properties": {}, "description": "D" }),
            json!({ "description": "D", "anyOf": [{ "type": "object", "properties": {}, "required": [], "additionalProperties": false }, { "type": "null" }] }),
        ),
        (
            json!({ "allOf": [{ "type": "string", "minLength": 2 }] }),
            json!({ "description": "At least 2 characters.", "type": "string" }),
        ),
        (
            json!({ "allOf": [{ "type": "number", "minimum": 1 }, { "type": "integer", "minimum": 2 }] }),
            json!({ "type": "integer", "minimum": 2 }),
        ),
        (
            json!({ "oneOf": [{ "type": "boolean" }] , "title": "x", "x-y": 1, "examples": [true] }),
            json!({ "type": "boolean" }),
        ),
        (json!({ "anyOf": [{ "type": "string" }, false] }), json!({ "type": "string" })),
        (
            json!({ "type": "object", "properties": { "b": { "type": "null" }, "c": false }, "required": ["b"], "dependentRequired": { "b": [] } }),
            json!({ "type": "object", "properties": { "b": { "type": "null" } }, "required": ["b"], "additionalProperties": false }),
        ),
        (
            json!({ "type": "object", "unevaluatedProperties": false, "allOf": [{ "properties": { "b": { "type": "null" } } }] }),
            json!({ "type": "object", "properties": { "b": { "type": "null" } }, "required": ["b"], "additionalProperties": false }),
        ),
    ] {
        assert_eq!(field(schema.clone()), expected, "{schema}");
    }
}

#[test]
fn a_flattened_enum_becomes_a_choice_of_whole_objects() {
    let wire = field(json!({
        "type": "object", "properties": { "f": { "type": "number" } }, "required": ["f"],
        "oneOf": [
            { "type": "object", "properties": { "t": { "const": "A" }, "n": { "type": "string" } }, "required": ["t", "n"] },
            { "$ref": "#/$defs/B" }
        ],
        "$defs": {}
    }).as_object().map(|map| {
        let mut map = map.clone();
        map["oneOf"][1] = json!({ "type": "object", "properties": { "t": { "const": "B" } }, "required": ["t"] });
        Value::Object(map)
    }).expect("an object"));
    assert_eq!(
        wire,
        json!({ "anyOf": [
            { "type": "object", "properties": { "t": { "type": "string", "enum": ["A"] }, "f": { "type": "number" }, "n": { "type": "string" } }, "required": ["t", "f", "n"], "additionalProperties": false },
            { "type": "object", "properties": { "t": { "type": "string", "enum": ["B"] }, "f": { "type": "number" } }, "required": ["t", "f"], "additionalProperties": false }
        ] })
    );
}

#[test]
fn references_stay_where_they_stand_alone() {
    let wire = strict(json!({
        "$ref": "#/$defs/Tree", "$defs": {
            "Tree": { "type": "object", "description": "A tree.", "properties": {
                "left": { "type": "array", "items": { "$ref": "#/$defs/Tree" } },
                "right": { "type": "array", "items": { "$ref": "#/$defs/Tree", "description": "The other one." } },
                "odd": { "$ref": "#/$defs/a<b>" },
                "alias": { "$ref": "#/$defs/Alias" },
                "described": { "$ref": "#/$defs/a<b>", "description": "Described.", "default": null }
            }, "required": ["left", "right", "odd", "alias", "described"] },
            "a<b>": { "type": "string" }, "Alias": { "$ref": "#/$defs/a<b>" }, "Unused": { "type": "array" }
        }
    }));
    assert_eq!(
        wire,
        json!({
            "description": "A tree.", "type": "object",
            "properties": {
                "left": { "type": "array", "items": { "$ref": "#" } },
                "right": { "type": "array", "items": { "description": "The other one.", "anyOf": [{ "$ref": "#" }] } },
                "odd": { "$ref": "#/$defs/a_b_" },
                "alias": { "$ref": "#/$defs/a_b_" },
                "described": { "description": "Described.", "type": "string" }
            },
            "required": ["left", "right", "odd", "alias", "described"], "additionalProperties": false,
            "$defs": { "a_b_": { "type": "string" } }
        })
    );
}

#[test]
fn all_that_strict_mode_cannot_hold_is_told_with_its_path() {
    let schema = json!({
        "type": "object",
        "properties": {
            "points": { "type": "array", "items": { "$ref": "#/$defs/Point" } },
            "never": { "not": {} },
        },
        "required": ["points", "never"],
        "$defs": { "Point": { "type": "object", "properties": { "x": { "enum": [] } }, "required": ["x"] } }
    });
    assert_eq!(problems(schema), ["never: accepts no value at all", "points[].x: accepts no value at all",]);
}

#[test]
fn the_root_is_an_object_whatever_the_type() {
    for schema in [
        json!({ "type": "array", "items": { "type": "string" } }),
        json!({ "type": "string" }),
        json!({ "type": "integer" }),
        json!({ "enum": ["a", "b"] }),
        json!({ "anyOf": [{ "type": "object", "properties": {} }, { "type": "null" }] }),
        json!({ "type": ["string", "null"] }),
    ] {
        assert_eq!(strict(schema)["properties"].as_object().map(Map::len), Some(1));
    }
    // So is an enum with one variant, whatever that is called.
    let only = strict(
        json!({ "oneOf": [{ "type": "object", "properties": { "a": { "type": "string" } }, "required": ["a"] }] }),
    );
    assert_eq!(only["properties"].as_object().map(Map::len), Some(1));
}

/// An object with so many objects inside one another.
fn nested(levels: usize) -> Value {
    let leaf = json!({ "type": "object", "properties": {} });
    (1..levels)
        .fold(leaf, |inner, _| json!({ "type": "object", "properties": { "a": { "type": "array", "items": inner } }, "required": ["a"] }))
}

fn wide(properties: usize) -> Value {
    let fields: Map<String, Value> =
        (0..properties).map(|i| (format!("f{i:04}"), json!({ "type": "string" }))).collect();
    let names: Vec<_> = fields.keys().cloned().collect();
    json!({ "type": "object", "properties": fields, "required": names })
}

fn enums(values: usize, length: usize) -> Value {
    let values: Vec<_> = (0..values).map(|i| format!("{i:0length$}")).collect();
    json!({ "type": "object", "properties": { "a": { "type": "string", "enum": values } }, "required": ["a"] })
}

#[test]
fn limits_are_known() {
    for (fits, too_large, words) in [
        (nested(10), nested(11), "$: has 11 levels of objects, strict mode takes 10"),
        (wide(5_000), wide(5_001), "$: has 5001 properties, strict mode takes 5000"),
        (enums(1_000, 4), enums(1_001, 4), "$: has 1001 enum values, strict mode takes 1000"),
        (
            enums(300, 50),
            enums(300, 51),
            "$: has 15300 characters in one enum of more than 250 values, strict mode takes 15000",
        ),
        (
            enums(240, 499),
            enums(240, 500),
            "$: has 120001 characters of names and enum values, strict mode takes 120000",
        ),
    ] {
        strict(fits);
        assert_eq!(problems(too_large), [words]);
    }
    let deep = (0..120).fold(json!({ "type": "string" }), |inner, _| json!({ "type": "array", "items": inner }));
    assert_eq!(
        problems(json!({ "type": "object", "properties": { "a": deep } })),
        ["$: is too large to be written for a vendor"]
    );
}

#[test]
fn a_type_without_a_finite_value_is_refused() {
    let node = |left: Value| {
        json!({ "type": "object", "properties": { "left": left }, "required": ["left"], "$defs": {
            "Pair": { "type": "object", "properties": { "a": { "$ref": "#/$defs/Pair" }, "b": { "$ref": "#" } }, "required": ["a", "b"] }
        } })
    };
    for endless in [
        json!({ "$ref": "#" }),
        json!({ "$ref": "#/$defs/Pair" }),
        json!({ "type": "array", "items": { "$ref": "#" }, "minItems": 1 }),
        json!({ "anyOf": [{ "$ref": "#" }, { "$ref": "#/$defs/Pair" }] }),
    ] {
        let problems = problems(node(endless));
        assert!(problems[0].starts_with("$: contains itself in a field that strict mode always has"), "{problems:?}");
    }
    strict(node(json!({ "type": "array", "items": { "$ref": "#" } })));
    strict(node(json!({ "anyOf": [{ "$ref": "#" }, { "type": "null" }] })));
}

#[test]
fn definitions_that_multiply_stay_small() {
    // Each definition has ten described fields of the next: written out, that is 10^8 schemas.
    let mut definitions = Map::new();
    for i in 0..8 {
        let fields: Map<String, Value> = (0..10)
            .map(|f| {
                (format!("f{f}"), json!({ "$ref": format!("#/$defs/D{}", i + 1), "description": format!("field {f}") }))
            })
            .collect();
        definitions.insert(format!("D{i}"), json!({ "type": "object", "properties": fields }));
    }
    definitions.insert("D8".into(), json!({ "type": "string" }));
    let schema = Schema::new("T", json!({ "$ref": "#/$defs/D0", "$defs": definitions })).expect("a usable schema");
    match schema.wire(codex_ai::schema::WireForm::OpenAiStrict).map(codex_ai::schema::WireSchema::as_raw) {
        Ok(wire) => assert!(wire.get().len() < 10_000_000),
        Err(error) => assert_eq!(error.problems()[0].path, "$"),
    }
}
