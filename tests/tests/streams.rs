//! Streamed answers over a raw socket: how they end, well and badly, and what becomes of the connection.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::future::poll_fn;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::task::{Context, Poll};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use codex_ai::provider::openai::OpenAi;
use codex_ai::transport::{Body, Outgoing, Response, Transport};
use codex_ai::{BoxFuture, Chunk, Error, ErrorKind, FinishReason, Message, Provider, ReplyStream, Request, Usage};
use futures_core::Stream;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue};
use serde_json::{Value, json};

/// A server whose every answer is written by hand.
struct Raw {
    url: String,
    accepted: Arc<AtomicUsize>,
}

impl Raw {
    /// `answer` writes the answer to a request, and says whether the connection is read on.
    fn new(answer: impl Fn(&mut TcpStream) -> bool + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let (accepted, answer) = (Arc::new(AtomicUsize::new(0)), Arc::new(answer));
        let count = Arc::clone(&accepted);
        thread::spawn(move || {
            for socket in listener.incoming() {
                let (mut socket, answer) = (socket.unwrap(), Arc::clone(&answer));
                count.fetch_add(1, Ordering::SeqCst);
                thread::spawn(move || while read_request(&mut socket) && answer(&mut socket) {});
            }
        });
        Self { url, accepted }
    }

    /// A server that answers everything with these bytes.
    fn always(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        Self::new(move |socket| socket.write_all(&answer).is_ok())
    }

    fn openai(&self) -> OpenAi {
        OpenAi::builder().key("sk-test-0123456789").base_url(&self.url).build().unwrap()
    }

    fn accepted(&self) -> usize {
        self.accepted.load(Ordering::SeqCst)
    }
}

/// Reads one request, head and body; `false` where the connection ends instead.
fn read_request(socket: &mut TcpStream) -> bool {
    let mut request = Vec::new();
    let mut piece = [0; 4 << 10];
    loop {
        if let Some(head) = request.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            let text = String::from_utf8_lossy(&request[..head]).to_ascii_lowercase();
            let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
            if request.len() >= head + 4 + length.unwrap_or(0) {
                return true;
            }
        }
        match socket.read(&mut piece) {
            Ok(0) | Err(_) => return false,
            Ok(read) => request.extend_from_slice(&piece[..read]),
        }
    }
}

const HEAD: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nx-request-id: req_7\r\ntransfer-encoding: chunked\r\n\r\n";
const END: &str = "0\r\n\r\n";

/// A chunk of the body.
fn chunk(text: &str) -> String {
    format!("{:x}\r\n{text}\r\n", text.len())
}

fn event(event: &Value) -> String {
    chunk(&format!("event: {}\ndata: {event}\n\n", event["type"].as_str().unwrap()))
}

fn delta(text: &str) -> String {
    event(&json!({ "type": "response.output_text.delta", "output_index": 0, "content_index": 0, "delta": text }))
}

fn completed(text: &str) -> String {
    event(&json!({ "type": "response.completed", "response": answer(text) }))
}

fn answer(text: &str) -> Value {
    json!({
        "id": "resp_1", "model": "m", "status": "completed",
        "output": [{ "type": "message", "role": "assistant", "content": [{ "type": "output_text", "text": text }] }],
        "usage": { "input_tokens": 3, "output_tokens": 4 },
    })
}

/// A whole stream of these pieces.
fn stream_of(pieces: &[&str]) -> String {
    let deltas: String = pieces.iter().map(|piece| delta(piece)).collect();
    format!("{HEAD}{deltas}{}{END}", completed(&pieces.concat()))
}

async fn open(openai: &OpenAi) -> ReplyStream {
    openai.stream(&Request::new(vec![Message::user("Hi")])).await.unwrap()
}

/// The texts that come, and the error at the end, if there is one. Nothing follows either.
async fn read(stream: &mut ReplyStream) -> (Vec<String>, Option<Error>) {
    let mut texts = Vec::new();
    let mut error = None;
    while let Some(chunk) = stream.next().await {
        assert!(error.is_none(), "nothing comes after an error");
        match chunk {
            Ok(Chunk::Text(text)) => texts.push(text),
            Ok(_) => {}
            Err(failed) => error = Some(failed),
        }
    }
    assert!(stream.next().await.is_none());
    (texts, error)
}

