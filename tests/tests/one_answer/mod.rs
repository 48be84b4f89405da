//! A server on loopback that gives fixed answers, byte for byte, one for each connection.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread::JoinHandle;

use serde_json::Value;

/// The server; `requests` waits until every answer was asked for.
pub(crate) struct Server {
    pub(crate) url: String,
    thread: JoinHandle<Vec<Asked>>,
}

/// A request as it came.
pub(crate) struct Asked {
    pub(crate) path: String,
    head: String,
    body: Vec<u8>,
}

impl Asked {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

impl Server {
    pub(crate) fn new(answers: impl IntoIterator<Item = String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let answers: Vec<_> = answers.into_iter().collect();
        let thread = std::thread::spawn(move || {
            let answer = |answer: String| {
                let (mut socket, _) = listener.accept().unwrap();
                let mut bytes = Vec::new();
                let asked = loop {
                    let mut buffer = [0; 4096];
                    let count = socket.read(&mut buffer).unwrap();
                    assert!(count > 0, "the request is cut off");
                    bytes.extend_from_slice(&buffer[..count]);
                    if let Some(asked) = whole(&bytes) {
                        break asked;
                    }
                };
                socket.write_all(answer.as_bytes()).unwrap();
                asked
            };
            answers.into_iter().map(answer).collect()
        });
        Self { url, thread }
    }

    pub(crate) fn requests(self) -> Vec<Asked> {
        self.thread.join().unwrap()
    }
}

fn whole(bytes: &[u8]) -> Option<Asked> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let path = head.split(' ').nth(1).unwrap().to_owned();
    let asked = Asked { path, head, body: bytes[end + 4..].to_vec() };
    let length: usize = asked.header("content-length").unwrap().parse().unwrap();
    (asked.body.len() == length).then_some(asked)
}

/// A whole answer.
pub(crate) fn answer(status: u16, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} S\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n{body}"
    )
}

/// A stream that ends with the connection.
pub(crate) fn stream(events: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n{events}")
}

/// The usual answer with this text.
pub(crate) fn says(text: &str) -> String {
    let message = serde_json::json!({ "role": "assistant", "content": text });
    let choice = serde_json::json!({ "index": 0, "message": message, "finish_reason": "stop" });
    answer(200, "", &serde_json::json!({ "id": "c1", "model": "m", "choices": [choice] }).to_string())
}
