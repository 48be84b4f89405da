//! The parser of server-sent events: any bytes, in any pieces, against a reference by the rules of the standard.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use codex_ai::ErrorKind;
use codex_ai::transport::{DEFAULT_EVENT_LIMIT, SseParser};
use proptest::prelude::*;

/// The events of a text, name and data, and the lines that are no fields.
type Events = (Vec<(String, String)>, Vec<String>);

/// Reads a text that comes in these pieces.
fn parse<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Events {
    let mut parser = SseParser::new(DEFAULT_EVENT_LIMIT);
    let mut events = Vec::new();
    let mut take = |parser: &mut SseParser| {
        while let Some(event) = parser.next().unwrap() {
            events.push((event.name.to_owned(), event.data.to_owned()));
        }
    };
    for piece in pieces {
        parser.push(piece);
        take(&mut parser);
    }
    parser.end();
    take(&mut parser);
    let stray = String::from_utf8(parser.stray().to_vec()).unwrap();
    (events, stray.lines().map(str::to_owned).collect())
}

fn whole(text: &str) -> Events {
    parse([text.as_bytes()])
}

/// The same by the rules of WHATWG HTML, 9.2.6, word for word and slow. The end of the text ends the last event.
fn reference(text: &str) -> Events {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = format!("{text}\n\n").replace("\r\n", "\n").replace('\r', "\n");
    let (mut events, mut stray) = (Vec::new(), Vec::new());
    let (mut name, mut data) = (String::new(), String::new());
    for line in text.split('\n') {
        if line.is_empty() {
            if let Some(data) = data.strip_suffix('\n') {
                events.push((name.clone(), data.to_owned()));
            }
            name.clear();
            data.clear();
            continue;
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => name = value.to_owned(),
            "data" => {
                data.push_str(value);
                data.push('\n');
            }
            "" | "id" | "retry" => {}
            _ => stray.push(line.to_owned()),
        }
    }
    (events, stray)
}

/// Texts made of what matters to the parser.
fn texts() -> impl Strategy<Value = String> {
    let tokens = vec![
        "data: ",
        "data:",
        "data",
        "event: ",
        "event",
        "id: 1",
        "retry: 5",
        ": comment",
        ":",
        "\n",
        "\n",
        "\r\n",
        "\r",
        "\n\n",
        "\r\n\r\n",
        "x",
        "é",
        "漢",
        "😀",
        "[DONE]",
        " ",
        "  ",
        "\u{feff}",
        "{\"error\":1}",
        "other: y",
        "\0",
        "\t",
    ];
    let token = prop_oneof![10 => proptest::sample::select(tokens).prop_map(str::to_owned), 1 => any::<String>()];
    proptest::collection::vec(token, 0..40).prop_map(|tokens| tokens.concat())
}

proptest! {
    #[test]
    fn any_pieces_of_any_text_give_what_the_standard_says(text in texts(), sizes in proptest::collection::vec(1_usize..9, 1..9)) {
        let expected = reference(&text);
        prop_assert_eq!(&whole(&text), &expected);
        let mut rest = text.as_bytes();
        let pieces = sizes.iter().cycle().map_while(|size| {
            let (piece, after) = rest.split_at((*size).min(rest.len()));
            rest = after;
            (!piece.is_empty()).then_some(piece)
        });
        prop_assert_eq!(&parse(pieces), &expected);
        prop_assert_eq!(&parse(text.as_bytes().chunks(1)), &expected);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), size in 1_usize..20) {
        let mut parser = SseParser::new(64);
        'all: for piece in bytes.chunks(size) {
            parser.push(piece);
            while let Some(event) = match parser.next() { Ok(event) => event, Err(_) => break 'all } {
                prop_assert!(event.data.len() <= 64);
            }
        }
    }
}

fn events(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(name, data)| ((*name).to_owned(), (*data).to_owned())).collect()
}

