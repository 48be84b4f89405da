//! Checking values against schemas: verdicts, paths and words.

use codex_ai::{ErrorKind, Schema};
use serde_json::{Value, json};

fn schema(value: Value) -> Schema {
    Schema::new("T", value).expect("a usable schema")
}

/// The problems as `path: message` lines.
#[expect(clippy::needless_pass_by_value, reason = "a case is written down where it is used")]
fn problems(schema_value: Value, value: Value) -> Vec<String> {
    let problems = schema(schema_value).validate(&value).expect_err("an invalid value");
    problems.into_iter().map(|problem| format!("{}: {}", problem.path, problem.message)).collect()
}

#[test]
fn all_problems_are_told_at_once_each_with_its_path() {
    let summary = json!({
        "type": "object",
        "properties": {
            "headline": { "type": "string", "maxLength": 10 },
            "points": {
                "type": "array", "minItems": 1,
                "items": {
                    "type": "object",
                    "properties": { "name": { "type": "string" }, "year": { "type": "integer", "minimum": 1450 } },
                    "required": ["name", "year"], "additionalProperties": false
                }
            },
            "tags": { "type": "object", "additionalProperties": { "type": "integer" } }
        },
        "required": ["headline", "points", "mood"]
    });
    let value = json!({
        "headline": "far too long a headline",
        "points": [{ "name": "a", "year": 2000 }, { "name": 7, "year": 3 }, { "nmae": "b", "year": "seven" }],
        "tags": { "a b": "x", "fine": 1, "1st": null }
    });
    assert_eq!(
        problems(summary, value),
        [
            "mood: is missing",
            "headline: must have at most 10 characters, found 23",
            "points[1].name: expected a string, found the number 7",
            "points[1].year: must be at least 1450, found 3",
            "points[2].name: is missing",
            "points[2].nmae: is not known here; did you mean `name`?",
            "points[2].year: expected a whole number, found the string \"seven\"",
            "tags[\"a b\"]: expected a whole number, found the string \"x\"",
            "tags[\"1st\"]: expected a whole number, found null",
        ]
    );
}

#[test]
fn each_keyword_has_its_words() {
    for (schema, value, words) in [
        (json!({ "type": "integer" }), json!(1.5), "$: expected a whole number, found the number 1.5"),
        (json!({ "type": ["string", "null"] }), json!([1]), "$: expected a string or null, found a list"),
        (
            json!({ "type": ["number", "integer", "boolean"] }),
            json!({}),
            "$: expected a number or true or false, found an object",
        ),
        (json!({ "enum": ["low", "high"] }), json!("hgih"), "$: must be one of `low`, `high`; found `hgih`"),
        (json!({ "const": [1, 2] }), json!([1]), "$: must be `[1,2]`; found `[1]`"),
        (json!({ "exclusiveMinimum": 0, "multipleOf": 0.5 }), json!(0), "$: must be above 0, found 0"),
        (json!({ "exclusiveMaximum": 1.5 }), json!(1.5), "$: must be below 1.5, found 1.5"),
        (json!({ "maximum": 4 }), json!(5.25), "$: must be at most 4, found 5.25"),
        (json!({ "multipleOf": 3 }), json!(7), "$: must be a multiple of 3, found 7"),
        (json!({ "minItems": 1 }), json!([]), "$: must have at least 1 item, found 0"),
        (json!({ "maxItems": 2 }), json!([1, 2, 3]), "$: must have at most 2 items, found 3"),
        (json!({ "prefixItems": [true], "items": false }), json!([1, 2]), "$: must have at most 1 item, found 2"),
        (json!({ "uniqueItems": true }), json!([1, "a", 1.0]), "$[2]: is the same as the item at 0"),
        (json!({ "contains": { "const": 1 } }), json!([2]), "$: must have at least 1 of the wanted items, found 0"),
        (json!({ "minLength": 1 }), json!(""), "$: must have at least 1 character, found 0"),
        (json!({ "pattern": "^a" }), json!("b"), "$: must match the pattern `^a`, found `b`"),
        (
            json!({ "format": "date" }),
            json!("2025-02-29"),
            "$: must be a date such as `2025-01-31`, found `2025-02-29`",
        ),
        (json!({ "minProperties": 1 }), json!({}), "$: must have at least 1 key, found 0"),
        (json!({ "maxProperties": 0 }), json!({ "a": 1 }), "$: must have at most 0 keys, found 1"),
        (json!({ "propertyNames": { "pattern": "^a" } }), json!({ "b": 1 }), "b: has a name that is not allowed"),
        (json!({ "dependentRequired": { "a": ["b"] } }), json!({ "a": 1 }), "b: is missing"),
        (json!({ "not": { "const": 0 } }), json!(0), "$: must not be the number 0"),
        (json!({ "properties": { "a": false } }), json!({ "a": 1 }), "a: is not allowed here"),
        (json!({ "items": { "type": "string" } }), json!(["a", 1]), "$[1]: expected a string, found the number 1"),
        (json!({ "unevaluatedProperties": false }), json!({ "a": 1 }), "a: is not known here"),
        (
            json!({ "oneOf": [{ "minimum": 1 }, { "type": "string" }, { "maximum": 9 }] }),
            json!(5),
            "$: must have one of 3 forms, has those of 1 and 3",
        ),
    ] {
        assert_eq!(problems(schema.clone(), value), [words], "{schema}");
    }
}

