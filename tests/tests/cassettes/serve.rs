//! A server of a few lines that says what it is told to, byte by byte.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// How the body is sent.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Framing {
    /// At once, with its length.
    Whole,
    /// In chunks that are cut at random bytes; the same seed gives the same cuts.
    Cut(u64),
}

/// What the next request is answered with.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) framing: Framing,
}

/// What was asked.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) body: Vec<u8>,
}

/// A server on loopback, for one exchange at a time.
pub(crate) struct Server {
    pub(crate) port: u16,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    next: Option<Answer>,
    asked: Option<Asked>,
}

impl Server {
    pub(crate) fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let shared = Arc::new(Mutex::new(Shared::default()));
        let of_thread = Arc::clone(&shared);
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                // A client that has what it wants may be gone before everything is written.
                let _ = exchange(connection, &of_thread);
            }
        });
        Ok(Self { port, shared })
    }

    /// Says what the next request is answered with.
    pub(crate) fn set(&self, answer: Answer) {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        (shared.next, shared.asked) = (Some(answer), None);
    }

    /// The request that came.
    pub(crate) fn asked(&self) -> Option<Asked> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner).asked.take()
    }
}

fn exchange(mut connection: TcpStream, shared: &Mutex<Shared>) -> io::Result<()> {
    connection.set_nodelay(true)?;
    connection.set_read_timeout(Some(Duration::from_secs(10)))?;
    connection.set_write_timeout(Some(Duration::from_secs(10)))?;
    let asked = read_request(&mut connection)?;
    let answer = {
        let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
        shared.asked = Some(asked);
        shared.next.take()
    };
    let Some(Answer { status, headers, body, framing }) = answer else {
        return connection.write_all(b"HTTP/1.1 500 Nothing\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    };
    let mut head = format!("HTTP/1.1 {status} Recorded\r\nconnection: close\r\n");
    for (name, value) in &headers {
        // The recording holds the body as it was before it was packed and framed.
        if !matches!(name.as_str(), "content-length" | "transfer-encoding" | "content-encoding" | "connection") {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
    }
    match framing {
        Framing::Whole => {
            head.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
            connection.write_all(head.as_bytes())?;
            connection.write_all(&body)?;
        }
        Framing::Cut(seed) => {
            head.push_str("transfer-encoding: chunked\r\n\r\n");
            connection.write_all(head.as_bytes())?;
            let mut random = Random(seed);
            let mut rest = body.as_slice();
            while !rest.is_empty() {
                let longest = if random.next().is_multiple_of(4) { 4_000 } else { 120 };
                let length = 1 + (random.next() % longest) as usize;
                let (piece, after) = rest.split_at(length.min(rest.len()));
                let mut frame = format!("{:x}\r\n", piece.len()).into_bytes();
                frame.extend_from_slice(piece);
                frame.extend_from_slice(b"\r\n");
                connection.write_all(&frame)?;
                rest = after;
            }
            connection.write_all(b"0\r\n\r\n")?;
        }
    }
    connection.flush()
}

fn read_request(connection: &mut TcpStream) -> io::Result<Asked> {
    let mut bytes = Vec::new();
    let mut piece = [0; 8_192];
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
            });
            if bytes.len() >= end + 4 + length.unwrap_or(0) {
                let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
                return Ok(Asked { path, body: bytes.split_off(end + 4) });
            }
        }
        match connection.read(&mut piece)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            length => bytes.extend_from_slice(&piece[..length]),
        }
    }
}

/// Numbers without order (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}
