//! What holds for any text.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::*;
use crate::json::raw::Mistakes;

/// Pieces that mean something to the parser, and some that do not.
const PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "\"",
    "'",
    "`",
    "```",
    "~~~",
    "\"\"\"",
    "“",
    "”",
    "‘",
    "’",
    ",",
    ":",
    "=",
    "=>",
    ";",
    "\n",
    " ",
    "\\",
    "\\\"",
    "\\n",
    "\\u00e9",
    "\\ud83d",
    "\\ude00",
    "\\x",
    "//",
    "/*",
    "*/",
    "#",
    "...",
    "json",
    "a",
    "key",
    "\"key\": ",
    "key: ",
    "some words",
    "1",
    "-2,000.5",
    "true",
    "None",
    "NaN",
    "é",
    "漢",
    "😀",
    "\u{feff}",
    "\r\n",
    "  ",
    "\t",
    "{\"a\": ",
    "[1, ",
    "\", \"",
    "\"}",
    "\"]",
    "},",
    "http://x.y",
    "it's",
    "a \"b\" c",
];

fn text() -> impl Strategy<Value = String> {
    vec(select(PIECES), 0..60).prop_map(|pieces| pieces.concat())
}

fn json_value() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        "\\PC{0,12}".prop_map(Json::from),
        vec(select(PIECES), 0..6).prop_map(|pieces| Json::from(pieces.concat())),
    ];
    let key = prop_oneof!["[a-z]{0,6}", "\\PC{0,6}", vec(select(PIECES), 0..4).prop_map(|pieces| pieces.concat())];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Json::from),
            vec((key.clone(), inner), 0..6).prop_map(|entries| Json::Object(entries.into_iter().collect())),
        ]
    })
}

/// Pushes `text` cut at the given places.
fn pushed(text: &str, cuts: &[Index]) -> Found {
    let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(text.len() + 1)).collect();
    places.sort_unstable();
    let mut push = Push::default();
    let mut start = 0;
    for place in places {
        if place > start && text.is_char_boundary(place) {
            push.push(&text[start..place]);
            start = place;
        }
    }
    push.push(&text[start..]);
    push.finish()
}

/// Whether `later` is what `earlier` may grow into.
fn grows(earlier: &Raw, later: &Raw) -> bool {
    if earlier.closed {
        return earlier == later;
    }
    match (&earlier.kind, &later.kind) {
        (RawKind::Bare(a), RawKind::Bare(b)) => b.starts_with(a.trim_end()),
        (RawKind::Quoted(a), RawKind::Quoted(b)) => {
            earlier.mistakes.has(Mistakes::CODE_BLOCK) || b.starts_with(a.as_str())
        }
        (RawKind::List(a), RawKind::List(b)) => a.len() <= b.len() && a.iter().zip(b).all(|(a, b)| grows(a, b)),
        (RawKind::Object(a), RawKind::Object(b)) => {
            a.len() <= b.len() && a.iter().zip(b).all(|(a, b)| a.key == b.key && grows(&a.value, &b.value))
        }
        // Braces without a `:` turn out to be a list.
        (RawKind::Object(_), RawKind::List(_)) => later.mistakes.has(Mistakes::BRACES_OF_LIST),
        _ => false,
    }
}

fn touched(run: impl FnOnce()) -> usize {
    let before = TOUCHED.with(Cell::get);
    run();
    TOUCHED.with(Cell::get) - before
}