#[test]
fn values_are_cut_in_messages() {
    let long = "é".repeat(500);
    let text = &problems(json!({ "type": "integer" }), json!(long))[0];
    assert_eq!(*text, format!("$: expected a whole number, found the string \"{}…\"", "é".repeat(80)));
    let list: Vec<_> = (0..10_000).collect();
    let text = &problems(json!({ "const": 1 }), json!(list))[0];
    assert!(text.chars().count() < 120, "{text}");
    let key = &problems(json!({ "additionalProperties": false }), json!({ (long): 1 }))[0];
    assert!(key.chars().count() < 120, "{key}");
}

#[test]
fn the_form_that_was_meant_is_found_by_its_tag() {
    let shape = json!({ "oneOf": [
        { "type": "object", "properties": { "type": { "const": "circle" }, "r": { "type": "number" } }, "required": ["type", "r"] },
        { "type": "object", "properties": { "type": { "const": "square" }, "side": { "type": "number" } }, "required": ["type", "side"] },
        { "type": "object", "properties": { "type": { "const": "named" } }, "$ref": "#/$defs/Named", "required": ["type"] }
    ], "$defs": { "Named": { "type": "object", "properties": { "name": { "type": "string" } }, "required": ["name"] } } });
    for (value, words) in [
        (json!({ "type": "circle", "r": "x" }), "r: expected a number, found the string \"x\""),
        (json!({ "type": "named" }), "name: is missing"),
        (json!({ "type": "cirle", "r": 1 }), "type: must be one of `circle`, `square`, `named`; found `cirle`"),
        (json!({ "r": 1 }), "type: is missing, and must be one of `circle`, `square`, `named`"),
        (json!("circle"), "$: expected an object, found the string \"circle\""),
    ] {
        assert_eq!(problems(shape.clone(), value.clone()), [words], "{value}");
    }
}

#[test]
fn the_form_that_was_meant_is_found_by_its_key() {
    let event = json!({ "oneOf": [
        { "type": "string", "enum": ["Quit"] },
        { "type": "object", "properties": { "Move": { "type": "object", "properties": { "x": { "type": "integer" } }, "required": ["x"] } },
          "required": ["Move"], "additionalProperties": false },
        { "type": "object", "properties": { "Write": { "type": "string" } }, "required": ["Write"], "additionalProperties": false }
    ] });
    for (value, words) in [
        (json!({ "Move": { "x": "left" } }), "Move.x: expected a whole number, found the string \"left\""),
        (json!({ "Write": 1 }), "Write: expected a string, found the number 1"),
        (json!({ "Jump": 1 }), "$: its only key must be one of `Move`, `Write`; found `Jump`"),
        (json!("Qiut"), "$: must be `Quit`; found `Qiut`"),
        (json!(1), "$: expected an object or a string, found the number 1"),
    ] {
        assert_eq!(problems(event.clone(), value.clone()), [words], "{value}");
    }
}