#[test]
fn each_rule_by_itself() {
    for (text, expected) in [
        ("data: a\n\n", &[("", "a")][..]),
        ("data:a\r\n\r\n", &[("", "a")]),
        ("data:  a\r\r", &[("", " a")]),
        ("event: x\ndata: a\n\ndata: b\n\n", &[("x", "a"), ("", "b")]),
        ("data: a\ndata\ndata: b\n\n", &[("", "a\n\nb")]),
        ("data\n\ndata:\n\n", &[("", ""), ("", "")]),
        ("event: x\n\ndata: a\n\n", &[("", "a")]),
        (": ping\n\n: ping\n\ndata: a\n\n", &[("", "a")]),
        ("\u{feff}data: a\n\n\u{feff}data: b\n\n", &[("", "a")]),
        ("id: 7\nretry: 10\ndata: a\n\n", &[("", "a")]),
        ("data: a: b\n\n", &[("", "a: b")]),
        ("data: a", &[("", "a")]),
        ("data: [DONE]\n\n", &[("", "[DONE]")]),
        ("", &[]),
    ] {
        assert_eq!(whole(text).0, events(expected), "{text:?}");
    }
}

#[test]
fn an_event_is_there_with_its_blank_line_and_not_later() {
    for line_end in ["\n", "\r\n", "\r"] {
        let mut parser = SseParser::new(1_000);
        parser.push(format!("data: a{line_end}").as_bytes());
        assert_eq!(parser.next().unwrap(), None);
        parser.push(line_end.as_bytes());
        assert_eq!(parser.next().unwrap().unwrap().data, "a", "{line_end:?}");
        assert_eq!(parser.next().unwrap(), None);
    }
}

#[test]
fn lines_that_are_no_fields_are_kept_up_to_a_limit() {
    let (events, stray) = whole("{\"error\": {\"message\": \"no\"}}\n\ndata: a\n\n");
    assert_eq!((events.len(), stray), (1, vec!["{\"error\": {\"message\": \"no\"}}".to_owned()]));
    let mut parser = SseParser::new(DEFAULT_EVENT_LIMIT);
    for _ in 0..100 {
        parser.push(format!("{}\n\n", "x".repeat(10_000)).as_bytes());
        assert_eq!(parser.next().unwrap(), None);
    }
    assert_eq!(parser.stray().len(), 64 << 10);
}

#[test]
fn what_is_not_utf_8_is_an_error() {
    let mut parser = SseParser::new(1_000);
    parser.push(b"data: \xff\n\n");
    assert_eq!(parser.next().unwrap_err().kind(), ErrorKind::Protocol);
}

#[test]
fn an_event_beyond_the_limit_is_an_error_before_it_is_held() {
    // Exactly the limit: `data: `, the text and the end of the line.
    for (text, fits) in [(10 - 7, true), (10 - 6, false)] {
        let mut parser = SseParser::new(10);
        parser.push(format!("data: {}\n\n", "x".repeat(text)).as_bytes());
        assert_eq!(parser.next().is_ok(), fits);
    }
    // Many short lines are one event as well.
    let mut parser = SseParser::new(1_000);
    parser.push("data: x\n".repeat(1_000).as_bytes());
    assert_eq!(parser.next().unwrap_err().kind(), ErrorKind::TooLarge);
    // The limit is for one event, not for all of them.
    parser = SseParser::new(10);
    parser.push("data: x\n\n".repeat(1_000).as_bytes());
    for _ in 0..1_000 {
        assert_eq!(parser.next().unwrap().unwrap().data, "x");
    }

    assert_eq!(DEFAULT_EVENT_LIMIT, 32 << 20);
    let mut parser = SseParser::new(DEFAULT_EVENT_LIMIT);
    let piece = vec![b'x'; 1 << 20];
    parser.push(b"data: ");
    let pushed = (1..).find(|_| {
        parser.push(&piece);
        parser.next().is_err()
    });
    assert_eq!(pushed, Some(32));
}

/// Whoever looks at a byte, or moves it, once for each piece would need hours for these.
#[test]
fn the_work_grows_with_the_bytes() {
    const SIZE: usize = 16 << 20;
    let text = format!("data: first\n\ndata: {}\n\n", "x".repeat(SIZE));
    let (events, _) = parse(text.as_bytes().chunks(1_400));
    assert_eq!(events.iter().map(|(_, data)| data.len()).collect::<Vec<_>>(), [5, SIZE]);

    let lines = format!("{}\n", "data: x\n".repeat(SIZE / 16));
    let (events, _) = parse(lines.as_bytes().chunks(1_400));
    assert_eq!(events[0].1.len(), SIZE / 8 - 1);

    let events = whole(&"data: x\n\n".repeat(SIZE / 16)).0;
    assert_eq!(events.len(), SIZE / 16);
}