fn by_chars(text: &str) -> Push {
    let mut push = Push::default();
    let mut buffer = [0; 4];
    for c in text.chars() {
        push.push(c.encode_utf8(&mut buffer));
    }
    push
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pieces_make_no_difference(text in text(), cuts in vec(any::<Index>(), 0..20)) {
        let whole = pass(&text, 0);
        prop_assert_eq!(&pushed(&text, &cuts), &whole, "in some pieces");
        prop_assert_eq!(&by_chars(&text).finish(), &whole, "by characters");
    }

    #[test]
    fn pieces_of_valid_json_make_no_difference(value in json_value(), cuts in vec(any::<Index>(), 0..20)) {
        let text = format!("So:\n```json\n{value:#}\n```\n");
        prop_assert_eq!(pushed(&text, &cuts), pass(&text, 0));
    }

    #[test]
    fn closed_nodes_never_change(text in text()) {
        let mut push = Push::default();
        let mut earlier: Vec<Raw> = Vec::new();
        let mut buffer = [0; 4];
        for c in text.chars() {
            push.push(c.encode_utf8(&mut buffer));
            let now: Vec<Raw> = push.values().iter().map(|value| value.raw.clone()).collect();
            prop_assert!(earlier.len() <= now.len());
            for (a, b) in earlier.iter().zip(&now) {
                prop_assert!(grows(a, b), "{:?}\n{:?}", a, b);
            }
            earlier = now;
        }
    }

    #[test]
    fn valid_json_is_taken_as_it_is(value in json_value(), pretty in any::<bool>()) {
        let value = if value.is_object() || value.is_array() { value } else { json!([value]) };
        let text = if pretty { format!("{value:#}") } else { value.to_string() };
        let found = parse(&text);
        prop_assert_eq!(found.values.len(), 1, "{}", text);
        prop_assert!(found.values[0].raw.is_exact(), "{} {:?}", text, found);
        prop_assert_eq!(plain(&found.values[0].raw), serde_json::from_str::<Json>(&text).expect("it is JSON"));
        prop_assert_eq!(found.values[0].raw.span.of(&text), text.as_str());
    }

    #[test]
    fn bytes_of_any_sort_are_survived(bytes in vec(any::<u8>(), 0..400)) {
        let text = String::from_utf8_lossy(&bytes);
        prop_assert_eq!(by_chars(&text).finish(), pass(&text, 0));
    }

    #[test]
    fn spans_are_in_order_and_in_the_text(text in text()) {
        fn check(raw: &Raw, text: &str) -> bool {
            let inside = |child: &Raw| {
                raw.span.start <= child.span.start && child.span.end <= raw.span.end && check(child, text)
            };
            text.get(std::ops::Range::<usize>::from(raw.span)).is_some()
                && match &raw.kind {
                    RawKind::Bare(_) | RawKind::Quoted(_) => true,
                    RawKind::List(items) => items.iter().all(inside),
                    RawKind::Object(entries) => entries.iter().all(|entry| inside(&entry.value)),
                }
        }
        for value in parse(&text).values {
            prop_assert!(check(&value.raw, &text), "{:?}", value);
        }
    }
}

/// Texts that have nothing but trouble in them.
fn floods(len: usize) -> Vec<String> {
    let units = [
        "[",
        "{",
        "\"",
        "'",
        "`",
        "~",
        "```\n",
        "{\"a\":",
        "{\"a\":[",
        "(",
        "\\",
        "\\u",
        "{\"",
        "[\"",
        "\n",
        " ",
        ",",
        ":",
        "{a:",
        "{}",
        "[]",
        "{\"a\":1}",
        "```json\n{\"a\":1}\n```\n",
        "“",
        "/*",
        "//",
        "#",
        "...",
    ];
    let heads = [
        "",
        "{\"a\": \"",
        "{\"a\": ",
        "[\"",
        "[",
        "{a: b ",
        "{\"a\": \"x\"",
        "[\"x\",",
        "{\"a\": ```\n",
        "{\"a\": \"\"\"",
        "{\"a\": \"\\",
    ];
    let inner = [
        "\",",
        "\" ,\n",
        "\", \"",
        "a,\n",
        "\n \"k",
        "\n  ",
        "a\n",
        "\"}",
        "\"{\"a\":",
        ", k",
        "\" \" ",
        "},",
        "]",
        "it's \"x\", ",
    ];
    let mut out: Vec<String> = units.iter().map(|unit| unit.repeat(len / unit.len())).collect();
    for head in heads {
        for unit in units.iter().chain(&inner) {
            out.push(format!("{head}{}", unit.repeat(len / unit.len())));
        }
    }
    out
}

#[test]
fn work_grows_with_the_length_and_no_faster() {
    for (short, long) in floods(1_000).into_iter().zip(floods(8_000)) {
        let one = touched(|| drop(parse(&short)));
        let eight = touched(|| drop(parse(&long)));
        assert!(eight <= one * 10 + long.len() * 8, "{:?}: {one} {eight}", &short[..40]);
        let one = touched(|| drop(by_chars(&short).finish()));
        let eight = touched(|| drop(by_chars(&long).finish()));
        assert!(eight <= one * 10 + long.len() * 8, "by characters {:?}: {one} {eight}", &short[..40]);
    }
}

#[test]
fn few_bytes_wait_for_a_look_ahead() {
    for text in floods(8_000) {
        let mut push = Push::default();
        let mut buffer = [0; 4];
        for c in text.chars() {
            push.push(c.encode_utf8(&mut buffer));
            assert!(push.waits() < 4_000, "{:?}", &text[..40]);
        }
    }
}

#[test]
fn deep_nesting_stops_the_parser() {
    for unit in ["[", "{\"a\":", "{a: [", "[{\"a\":", "{'a':{"] {
        let found = parse(&unit.repeat(100_000));
        assert!(found.too_deep, "{unit}");
        assert!(found.values[0].raw.mistakes.has(Mistakes::TOO_DEEP));
    }
    let found = parse(&format!("{}{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH)));
    assert!(!found.too_deep && found.values[0].raw.is_exact());
}