#[test]
fn the_form_that_was_meant_is_found_by_what_is_wrong_with_it() {
    let untagged = json!({ "anyOf": [
        { "type": "object", "properties": { "foo": { "type": "integer" }, "bar": { "type": "boolean" } }, "required": ["foo", "bar"] },
        { "type": "object", "properties": { "baz": { "type": "string" } }, "required": ["baz"] },
        { "type": "null" }
    ] });
    assert_eq!(
        problems(untagged.clone(), json!({ "foo": "x", "bar": 1 })),
        ["foo: expected a whole number, found the string \"x\"", "bar: expected true or false, found the number 1"]
    );
    // An option of it: the schema of the inner value speaks.
    let option = json!({ "anyOf": [{ "$ref": "#/$defs/E" }, { "type": "null" }],
                         "$defs": { "E": { "oneOf": [{ "const": "a", "description": "x" }, { "const": "b" }] } } });
    assert_eq!(problems(option, json!("c")), ["$: must be one of `a`, `b`; found `c`"]);
    let equally_far = json!({ "anyOf": [{ "required": ["a"] }, { "required": ["b"] }] });
    assert_eq!(
        problems(equally_far, json!({})),
        ["$: has none of the 2 allowed forms (`a`: is missing; or `b`: is missing)"]
    );
}

#[test]
fn numbers_are_exact() {
    let valid = |schema_value: Value, value: Value| schema(schema_value).validate(&value).is_ok();
    assert!(valid(json!({ "maximum": u64::MAX }), json!(u64::MAX)));
    assert!(!valid(json!({ "maximum": u64::MAX - 1 }), json!(u64::MAX)));
    assert!(!valid(json!({ "const": 9_007_199_254_740_993_u64 }), json!(9_007_199_254_740_992_u64)));
    assert!(!valid(json!({ "maximum": 9_007_199_254_740_992.0 }), json!(9_007_199_254_740_993_u64)));
    assert!(valid(json!({ "minimum": i64::MIN }), json!(i64::MIN)));
    assert!(!valid(json!({ "exclusiveMinimum": -1e19 }), json!(-1e19)));
    assert!(valid(json!({ "exclusiveMinimum": -1e19 }), json!(i64::MIN)));
    assert!(!valid(json!({ "maximum": 0 }), json!(0.5)));
    assert!(valid(json!({ "type": "integer", "const": 1 }), json!(1.0)));
    assert!(valid(json!({ "multipleOf": 0.1 }), json!(0.3)));
    assert!(valid(json!({ "multipleOf": 0.01 }), json!(19.99)));
    assert!(!valid(json!({ "multipleOf": 0.01 }), json!(19.999)));
    assert!(valid(json!({ "multipleOf": 1e-300 }), json!(1e300)));
    assert!(!valid(json!({ "multipleOf": 1e300 }), json!(1e-300)));
    assert!(valid(json!({ "multipleOf": 3 }), json!(u64::MAX)));
    assert!(!valid(json!({ "multipleOf": 2 }), json!(u64::MAX)));
}

