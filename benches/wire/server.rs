//! A server on loopback that knows one answer. It speaks just enough HTTP for that, so that it costs little.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Barrier;

static WAITING: AtomicUsize = AtomicUsize::new(0);

/// How many requests have come and wait for others.
pub fn waiting() -> usize {
    WAITING.load(Ordering::SeqCst)
}

/// Starts a server on a thread of its own, for the rest of the process, and gives its base URL. With `together` it
/// answers only when so many requests wait at the same time.
pub fn start(answer: Vec<u8>, together: usize) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let url = format!("http://{}/v1", listener.local_addr().expect("it is bound"));
    listener.set_nonblocking(true).expect("a socket can be set so");
    let answer: Arc<[u8]> = answer.into();
    let gate = Arc::new(Barrier::new(together.max(1)));
    let server = thread::Builder::new().name("server".to_owned());
    let run = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().expect("a runtime");
        runtime.block_on(async move {
            let listener = tokio::net::TcpListener::from_std(listener).expect("a runtime with I/O");
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(serve(socket, Arc::clone(&answer), Arc::clone(&gate)));
            }
        });
    };
    server.spawn(run).expect("a thread");
    url
}

async fn serve(mut socket: TcpStream, answer: Arc<[u8]>, gate: Arc<Barrier>) {
    socket.set_nodelay(true).expect("a socket can be set so");
    let mut request = vec![0; 16 << 10];
    let mut filled = 0;
    loop {
        match request_length(&request[..filled]) {
            Some(length) if length <= filled => {
                request.copy_within(length..filled, 0);
                filled -= length;
                WAITING.fetch_add(1, Ordering::SeqCst);
                gate.wait().await;
                WAITING.fetch_sub(1, Ordering::SeqCst);
                if socket.write_all(&answer).await.is_err() {
                    return;
                }
            }
            _ => match socket.read(&mut request[filled..]).await {
                Ok(0) | Err(_) => return,
                Ok(read) => filled += read,
            },
        }
    }
}

/// The length of the first request, head and body, when its head is there.
fn request_length(bytes: &[u8]) -> Option<usize> {
    const LENGTH: &[u8] = b"content-length: ";
    let head = memchr::memmem::find(bytes, b"\r\n\r\n")? + 4;
    let digits = &bytes[memchr::memmem::find(&bytes[..head], LENGTH)? + LENGTH.len()..head];
    let length =
        digits.iter().take_while(|byte| byte.is_ascii_digit()).fold(0, |n, digit| n * 10 + usize::from(digit - b'0'));
    Some(head + length)
}

/// A whole answer in JSON.
pub fn json(body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-request-id: req_0123456789abcdef\r\n\
         openai-processing-ms: 312\r\ndate: Sat, 21 Nov 2026 10:00:00 GMT\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// A streamed answer: each event in a chunk of its own, as vendors send them.
pub fn events(events: &[String]) -> Vec<u8> {
    let mut answer = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n\
        x-request-id: req_0123456789abcdef\r\ndate: Sat, 21 Nov 2026 10:00:00 GMT\r\ntransfer-encoding: chunked\r\n\r\n"
        .to_vec();
    for event in events {
        answer.extend_from_slice(format!("{:x}\r\n{event}\r\n", event.len()).as_bytes());
    }
    answer.extend_from_slice(b"0\r\n\r\n");
    answer
}