#[tokio::test]
async fn a_stream_gives_its_pieces_and_then_the_whole() {
    let server = Raw::always(stream_of(&["It ", "r\"a\\in\né", "s 😀."]));
    let mut stream = open(&server.openai()).await;
    assert_eq!(read(&mut stream).await.0, ["It ", "r\"a\\in\né", "s 😀."]);
    let reply = stream.finish().await.unwrap();
    assert_eq!(reply.text(), "It r\"a\\in\nés 😀.");
    assert_eq!((reply.id.as_deref(), reply.request_id.as_deref()), (Some("resp_1"), Some("req_7")));
    assert_eq!((reply.finish_reason, reply.usage), (FinishReason::Stop, Some(Usage::new(3, 4))));
}

#[tokio::test]
async fn any_pieces_of_the_bytes_give_the_same() {
    let body = stream_of(&["a", "bc", "d"]).replace(HEAD, "").replace(END, "");
    let body: String = body
        .lines()
        .filter(|line| line.is_empty() || line.contains(": "))
        .fold(String::new(), |all, line| all + line + "\n");
    for size in [1, 7, 100] {
        let chunks: String =
            body.as_bytes().chunks(size).map(|bytes| chunk(std::str::from_utf8(bytes).unwrap())).collect();
        let server = Raw::always(format!("{HEAD}{chunks}{END}"));
        let mut stream = open(&server.openai()).await;
        assert_eq!(read(&mut stream).await.0, ["a", "bc", "d"]);
        assert_eq!(stream.finish().await.unwrap().text(), "abcd");
    }
}

#[tokio::test]
async fn the_whole_may_be_asked_for_at_any_time() {
    let server = Raw::always(stream_of(&["a", "b", "c"]));
    for read_before in 0..=4 {
        let mut stream = open(&server.openai()).await;
        for _ in 0..read_before {
            stream.next().await.unwrap().unwrap();
        }
        assert_eq!(stream.finish().await.unwrap().text(), "abc");
    }
}

#[tokio::test]
async fn a_stream_that_breaks_off_is_incomplete_and_keeps_what_came() {
    let cut = format!("{HEAD}{}{}", delta("a"), delta("b"));
    // Broken between two chunks, inside one, inside an event, and ended in order but without the vendor's end.
    for rest in [String::new(), "ff\r\nevent: res".to_owned(), chunk("event: x\nda"), END.to_owned()] {
        let answer = format!("{cut}{rest}");
        let server = Raw::new(move |socket| {
            socket.write_all(answer.as_bytes()).unwrap();
            false
        });
        let mut stream = open(&server.openai()).await;
        let (texts, error) = read(&mut stream).await;
        let error = error.unwrap();
        assert_eq!(texts, ["a", "b"], "{rest:?}");
        assert_eq!((error.kind(), error.answer()), (ErrorKind::Incomplete, Some("ab")), "{rest:?}");
        assert_eq!(error.request_id(), Some("req_7"));
        assert_eq!(stream.finish().await.unwrap_err().kind(), ErrorKind::Incomplete);
    }
}

#[tokio::test]
async fn an_error_comes_after_the_pieces_before_it_and_ends_the_stream() {
    let failure = event(&json!({ "type": "error", "code": "rate_limit_exceeded", "message": "slow down" }));
    let server = Raw::always(format!("{HEAD}{}{failure}{}{}{END}", delta("a"), delta("b"), completed("ab")));
    let mut stream = open(&server.openai()).await;
    let (texts, error) = read(&mut stream).await;
    let error = error.unwrap();
    assert_eq!((texts, error.kind()), (vec!["a".to_owned()], ErrorKind::RateLimit));
    assert_eq!(error.answer(), Some("a"));

    let server = Raw::always(format!("{HEAD}{}{}{END}", delta("a"), chunk("data: {oops\n\n")));
    let (texts, error) = read(&mut open(&server.openai()).await).await;
    assert_eq!((texts, error.unwrap().kind()), (vec!["a".to_owned()], ErrorKind::Protocol));
}

#[tokio::test]
async fn an_error_told_as_plain_json_is_the_vendors() {
    let body = json!({ "error": { "message": "no more", "type": "insufficient_quota", "code": "insufficient_quota" } });
    let server = Raw::always(format!("{HEAD}{}{END}", chunk(&format!("{body}\n"))));
    let (_, error) = read(&mut open(&server.openai()).await).await;
    assert_eq!(error.unwrap().kind(), ErrorKind::Quota);
}