#[test]
fn formats_are_checked() {
    let cases: &[(&str, &[&str], &[&str])] = &[
        (
            "date-time",
            &[
                "2025-01-31T09:30:00Z",
                "1990-12-31t23:59:60z",
                "1998-12-31T15:59:60.123-08:00",
                "2024-02-29T00:00:00+14:00",
            ],
            &[
                "2025-01-31",
                "2025-01-31 09:30:00Z",
                "2025-01-31T09:30:00",
                "2025-02-29T00:00:00Z",
                "2025-01-31T24:00:00Z",
                "1998-12-31T22:59:60Z",
                "2025-01-31T09:30:00+24:00",
            ],
        ),
        (
            "date",
            &["2000-02-29", "0000-01-01", "1999-12-31"],
            &["1900-02-29", "2025-4-1", "2025-13-01", "2025-00-01", "2025-04-31", "20250401", "２025-01-01"],
        ),
        (
            "time",
            &["00:00:00Z", "23:59:59.999+05:30"],
            &["09:30Z", "09:30:00", "24:00:00Z", "09:60:00Z", "09:30:60Z", "09:30:00.Z", "09:30:00+0530"],
        ),
        (
            "duration",
            &["P3DT12H", "PT1.5S", "P1Y2D", "P4W", "PT0S", "P1Y2M3DT4H5M6S"],
            &["P", "PT", "P1", "3D", "P1DT", "PT1D", "P1D2Y", "P1Y1W", "P1.5D", "PT1S1H", "-P1D"],
        ),
        (
            "email",
            &["a@b.de", "a.b+c@x-y.example", "\"a b\"@x.de", "a@[127.0.0.1]", "a@[IPv6:::1]"],
            &["a", "@b.de", "a@", "a b@c.de", "a@b..de", "a.@b.de", ".a@b.de", "a@-b.de"],
        ),
        (
            "hostname",
            &["localhost", "a.b-c.example", "1.example"],
            &["", "-a", "a-", "a..b", "a_b", "a.", &"a".repeat(64)],
        ),
        ("ipv4", &["127.0.0.1", "255.255.255.255"], &["256.0.0.1", "1.2.3", "01.2.3.4", "1.2.3.4.5"]),
        ("ipv6", &["::1", "2001:db8::ff00:42:8329", "::ffff:1.2.3.4"], &["::1%eth0", "1:2:3", "12345::", "1::2::3"]),
        (
            "uuid",
            &["2eb8aa08-aa98-11ea-b4aa-73b441d16380", "2EB8AA08-AA98-11EA-B4AA-73B441D16380"],
            &[
                "2eb8aa08aa9811eab4aa73b441d16380",
                "2eb8aa08-aa98-11ea-b4aa-73b441d1638",
                "2eb8aa08-aa98-11ea-b4aa-73b441d1638g",
            ],
        ),
        (
            "uri",
            &[
                "https://user:pw@example.org:8080/a/b?c=d&e#f",
                "mailto:a@b.de",
                "urn:isbn:123",
                "http://[::1]/",
                "file:///tmp/x",
                "http://a/%20",
            ],
            &[
                "//example.org/x",
                "/a",
                "a b:c",
                "http://a b/",
                "http://a/%2",
                "http://[::1/",
                "http://a:x/",
                "1a:b",
                "https://example.org/ü",
                "\\a:b",
            ],
        ),
        ("regex", &["^a+$", "[[a]", "a{2}"], &["(", "[", "*a"]),
    ];
    for (format, good, bad) in cases {
        let schema = schema(json!({ "format": format }));
        for text in *good {
            assert!(schema.validate(&json!(text)).is_ok(), "{format}: {text} is one");
        }
        for text in *bad {
            assert!(schema.validate(&json!(text)).is_err(), "{format}: {text} is none");
        }
        assert!(schema.validate(&json!(7)).is_ok(), "{format} is about strings alone");
    }
    assert!(schema(json!({ "format": "int32" })).validate(&json!("anything")).is_ok());
}

