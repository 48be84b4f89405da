//! Scripts: each step in each format, and how a body breaks, waits or never ends.

use std::collections::HashSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use codex_ai::testing::{Step, WireServer};
use codex_ai::{Error, ErrorKind, FinishReason, Part, Reply, ToolCall, Usage};
use serde_json::Value;

use crate::FORMATS;

#[test]
fn a_script_is_told_in_the_format_that_is_asked_for() {
    let reply = || {
        let call = Part::ToolCall(ToolCall::new("call_9", "look", "{\"at\":1}"));
        Reply::new("m", vec![Part::Text("I look. ".into()), call]).with_finish_reason(FinishReason::ToolCalls)
    };
    for format in &FORMATS {
        let error = || Error::new(ErrorKind::RateLimit, "slow down").with_retry_after(Duration::from_millis(1_500));
        let steps = [
            Step::reply(reply().with_usage(Usage::new(7, 8))),
            Step::reply(reply()),
            Step::failure(error()),
            Step::failure(error()),
            Step::reply_then_error(reply(), Error::new(ErrorKind::Server, "it broke")),
            Step::error(403, "no_entry", "not you").with_header("x-more", "1"),
            Step::bytes(299, "text/x-own", "raw"),
        ];
        let server = WireServer::script(steps).unwrap();
        let mut streams = [false, true, false, true, true, false, true].into_iter();
        let mut next = || format.ask(&server, "m", streams.next().unwrap());

        let whole = next();
        assert!(whole.text().contains("call_9") && whole.text().contains("I look. "), "{}", whole.text());
        let streamed = next();
        let all = streamed.text();
        for word in ["call_9", "look", " look.", "at"] {
            assert!(all.contains(word), "{}: {all}", format.name);
        }
        for _ in 0..2 {
            let error = next();
            assert_eq!((error.status, error.header("content-type")), (429, Some("application/json")));
            assert_eq!((error.header("retry-after"), error.header("retry-after-ms")), (Some("1"), Some("1500")));
            assert!(error.json().pointer(format.error).is_some(), "{}", error.text());
        }
        let broken = next();
        assert!(broken.status == 200 && broken.is_whole, "{}", format.name);
        let last = broken.events().pop().unwrap().1;
        assert!(last.contains("it broke"), "{}: {last}", format.name);
        let error = next();
        assert_eq!((error.status, error.header("x-more")), (403, Some("1")));
        assert!(error.text().contains("not you"), "{}", error.text());
        let raw = next();
        assert_eq!((raw.status, raw.header("content-type"), raw.text().as_str()), (299, Some("text/x-own"), "raw"));
        let none = format.ask(&server, "m", false);
        assert!(none.status == 400 && none.text().contains("the script has no answer left"), "{}", none.text());
    }
}

#[test]
fn a_body_breaks_stalls_waits_and_ends_where_the_script_says() {
    let text = "one two three four five six seven eight";
    let reply = || Reply::from_text("m", text);
    for format in &FORMATS {
        let whole = |step: Step, stream| format.ask(&WireServer::script([step]).unwrap(), "m", stream);
        let full = whole(Step::reply(reply()), false);
        assert!(full.is_whole && full.header("content-length").is_some());
        let cut = whole(Step::reply(reply()).cut_after(10), false);
        assert_eq!((cut.body.as_slice(), cut.is_whole), (&full.body[..10], false));
        assert_eq!(cut.header("content-length"), full.header("content-length"));
        let half = whole(Step::reply(reply()).cut_in_half(), false);
        assert_eq!((half.body.len(), half.is_whole), (full.body.len() / 2, false));
        let split = whole(Step::reply(reply()).in_pieces_of(1), false);
        assert_eq!((split.text(), split.is_whole), (full.text(), true));
        let open = whole(Step::reply(reply()).without_end(), false);
        assert_eq!((open.body.as_slice(), open.is_whole), (&full.body[..full.body.len() - 1], true));

        let stream = whole(Step::reply(reply()), true);
        let half = whole(Step::reply(reply()).cut_in_half(), true);
        assert!(!half.is_whole && half.body.len() == stream.body.len() / 2, "{}", format.name);
        let open = whole(Step::reply(reply()).without_end(), true);
        assert!(open.is_whole && open.body.len() < stream.body.len(), "{}", format.name);
        assert!(open.text().contains("eight"), "{}", format.name);
        let split = whole(Step::reply(reply()).in_pieces_of(1), true);
        assert_eq!((split.events().len(), split.is_whole), (stream.events().len(), true));
        let raw = whole(Step::invalid_utf8(), true);
        assert!(raw.is_whole && std::str::from_utf8(&raw.body).is_err());

        let begun = Instant::now();
        whole(
            Step::reply(reply()).with_first_delay(Duration::from_millis(60)).with_delay(Duration::from_millis(5)),
            true,
        );
        assert!(begun.elapsed() >= Duration::from_millis(60 + 7 * 5), "{:?}", begun.elapsed());

        // Each byte of a huge text is of the text.
        let huge = whole(Step::huge(100_000), false);
        let size = huge.json().pointer(format.text).and_then(Value::as_str).map(str::len);
        assert_eq!((size, huge.header("content-length").is_some()), (Some(100_000), true), "{}", format.name);
    }
}

#[test]
fn an_endless_answer_is_not_made_before_it_is_read() {
    for format in &FORMATS {
        for (step, stream) in [(Step::endless(), false), (Step::endless(), true), (Step::endless_events(), true)] {
            let server = WireServer::script([step]).unwrap();
            let mut socket = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
            let body = format.body("m", stream).to_string();
            let path = format.path("m", stream);
            let head =
                format!("POST {path} HTTP/1.1\r\nHost: x\r\n{}\r\nContent-Length: {}\r\n\r\n", format.key, body.len());
            socket.write_all(head.as_bytes()).unwrap();
            socket.write_all(body.as_bytes()).unwrap();
            let mut buffer = vec![0; 1 << 20];
            let mut came = 0;
            while came < 4 << 20 {
                let count = socket.read(&mut buffer).unwrap();
                assert!(count > 0, "{} ended", format.name);
                came += count;
            }
            drop(socket);
            while server.abandoned_count() == 0 {
                std::thread::yield_now();
            }
            assert!(server.bytes_sent() < 32 << 20, "{}", server.bytes_sent());
        }
    }
}

#[test]
fn an_answer_that_is_waited_for_holds_up_no_other() {
    let server = WireServer::script([Step::never(), Step::never(), Step::reply(Reply::from_text("m", "x"))]).unwrap();
    let format = &FORMATS[0];
    let waiting: Vec<_> = (1..=2)
        .map(|count| {
            let mut socket = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
            let head =
                format!("POST /v1/responses HTTP/1.1\r\nHost: x\r\n{}\r\nContent-Length: 2\r\n\r\n{{}}", format.key);
            socket.write_all(head.as_bytes()).unwrap();
            while server.request_count() < count {
                std::thread::yield_now();
            }
            socket
        })
        .collect();
    // A request counts when it comes; what it gets of the script is decided a little later.
    while server.requests().len() < 2 {
        std::thread::yield_now();
    }
    let answer = format.ask(&server, "m", false);
    assert_eq!((answer.status, server.connection_count()), (200, 3));
    let peers: HashSet<_> = server.requests().iter().map(|request| request.peer).collect();
    assert_eq!(peers.len(), 3);
    // The server's end closes what is open.
    drop(server);
    for mut socket in waiting {
        assert_eq!(socket.read(&mut [0; 16]).unwrap_or(0), 0);
    }
}
