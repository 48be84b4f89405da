//! What is forgiven, one sort of mistake at a time.

use super::*;

/// The only value of a text, and what was forgiven in it.
fn only(text: &str) -> (Json, Mistakes) {
    let found = parse(text);
    assert_eq!(found.values.len(), 1, "{text}: {found:?}");
    (plain(&found.values[0].raw), mistakes(&found.values[0].raw))
}

#[track_caller]
fn reads(text: &str, expected: &Json, forgiven: Mistakes) {
    assert_eq!(only(text), (expected.clone(), forgiven), "{text}");
}

#[test]
fn values_are_found_in_prose_and_in_fences() {
    assert_eq!(values(r#"{"a": [1, "b", null]}"#), [json!({"a": [1, "b", null]})]);
    assert_eq!(values("Sure:\n```json\n{\"a\": 1}\n```\nor [2]"), [json!({"a": 1}), json!([2])]);
    assert_eq!(
        values("so {\"a\": 1} and {\"b\": 2}, {\"c\": 3}."),
        [json!({"a": 1}), json!({"b": 2}), json!({"c": 3})]
    );
    assert_eq!(values("~~~\n[1]\n~~~\n````json\n[2]\n````"), [json!([1]), json!([2])]);
    assert_eq!(values("Sure: ```json {\"a\": 1}```"), [json!({"a": 1})]);
    assert_eq!(values("```json\n{\"a\": [1, 2"), [json!({"a": [1, 2]})]);
    assert_eq!(values("```json\n{\"a\": [1, 2\n```\nThat is all."), [json!({"a": [1, 2]})]);
    assert_eq!(values("{a: b} is the output."), [json!({"a": "b"})]);
    assert_eq!(values("[a, b] is the output."), [json!(["a", "b"])]);
}

#[test]
fn brackets_of_prose_are_no_values() {
    for text in [
        "Dear {name}, see [the page](https://a.b/c) and {{x}}.",
        "f(x) = {x | x > 0}",
        "- [x] done",
        "a[i] and {",
        "if (a) { b(); }",
        "an interval (1, 2] or so",
        "",
    ] {
        let strong = parse(text).values.into_iter().filter(|value| !value.weak && value.raw.len() > 0).count();
        assert_eq!(strong, 0, "{text}");
    }
    let found = parse("as in [1], the answer is {\"a\": 1}");
    assert!(found.values[0].weak && !found.values[1].weak);
}

#[test]
fn a_weak_value_without_an_end_does_not_hide_the_answer() {
    let found = parse("half open [1, 2 or so. Then: {\"a\": 1}");
    assert!(found.values.iter().any(|value| plain(&value.raw) == json!({"a": 1}) && value.raw.closed));
}

#[test]
fn fences_tell_their_parts() {
    let text = "x\n```json\n{\"a\": 1}\n```\ny\n~~~\nplain\n";
    let found = parse(text);
    let parts: Vec<_> = found.fences.iter().map(|f| (f.info.of(text), f.body.of(text), f.closed)).collect();
    assert_eq!(parts, [("json", "{\"a\": 1}\n", true), ("", "plain\n", false)]);
    assert_eq!(found.values[0].fence, Some(0));
}

#[test]
fn quotes_of_all_sorts() {
    reads("{'a': 'it''s'}", &json!({"a": "it''s"}), Mistakes::SINGLE_QUOTES | Mistakes::INNER_QUOTE);
    reads(
        "{'a': 'it's here', 'b': 'x'}",
        &json!({"a": "it's here", "b": "x"}),
        Mistakes::SINGLE_QUOTES | Mistakes::INNER_QUOTE,
    );
    reads(
        "{“a”: “b”, ‘c’: ‘it’s’}",
        &json!({"a": "b", "c": "it’s"}),
        Mistakes::TYPOGRAPHIC_QUOTES | Mistakes::INNER_QUOTE,
    );
    reads("{`a`: `b`}", &json!({"a": "b"}), Mistakes::BACK_QUOTES);
    reads("{\"a\": \"\"\"x \"y\" z\"\"\", \"b\": \"\"}", &json!({"a": "x \"y\" z", "b": ""}), Mistakes::TRIPLE_QUOTES);
    reads(r#"{\"a\": \"b \\\"c\\\" \\n\"}"#, &json!({"a": "b \"c\" \n"}), Mistakes::ESCAPED_QUOTES);
    reads(r#"{\n  \"a\": 1\n}"#, &json!({"a": 1}), Mistakes::ESCAPED_QUOTES);
}

#[test]
fn quotes_inside_quotes() {
    let inner = Mistakes::INNER_QUOTE;
    reads(r#"{"a": "say "hi" to", "b": 1}"#, &json!({"a": "say \"hi\" to", "b": 1}), inner);
    reads(r#"{"a": "say "hi", and "bye"", "b": "c"}"#, &json!({"a": "say \"hi\", and \"bye\"", "b": "c"}), inner);
    reads(r#"["a "b", and "c"", "d"]"#, &json!(["a \"b\", and \"c\"", "d"]), inner);
    reads(r#"{"a": "print("x")"}"#, &json!({"a": "print(\"x\")"}), inner);
    reads(r#"{"a": "{"b": "c", "d": 1}", "e": 2}"#, &json!({"a": "{\"b\": \"c\", \"d\": 1}", "e": 2}), inner);
    reads(r#"{"a": "5" wide", "b": 1}"#, &json!({"a": "5\" wide", "b": 1}), inner);
    reads("{\"a\": \"x\ny\"}", &json!({"a": "x\ny"}), Mistakes::RAW_CONTROL);
    reads(r#"{"a": "\d \' \u12"}"#, &json!({"a": "\\d ' \\u12"}), Mistakes::BAD_ESCAPE);
    reads(r#"{"a": "\ud83d\ude00 \ud83d"}"#, &json!({"a": "😀 \u{fffd}"}), Mistakes::BAD_ESCAPE);
}

#[test]
fn missing_quotes() {
    let bare = Mistakes::UNQUOTED_KEY | Mistakes::UNQUOTED_TEXT;
    reads("{a: b c, d: 1}", &json!({"a": "b c", "d": 1}), bare);
    reads("{a: b, c and d, e: f(g, h: i)}", &json!({"a": "b, c and d", "e": "f(g, h: i)"}), bare);
    reads("{a: one\ntwo, three.\n\nfour \"five\"\n}", &json!({"a": "one\ntwo, three.\n\nfour \"five\""}), bare);
    reads("{a: https://b.c/d?e=f#g, h: 1}", &json!({"a": "https://b.c/d?e=f#g", "h": 1}), bare);
    reads("{\"a\": -2,000.50, \"b\": 50%}", &json!({"a": "-2,000.50", "b": "50%"}), Mistakes::UNQUOTED_TEXT);
    reads("[True, None, NaN]", &json!(["True", "None", "NaN"]), Mistakes::UNQUOTED_TEXT);
    reads("{\"a\": b\", \"c\": 1}", &json!({"a": "b", "c": 1}), Mistakes::UNQUOTED_TEXT | Mistakes::INNER_QUOTE);
    reads("{spécialité: crêpes}", &json!({"spécialité": "crêpes"}), bare);
}

#[test]
fn missing_and_wrong_marks() {
    let comma = Mistakes::MISSING_COMMA;
    reads("{\"a\": 1\n\"b\": 2}", &json!({"a": 1, "b": 2}), comma);
    reads("{\"a\": \"x\" \"b\": \"y\"}", &json!({"a": "x", "b": "y"}), comma);
    reads("{a: \"x\"\n b: \"y\"}", &json!({"a": "x", "b": "y"}), comma | Mistakes::UNQUOTED_KEY);
    reads("[{\"a\": 1} {\"a\": 2}]", &json!([{"a": 1}, {"a": 2}]), comma);
    reads("[\"a\"\n\"b\" \"c\"]", &json!(["a", "b", "c"]), comma);
    reads("{\"a\" 1, \"b\" \"c\"}", &json!({"a": 1, "b": "c"}), Mistakes::MISSING_COLON);
    reads("{a = 1, b => 2}", &json!({"a": 1, "b": 2}), Mistakes::EQUALS_SIGN | Mistakes::UNQUOTED_KEY);
    reads("{\"a\": 1,}", &json!({"a": 1}), Mistakes::TRAILING_COMMA);
    reads("[1, 2,]", &json!([1, 2]), Mistakes::TRAILING_COMMA);
    reads("[1,, 2]", &json!([1, 2]), Mistakes::STRAY_COMMA);
    reads("{\"a\": , \"b\": 1}", &json!({"a": "", "b": 1}), Mistakes::MISSING_PART);
    reads("{\"a\": \"x\" oops}", &json!({"a": "x"}), comma | Mistakes::JUNK);
    reads("[1, 2, ...]", &json!([1, 2]), Mistakes::ELLIPSIS | Mistakes::TRAILING_COMMA);
}

#[test]
fn wrong_brackets() {
    reads("{\"a\": (1, 2)}", &json!({"a": [1, 2]}), Mistakes::PARENTHESES);
    reads("(\"a\", \"b\")", &json!(["a", "b"]), Mistakes::PARENTHESES);
    reads("{'a', 'b'}", &json!(["a", "b"]), Mistakes::SINGLE_QUOTES | Mistakes::BRACES_OF_LIST);
    reads("{\"a\": [\"x\"}, \"b\": 1}", &json!({"a": ["x"], "b": 1}), Mistakes::WRONG_CLOSER);
    reads("[{\"a\": \"x\"], \"b\"", &json!([{"a": "x"}]), Mistakes::WRONG_CLOSER);
    let unclosed = Mistakes::WRONG_CLOSER | Mistakes::MISSING_COMMA;
    reads("{\"a\": [1, 2 \"b\": 3}", &json!({"a": [1, 2], "b": 3}), unclosed);
    reads("{\"a\": [\"x\"\n\"b\": 3}", &json!({"a": ["x"], "b": 3}), unclosed);
    reads("{\"a\": 1]}", &json!({"a": 1}), Mistakes::EXTRA_CLOSER);
    reads("{\"a\": 1}}}", &json!({"a": 1}), Mistakes::NONE);
}

#[test]
fn comments() {
    reads("{ // one\n \"a\": 1, /* two } */ \"b\": 2 # three }\n}", &json!({"a": 1, "b": 2}), Mistakes::COMMENT);
    reads("[1 // one ]\n, \"a\" // two\n]", &json!([1, "a"]), Mistakes::COMMENT);
    reads("{\"a\": \"http://b\" // c\n}", &json!({"a": "http://b"}), Mistakes::COMMENT);
}

#[test]
fn blocks_of_code() {
    let text =
        "```json\n{\n  \"a\": ```rust main.rs\n    fn main() {\n      print(\"x\");\n    }\n```,\n  \"b\": 1,\n}\n```";
    let expected = json!({"a": "fn main() {\n  print(\"x\");\n}", "b": 1});
    reads(text, &expected, Mistakes::CODE_BLOCK | Mistakes::TRAILING_COMMA);
    reads("{\"a\": \"```\nx\n```\"}", &json!({"a": "```\nx\n```"}), Mistakes::RAW_CONTROL);
    reads("{\"a\": `f(`b`)`}", &json!({"a": "f(`b`)"}), Mistakes::BACK_QUOTES | Mistakes::INNER_QUOTE);
}

#[test]
fn json_in_quotes_is_one_text() {
    let found = parse(r#""{\"a\": [1]}""#);
    assert_eq!(plain(&found.values[0].raw), json!("{\"a\": [1]}"));
    assert!(found.values[0].raw.is_exact());
}

#[test]
fn what_the_end_of_the_text_cuts_is_not_closed() {
    for (text, expected) in [
        ("{\"a\": [1, \"b", json!({"a": [1, "b"]})),
        ("{\"a\": {\"b\":", json!({"a": {}})),
        ("{\"a\": tr", json!({"a": "tr"})),
        ("{\"a\": \"x\\", json!({"a": "x"})),
        ("{\"a\": \"x\\u00", json!({"a": "x"})),
        ("{\"a\": 1, \"b", json!({"a": 1})),
        ("{", json!({})),
    ] {
        let found = parse(text);
        assert_eq!(plain(&found.values[0].raw), expected, "{text}");
        assert!(!found.values[0].raw.closed);
    }
    assert!(parse("{\"a\": \"x\"").values[0].raw.child(0).is_some_and(|child| child.closed));
}

#[test]
fn a_stream_shows_what_has_come() {
    let mut push = Push::default();
    push.push("Here:\n```json\n{\"a\": \"He");
    assert_eq!(push.best().map(plain), Some(json!({"a": "He"})));
    push.push("llo");
    assert_eq!(push.best().map(plain), Some(json!({"a": "Hello"})));
    push.push("\"");
    push.push(",\n \"b\": [1");
    let root = push.best().expect("a value has begun");
    assert!(root.child(0).is_some_and(|child| child.closed) && !root.closed);
    assert!(root.child(1).and_then(|list| list.child(0)).is_some_and(|item| !item.closed));
    push.push("2]}\n```");
    assert_eq!(push.best().map(plain), Some(json!({"a": "Hello", "b": [12]})));
    assert!(push.finish().values[0].raw.is_exact());
}