#[test]
fn patterns_are_those_of_ecmascript() {
    for (pattern, good, bad) in [
        (r"^\d+$", "123", "١٢٣"),
        (r"^\w$", "a", "é"),
        (r"^\W$", "é", "a"),
        (r"^a\/b$", "a/b", "a\\/b"),
        (r"^.$", "é", "\u{2028}"),
        (r"^\s$", "\u{feff}", "x"),
        (r"^[\S]$", "x", "\u{a0}"),
        (r"^[^\d]$", "x", "1"),
        (r"^\u00e9$", "é", "e"),
        (r"^\ud83d\ude00$", "😀", "x"),
        (r"^\u{1F600}$", "😀", "x"),
        (r"^[[a&&b]$", "[", "]"),
        (r"^[a&&b]+$", "a&b", "x"),
        (r"^[a--]$", "-", "b"),
        (r"^[]$|^x$", "x", "y"),
        (r"^[^]$", "\n", ""),
        (r"^a{,2}$", "a{,2}", "aa"),
        (r"^\cJ$", "\n", "J"),
        (r"^[\b]$", "\u{8}", "b"),
        (r"^\p{L}+$", "né", "1"),
        (r"^(?<y>\d{4})-\d{2,}$", "2025-01", "2025-1"),
        ("^a$", "a", "a\n"),
    ] {
        let schema = schema(json!({ "pattern": pattern }));
        assert!(schema.validate(&json!(good)).is_ok(), "{pattern} fits {good:?}");
        assert!(schema.validate(&json!(bad)).is_err(), "{pattern} does not fit {bad:?}");
    }
    for (pattern, reason) in [
        ("(?=a)", "$: `(?=a)` looks ahead, which is not supported"),
        ("(?<!a)", "behind"),
        (r"(a)\1", "refers back to a group"),
        (r"a\B", r"uses `\B`"),
        ("(", "is not a regular expression"),
        ("a{1000}{1000}{1000}", "too large"),
        ("[a", "without its end"),
        ("a\\", "ends in a backslash"),
    ] {
        let error = Schema::new("T", json!({ "properties": { "a": { "pattern": pattern } } })).expect_err(pattern);
        assert_eq!(error.problems()[0].path, "properties.a.pattern");
        assert!(error.problems()[0].message.contains(reason.trim_start_matches("$: ")), "{error}");
    }
}

#[test]
fn a_schema_that_is_unusable_is_refused_with_all_reasons() {
    let error = Schema::new(
        "T",
        json!({
            "type": "strng",
            "properties": { "a": { "minimum": "1" }, "b": 7, "c d": { "required": "x" } },
            "anyOf": [],
            "allOf": [{ "$ref": "#/$defs/Nothing" }],
            "$defs": { "D": { "maxLength": -1, "multipleOf": 0 } }
        }),
    )
    .expect_err("a bad schema");
    assert_eq!(error.kind(), ErrorKind::Schema);
    let problems: Vec<_> = error.problems().iter().map(|p| format!("{}: {}", p.path, p.message)).collect();
    assert_eq!(
        problems,
        [
            "type: must be `null`, `boolean`, `integer`, `number`, `string`, `array` or `object`, or a list of them",
            "anyOf: must be a list of at least one schema",
            "properties.a.minimum: must be a number",
            "properties.b: a schema must be an object, `true` or `false`",
            "properties[\"c d\"].required: must be a list of names",
            "allOf[0].$ref: `#/$defs/Nothing` leads to nothing in this schema",
            "$defs.D.maxLength: must be a whole number of 0 or more",
            "$defs.D.multipleOf: must be a number above 0",
        ]
    );
}

#[test]
fn references_are_followed() {
    let tree = json!({
        "$id": "https://example.org/tree.json",
        "type": "object",
        "properties": {
            "value": { "$ref": "#count" },
            "children": { "type": "array", "items": { "$ref": "#" } },
            "again": { "$ref": "tree.json#/$defs/Odd~1name%25" },
            "other": { "$ref": "/other.json" }
        },
        "required": ["value"], "additionalProperties": false,
        "$defs": {
            "Count": { "$anchor": "count", "type": "integer" }, "Odd/name%": { "type": "null" },
            "Other": { "$id": "https://example.org/other.json", "$ref": "#/$defs/In", "$defs": { "In": { "type": "boolean" } } }
        }
    });
    let value =
        json!({ "value": 1, "children": [{ "value": 2 }, { "value": "x", "chidlren": [] }], "again": 1, "other": 1 });
    assert_eq!(
        problems(tree, value),
        [
            "children[1].value: expected a whole number, found the string \"x\"",
            "children[1].chidlren: is not known here; did you mean `children`?",
            "again: expected null, found the number 1",
            "other: expected true or false, found the number 1",
        ]
    );
}

