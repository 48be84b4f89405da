//! What the client takes for a message, and where it finds its ids, beside what `serde_json` says of the same bytes.

use std::borrow::Cow;

use codex_ai::app_server::{ClientOptions, ThreadOptions};
use proptest::prelude::*;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::peer::Peer;

/// The members that are looked at, each as it is written, `null` included.
#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow, default, deserialize_with = "raw")]
    method: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "raw")]
    id: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "raw")]
    params: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "raw")]
    result: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "raw")]
    error: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "emittedAtMs", deserialize_with = "raw")]
    emitted_at_ms: Option<&'a RawValue>,
}

fn raw<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

#[derive(Debug, Clone, PartialEq)]
struct Told {
    method: String,
    params: String,
    emitted_at_ms: Option<u64>,
    turn: Option<String>,
    thread: Option<String>,
}

#[derive(Debug, PartialEq)]
enum Message {
    Unreadable,
    Notification(Told),
    /// A request or an answer.
    Other,
}

/// What a line is.
fn message(line: &[u8]) -> Message {
    // A struct is also read from a list of its members.
    let object = line.trim_ascii_start().starts_with(b"{");
    let read = std::str::from_utf8(line).ok().and_then(|line| serde_json::from_str::<Line<'_>>(line).ok());
    let Some(line) = read.filter(|_| object) else { return Message::Unreadable };
    let method = match line.method.map(|method| serde_json::from_str::<Cow<'_, str>>(method.get())) {
        None => None,
        Some(Ok(method)) => Some(method),
        Some(Err(_)) => return Message::Unreadable,
    };
    let number = line.id.map(|id| id.get().parse::<i64>());
    let text = line.id.is_some_and(|id| id.get().starts_with('"'));
    let id = line.id.filter(|id| id.get() != "null");
    if id.is_some() && !text && !matches!(number, Some(Ok(_))) {
        return Message::Unreadable;
    }
    let answers = line.result.is_some() || line.error.is_some_and(|error| error.get() != "null");
    match (method, id) {
        (Some(method), None) => {
            let params = line.params.map_or("{}", RawValue::get);
            let value: Value = serde_json::from_str(params).expect("left out otherwise");
            let at = |top: &str, nested: &str| {
                value[top].as_str().or_else(|| value[nested]["id"].as_str()).map(str::to_owned)
            };
            Message::Notification(Told {
                method: method.into_owned(),
                params: params.to_owned(),
                emitted_at_ms: line.emitted_at_ms.and_then(|at| at.get().parse().ok()),
                turn: at("turnId", "turn"),
                thread: at("threadId", "thread"),
            })
        }
        (Some(_), Some(_)) => Message::Other,
        (None, Some(_)) if matches!(number, Some(Ok(0..))) && answers => Message::Other,
        _ => Message::Unreadable,
    }
}

/// JSON as anybody may write it: with spaces, escapes that need not be, names twice.
fn value() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just(String::from("null")),
        Just(String::from("true")),
        Just(String::from("\"t1\"")),
        Just(String::from("\"u1\"")),
        Just(String::from(r#""u\u0031""#)),
        any::<i64>().prop_map(|number| number.to_string()),
        "-?(0|[1-9][0-9]{0,3})(\\.[0-9]{1,3})?([eE][+-]?[0-9]{1,2})?",
        ".{0,12}".prop_map(|text| json!(text).to_string()),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        let name = prop_oneof![
            Just("turnId"),
            Just("threadId"),
            Just("turn"),
            Just("thread"),
            Just("id"),
            Just("delta"),
            Just(r"turn\u0049d"),
            Just(r"\n"),
            Just(""),
        ];
        let space = || prop_oneof![4 => Just(""), 1 => Just(" "), 1 => Just("\t \r")];
        let list = proptest::collection::vec((space(), inner.clone(), space()), 0..4).prop_map(|items| {
            let items: Vec<_> = items.iter().map(|(before, item, after)| format!("{before}{item}{after}")).collect();
            format!("[{}]", items.join(","))
        });
        let members = proptest::collection::vec((space(), name, space(), inner), 0..5);
        let object = members.prop_map(|members| {
            let of = |(a, name, b, value): &(&str, &str, &str, String)| format!("{a}\"{name}\"{b}:{b}{value}{a}");
            let members: Vec<_> = members.iter().map(of).collect();
            format!("{{{}}}", members.join(","))
        });
        prop_oneof![1 => list, 3 => object]
    })
}