/// Chat Completions may end without `[DONE]`: an error without its blank line is an error all the same.
#[tokio::test]
async fn an_error_at_the_very_end_is_no_end() {
    let said = json!({ "id": "c", "model": "m", "choices": [
        { "index": 0, "delta": { "content": "a" }, "finish_reason": "stop" } ] });
    let failure = json!({ "error": { "message": "the answer was lost", "code": 502 } });
    for ending in ["\n\n", "\n", ""] {
        let body = chunk(&format!("data: {said}\n\ndata: {failure}{ending}"));
        let server = Raw::always(format!("{HEAD}{body}{END}"));
        let openai = OpenAi::builder().key("sk-test-0123456789").base_url(&server.url).chat().build().unwrap();
        let (texts, error) = read(&mut open(&openai).await).await;
        let error = error.unwrap_or_else(|| panic!("no error with {ending:?}"));
        assert_eq!((texts, error.kind()), (vec!["a".to_owned()], ErrorKind::Server), "{ending:?}");
    }
    // Half an event says nothing: the answer is there.
    let server = Raw::always(format!("{HEAD}{}{END}", chunk(&format!("data: {said}\n\ndata: {{\"usa"))));
    let openai = OpenAi::builder().key("sk-test-0123456789").base_url(&server.url).chat().build().unwrap();
    assert!(read(&mut open(&openai).await).await.1.is_none());
}