#[test]
fn a_schema_that_leads_to_itself_is_refused() {
    for value in [
        json!({ "$ref": "#" }),
        json!({ "$ref": "#/$defs/a", "$defs": { "a": { "$ref": "#/$defs/b" }, "b": { "anyOf": [true, { "$ref": "#/$defs/a" }] } } }),
        json!({ "properties": { "a": { "not": { "$ref": "#/properties/a" } } } }),
    ] {
        let error = Schema::new("T", value).expect_err("a loop");
        assert_eq!(error.problems()[0].message, "refers to itself without an end");
    }
}

/// A list in a list in a list.
fn nested(levels: usize) -> Value {
    (0..levels).fold(json!(1), |inner, _| Value::Array(vec![inner]))
}

/// The drop of a `Value` calls itself for each level; this one does not.
fn take_apart(mut value: Value) {
    while let Value::Array(mut items) = value {
        value = items.pop().unwrap_or_default();
    }
}

#[test]
fn values_of_any_depth_are_safe() {
    let deep = nested(100_000);
    let pair = Value::Array(vec![nested(100_000), nested(100_000)]);
    for rule in [
        json!({ "items": { "$ref": "#" } }),
        json!({ "not": { "items": { "not": { "items": { "$ref": "#" } } } } }),
        json!({ "anyOf": [{ "items": { "$ref": "#" } }, { "items": { "$ref": "#" } }] }),
        json!({ "allOf": [{ "items": { "$ref": "#" } }, { "items": { "$ref": "#" } }] }),
        json!({ "unevaluatedItems": false, "anyOf": [{ "items": { "$ref": "#" } }] }),
    ] {
        let problems = schema(rule.clone()).validate(&deep).expect_err("too deep");
        assert_eq!(problems.len(), 1, "{rule}");
        assert_eq!(problems[0].to_string(), "`$`: is nested too deeply to be checked");
    }
    assert!(schema(json!({ "uniqueItems": true })).validate(&pair).is_err());
    assert!(schema(json!({ "const": [[1]] })).validate(&deep).is_err());
    assert!(schema(json!({ "type": "array" })).validate(&deep).is_ok());
    take_apart(deep);
    if let Value::Array(items) = pair {
        items.into_iter().for_each(take_apart);
    }

    // What the parser takes is checked in full.
    let option = json!({ "anyOf": [{ "$ref": "#/$defs/L" }, { "type": "integer" }],
                         "$defs": { "L": { "type": "array", "items": { "$ref": "#" } } } });
    assert!(schema(option).validate(&nested(127)).is_ok());
}

#[test]
fn choices_in_choices_do_not_multiply() {
    // Each level has two ways into the next, and the value fits none of them at the bottom: 2^100 ways.
    let expression = json!({ "anyOf": [
        { "type": "object", "properties": { "add": { "$ref": "#" } }, "required": ["add"] },
        { "type": "object", "properties": { "add": { "$ref": "#" }, "more": true }, "required": ["add"] },
        { "type": "integer" }
    ] });
    let both = json!({ "allOf": [{ "properties": { "add": { "$ref": "#" } } }, { "properties": { "add": { "$ref": "#" } } }], "type": ["object", "integer"] });
    let value = (0..100).fold(json!("x"), |inner, _| json!({ "add": inner }));
    assert!(schema(expression).validate(&value).is_err());
    let problems = schema(both).validate(&value).expect_err("a string at the bottom");
    assert_eq!(problems.len(), 1);
}

#[test]
fn a_list_of_wrong_items_is_told_by_its_first() {
    let problems =
        schema(json!({ "items": { "type": "string" } })).validate(&json!(vec![0; 100_000])).expect_err("wrong");
    assert_eq!(problems.len(), 1_000);
    assert_eq!(problems[999].path, "$[999]");
}