/// A line that is a message, or nearly one.
fn line() -> impl Strategy<Value = Vec<u8>> {
    let member = prop_oneof![
        4 => value().prop_map(|value| format!("\"params\":{value}")),
        2 => Just(String::from("\"emittedAtMs\" : 7")),
        1 => value().prop_map(|value| format!("\"emittedAtMs\":{value}")),
        1 => value().prop_map(|value| format!("\"id\":{value}")),
        1 => value().prop_map(|value| format!("\"result\":{value}")),
        1 => value().prop_map(|value| format!("\"error\": {value}")),
        1 => value().prop_map(|value| format!(" \"trace\":{value} ")),
        1 => Just(String::from(r#""m\u0065thod":"x/z""#)),
    ];
    let members = proptest::collection::vec(member, 0..4);
    let changes = proptest::collection::vec(
        (
            any::<proptest::sample::Index>(),
            0..3,
            proptest::sample::select(&b"{}[]\",:\\ 01.-+eEutn\x01\xc3\xa4\xff"[..]),
        ),
        0..3,
    );
    (members, any::<proptest::sample::Index>(), any::<bool>(), changes, any::<bool>()).prop_map(
        |(mut members, at, method, changes, changed)| {
            if method {
                members.insert(at.index(members.len() + 1), String::from("\"method\":\"x/y\""));
            }
            let mut line = format!("{{{}}}", members.join(",")).into_bytes();
            for (at, how, byte) in changes.into_iter().filter(|_| changed) {
                let at = at.index(line.len());
                match how {
                    0 => line[at] = byte,
                    1 => line.insert(at, byte),
                    _ if line.len() > 1 => drop(line.remove(at)),
                    _ => {}
                }
            }
            line
        },
    )
}

/// Lines on which the two are known to differ: half of a character in escapes, and a number that no float holds. The
/// client does not look into either where it only passes them on.
fn undecided(line: &[u8]) -> bool {
    let surrogate = line.windows(3).any(|three| three.eq_ignore_ascii_case(b"\\ud"));
    let passed: bool = serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok();
    surrogate || passed && serde_json::from_slice::<Value>(line).is_err()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, ..ProptestConfig::default() })]

    #[test]
    fn a_line_is_the_message_that_serde_json_says(line in line(), cut in any::<proptest::sample::Index>()) {
        prop_assume!(!undecided(&line) && !line.trim_ascii().is_empty());
        let expected = message(&line);
        let told = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
            let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
            let (thread, ()) = tokio::join!(client.start_thread(ThreadOptions::new()), peer.start_thread("t1"));
            let thread = thread.unwrap();
            let (mut of_thread, mut of_client) = (thread.events(), client.events());
            let (head, tail) = line.split_at(cut.index(line.len()));
            peer.send_raw(head).await;
            tokio::task::yield_now().await;
            peer.send_raw(tail).await;
            peer.send_raw(b"\n").await;
            peer.notify("end/of-thread", json!({ "threadId": "t1" })).await;
            let mut events = Vec::new();
            for stream in [&mut of_thread, &mut of_client] {
                while let Some(event) = stream.next().await {
                    let event = event.unwrap();
                    if event.method() == "end/of-thread" {
                        break;
                    }
                    events.push(event);
                }
            }
            let counts = client.counts();
            let mut joined = thread.join("u1");
            // What the turn had is there for who joins it, and it is over by this.
            peer.complete("t2", "u1", "completed").await;
            while let Some(event) = joined.next().await {
                events.push(event.unwrap());
            }
            (counts, events)
        });
        let (counts, events) = told;
        let unreadable = expected == Message::Unreadable;
        prop_assert_eq!(counts.unreadable_lines, u64::from(unreadable), "{:?}", expected);
        let mut seen: Vec<_> = events.iter().filter(|event| event.method() != "turn/completed").collect();
        let Message::Notification(told) = expected else {
            seen.retain(|event| event.method() != "codex-ai/unreadable");
            prop_assert!(seen.is_empty(), "{:?}", seen);
            return Ok(());
        };
        prop_assert_eq!(counts.open_turns, usize::from(told.turn.is_some()));
        // Once for its thread, once for its turn, or else for the client.
        let places = usize::from(told.thread.as_deref() == Some("t1"))
            + usize::from(told.turn.as_deref().is_none_or(|turn| turn == "u1"));
        prop_assert_eq!(seen.len(), places, "{:?}", told);
        for event in seen {
            let found = Told {
                method: event.method().to_owned(),
                params: event.params().to_owned(),
                emitted_at_ms: event.emitted_at_ms(),
                turn: event.turn_id().map(Cow::into_owned),
                thread: event.thread_id().map(Cow::into_owned),
            };
            prop_assert_eq!(&found, &told);
        }
    }
}