#[tokio::test]
async fn silence_is_told_after_a_while() {
    let start = format!("{HEAD}{}", delta("a"));
    let server = Raw::new(move |socket| {
        socket.write_all(start.as_bytes()).unwrap();
        true
    });
    let limit = Duration::from_millis(400);
    let openai = OpenAi::builder().key("sk-test-0123456789").base_url(&server.url).read_timeout(limit).build().unwrap();
    let mut stream = open(&openai).await;
    assert_eq!(stream.next().await.unwrap().unwrap().as_text(), Some("a"));
    let since = Instant::now();
    let error = stream.next().await.unwrap().unwrap_err();
    assert_eq!((error.kind(), error.answer()), (ErrorKind::Timeout, Some("a")));
    // The piece came at most a moment before it was read.
    assert!(since.elapsed() > limit / 2);
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn dropping_a_stream_closes_its_connection() {
    let start = format!("{HEAD}{}", delta("a"));
    let (closed, is_closed) = mpsc::channel();
    let server = Raw::new(move |socket| {
        socket.write_all(start.as_bytes()).unwrap();
        let ended = matches!(socket.read(&mut [0; 16]), Ok(0) | Err(_));
        closed.send(ended).unwrap();
        false
    });
    let openai = server.openai();
    let mut stream = open(&openai).await;
    assert_eq!(stream.next().await.unwrap().unwrap().as_text(), Some("a"));
    drop(stream);
    let ended = tokio::task::spawn_blocking(move || is_closed.recv_timeout(Duration::from_secs(20)));
    assert_eq!(ended.await.unwrap(), Ok(true));
}

#[tokio::test]
async fn a_server_that_does_not_stream_gives_its_answer_as_one_piece() {
    let body = answer("all at once").to_string();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let server = Raw::always(format!("{head}{body}"));
    let mut stream = open(&server.openai()).await;
    assert_eq!(read(&mut stream).await.0, ["all at once"]);
    let reply = stream.finish().await.unwrap();
    assert_eq!((reply.text().as_ref(), reply.raw_json()), ("all at once", answer("all at once")));
}

#[tokio::test]
async fn a_connection_is_used_again_after_a_whole_stream_alone() {
    let server = Raw::always(stream_of(&["a", "b"]));
    let openai = server.openai();
    for _ in 0..20 {
        assert_eq!(open(&openai).await.finish().await.unwrap().text(), "ab");
    }
    assert_eq!(server.accepted(), 1);

    // The rest of an answer that was left alone must not be taken for the next answer.
    let unfinished = format!("{HEAD}{}", delta("a"));
    let server = Raw::always(unfinished);
    let openai = server.openai();
    for opened in 1..=3 {
        let mut stream = open(&openai).await;
        assert_eq!(stream.next().await.unwrap().unwrap().as_text(), Some("a"));
        drop(stream);
        assert_eq!(server.accepted(), opened);
    }
}

#[tokio::test]
async fn nothing_is_lost_where_the_future_of_a_piece_is_dropped() {
    let pieces: Vec<String> = (0..200).map(|n| format!("{n} ")).collect();
    let server = Raw::new({
        let pieces = pieces.clone();
        move |socket| {
            socket.set_nodelay(true).unwrap();
            socket.write_all(HEAD.as_bytes()).unwrap();
            for piece in &pieces {
                socket.write_all(delta(piece).as_bytes()).unwrap();
            }
            socket.write_all(format!("{}{END}", completed(&pieces.concat())).as_bytes()).is_ok()
        }
    });
    let mut stream = open(&server.openai()).await;
    let mut texts = Vec::new();
    loop {
        // Asked once and dropped, again and again.
        let once = {
            let mut next = pin!(stream.next());
            poll_fn(|cx| Poll::Ready(next.as_mut().poll(cx))).await
        };
        match once {
            Poll::Ready(Some(chunk)) => texts.extend(chunk.unwrap().as_text().map(str::to_owned)),
            Poll::Ready(None) => break,
            Poll::Pending => tokio::task::yield_now().await,
        }
    }
    assert_eq!(texts, pieces);
}

#[tokio::test]
async fn nothing_counts_after_the_end_marker() {
    let failure = event(&json!({ "type": "error", "code": "rate_limit_exceeded", "message": "slow down" }));
    for rest in [format!("{failure}{END}"), format!("{}{END}", delta("b")), "no chunk at all".to_owned()] {
        let server = Raw::always(format!("{HEAD}{}{}{rest}", delta("a"), completed("a")));
        let mut stream = open(&server.openai()).await;
        let (texts, error) = read(&mut stream).await;
        assert!(error.is_none(), "{rest}: {error:?}");
        let reply = stream.finish().await.unwrap();
        assert_eq!((texts, reply.text().as_ref(), reply.attempts), (vec!["a".to_owned()], "a", 1));
        assert_eq!(
            (reply.request_id.as_deref(), reply.usage.map(|usage| usage.output_tokens)),
            (Some("req_7"), Some(4))
        );
    }
}

#[tokio::test]
async fn a_body_that_goes_on_after_the_end_marker_is_left() {
    for flood in [true, false] {
        let (told, closed) = mpsc::channel();
        let server = Raw::new(move |socket| {
            socket.write_all(format!("{HEAD}{}{}", delta("a"), completed("a")).as_bytes()).unwrap();
            while flood && socket.write_all(chunk(&": more\n".repeat(1_000)).as_bytes()).is_ok() {}
            // The end of the connection, or what there is to be read before it.
            let gone = flood || socket.read(&mut [0]).is_ok_and(|read| read == 0);
            told.send(gone).unwrap();
            false
        });
        let begin = Instant::now();
        let reply = open(&server.openai()).await.finish().await.unwrap();
        assert!(reply.text() == "a" && begin.elapsed() < Duration::from_millis(900), "nobody waits for the rest");
        let wait = move || closed.recv_timeout(Duration::from_secs(10));
        assert!(tokio::task::spawn_blocking(wait).await.unwrap().unwrap(), "{flood}");
    }
}

/// Always has a piece, with nothing in it.
struct Empty(&'static str);

impl Transport for Empty {
    fn send<'a>(&'a self, _: Outgoing<'a>) -> BoxFuture<'a, codex_ai::Result<Response>> {
        struct Pieces(Instant);
        impl Stream for Pieces {
            type Item = codex_ai::Result<Bytes>;

            fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
                // A test that never came to an end would tell nothing.
                Poll::Ready((self.0.elapsed() < Duration::from_secs(10)).then(|| Ok(Bytes::new())))
            }
        }
        let (status, kind) = self.0.split_once(' ').unwrap();
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(kind))]);
        let response = Response::new(status.parse().unwrap(), Body::stream(Pieces(Instant::now())));
        Box::pin(async move { Ok(response.with_headers(headers)) })
    }
}

#[tokio::test]
async fn pieces_with_nothing_in_them_are_silence() {
    let limit = Duration::from_millis(80);
    for (answer, stream) in
        [("200 application/json", false), ("500 text/plain", false), ("200 text/event-stream", true)]
    {
        let builder = OpenAi::builder().key("sk-test-0123456789").transport(Arc::new(Empty(answer)));
        let openai = builder.timeout(limit).read_timeout(limit).build().unwrap();
        let request = Request::new(vec![Message::user("Hi")]);
        let error = match stream {
            true => openai.stream(&request).await.unwrap().finish().await.map(drop),
            false => openai.generate(&request).await.map(drop),
        };
        assert_eq!(error.unwrap_err().kind(), ErrorKind::Timeout, "{answer}");
    }
}
