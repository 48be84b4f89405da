//! Servers that do not keep to HTTP, and none at all.

use std::io::{Read, Write};
use std::net::TcpListener;

use codex_ai::ErrorKind;

use crate::{LIMITS, VENDORS, call, visible};

/// A server that reads a request and answers with these bytes, as often as it is asked.
fn raw_server(answer: Vec<u8>) -> (u16, impl FnOnce()) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let stopped = stop.clone();
    let thread = std::thread::spawn(move || {
        for socket in listener.incoming() {
            if stopped.load(std::sync::atomic::Ordering::Relaxed) {
                return;
            }
            let mut socket = socket.unwrap();
            let mut buffer = [0; 8 << 10];
            let _ = socket.read(&mut buffer);
            let _ = socket.write_all(&answer);
        }
    });
    let end = move || {
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        drop(std::net::TcpStream::connect(address));
        thread.join().unwrap();
    };
    (address.port(), end)
}

#[tokio::test]
async fn what_is_no_http_is_a_connection_that_failed() {
    let endless_header = [b"HTTP/1.1 200 OK\r\nx-a: ".to_vec(), vec![b'a'; 4 << 20]].concat();
    let answers = [
        Vec::new(),
        b"SSH-2.0-OpenSSH_10.0\r\n".to_vec(),
        b"\x15\x03\x01\x00\x02\x02\x50".to_vec(),
        b"HTTP/1.1 200 OK\r\nContent-Len".to_vec(),
        b"HTTP/1.1 9999 What\r\n\r\n".to_vec(),
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n".to_vec(),
        endless_header,
    ];
    for answer in answers {
        let start = String::from_utf8_lossy(&answer[..answer.len().min(40)]).into_owned();
        let (port, end) = raw_server(answer);
        let origin = format!("http://127.0.0.1:{port}");
        for vendor in VENDORS {
            let provider = (vendor.make)(&format!("{origin}/v1"), &origin, LIMITS);
            for streamed in [false, true] {
                let error = call(&*provider, streamed).await.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Connect, "{} {start:?}: {error:?}", vendor.name);
                assert!(!visible(&error).contains("127.0.0.1"), "{error:?}");
            }
        }
        end();
    }
}

#[tokio::test]
async fn a_body_that_is_no_chunk_or_too_long_is_an_error() {
    let answers: [&[u8]; 3] = [
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\ndata: {}\n\n\r\n",
    ];
    for answer in answers {
        let (port, end) = raw_server(answer.to_vec());
        let origin = format!("http://127.0.0.1:{port}");
        for vendor in VENDORS {
            let provider = (vendor.make)(&format!("{origin}/v1"), &origin, LIMITS);
            for streamed in [false, true] {
                let error = call(&*provider, streamed).await.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Incomplete, "{}: {error:?}", vendor.name);
            }
        }
        end();
    }
}

#[tokio::test]
async fn nobody_there_is_told_at_once() {
    for vendor in VENDORS {
        let provider = (vendor.make)("http://127.0.0.1:9/v1", "http://127.0.0.1:9", LIMITS);
        for streamed in [false, true] {
            let error = call(&*provider, streamed).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Connect, "{}: {error:?}", vendor.name);
            assert!(!visible(&error).contains("canary") && !visible(&error).contains("http:"), "{error:?}");
        }
    }
}
