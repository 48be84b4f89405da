//! The side of the server: it writes the recorded lines, with the ids that this client uses.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, ReadHalf, WriteHalf};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

/// What the client has said, and how that fits the recording.
pub(crate) struct Peer {
    said: mpsc::UnboundedReceiver<Value>,
    /// Requests of the recording that the client has not sent yet: id, method, thread.
    awaited: VecDeque<(String, String, Option<String>)>,
    /// The client's id of each request of the recording.
    ids: BTreeMap<String, Value>,
    /// The requests of the server that the client has answered.
    answered: BTreeSet<String>,
    told: BTreeSet<String>,
}

/// Writes the server's lines.
pub(crate) struct Writer {
    out: WriteHalf<DuplexStream>,
    waiting: Vec<u8>,
    /// Where lines are cut at random bytes: what the next length is made of.
    dice: Option<u64>,
}

/// A peer at this end of a pipe.
pub(crate) fn peer(end: DuplexStream, seed: Option<u64>) -> (Peer, Writer) {
    let (reader, out) = tokio::io::split(end);
    let (say, said) = mpsc::unbounded_channel();
    tokio::spawn(listen(reader, say));
    let peer =
        Peer { said, awaited: VecDeque::new(), ids: BTreeMap::new(), answered: BTreeSet::new(), told: BTreeSet::new() };
    (peer, Writer { out, waiting: Vec::new(), dice: seed })
}

async fn listen(reader: ReadHalf<DuplexStream>, say: mpsc::UnboundedSender<Value>) {
    let mut lines = BufReader::new(reader).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let _ = say.send(serde_json::from_str(&line).unwrap_or(Value::Null));
    }
}

impl Peer {
    /// The client is about to ask this.
    pub(crate) fn expect(&mut self, id: &str, method: &str, params: &Value) {
        let thread = params.get("threadId").and_then(Value::as_str).map(str::to_owned);
        self.awaited.push_back((id.to_owned(), method.to_owned(), thread));
    }

    /// The client's id of this request, as soon as it has sent it.
    pub(crate) async fn id(&mut self, id: &str, limit: Duration) -> Option<Value> {
        self.until(limit, |peer| peer.ids.get(id).cloned()).await
    }

    /// Waits for the answer to this request of the server.
    pub(crate) async fn answer(&mut self, id: &str, limit: Duration) {
        self.until(limit, |peer| peer.answered.contains(id).then_some(())).await;
    }

    /// Waits for this notification of the client.
    pub(crate) async fn tell(&mut self, method: &str, limit: Duration) {
        self.until(limit, |peer| peer.told.contains(method).then_some(())).await;
    }

    async fn until<T>(&mut self, limit: Duration, done: impl Fn(&Self) -> Option<T>) -> Option<T> {
        let end = Instant::now() + limit;
        loop {
            if let Some(done) = done(self) {
                return Some(done);
            }
            let message = timeout_at(end, self.said.recv()).await.ok()??;
            self.take(&message);
        }
    }

    fn take(&mut self, message: &Value) {
        let id = message.get("id").filter(|id| !id.is_null());
        match (message.get("method").and_then(Value::as_str), id) {
            (Some(method), Some(id)) => {
                let thread = message.pointer("/params/threadId").and_then(Value::as_str);
                let fits = |(_, awaited, of): &(String, String, Option<String>)| {
                    awaited == method && of.as_deref().is_none_or(|of| Some(of) == thread)
                };
                // What the recording does not have is the client's own affair; nobody answers it.
                if let Some(at) = self.awaited.iter().position(fits)
                    && let Some((recorded, ..)) = self.awaited.remove(at)
                {
                    self.ids.insert(recorded, id.clone());
                }
            }
            (Some(method), None) => {
                self.told.insert(method.to_owned());
            }
            (None, Some(id)) => {
                self.answered.insert(id.to_string());
            }
            (None, None) => {}
        }
    }
}

impl Writer {
    pub(crate) fn line(&mut self, line: &str) {
        self.waiting.extend_from_slice(line.as_bytes());
        self.waiting.push(b'\n');
    }

    pub(crate) fn bytes(&mut self, bytes: &str) {
        self.waiting.extend_from_slice(bytes.as_bytes());
    }

    /// Writes what waits, at once or cut at random bytes.
    pub(crate) async fn flush(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        let mut rest = &waiting[..];
        while !rest.is_empty() {
            let (now, later) = rest.split_at(self.length().min(rest.len()));
            if self.out.write_all(now).await.is_err() {
                return;
            }
            if self.dice.is_some() {
                tokio::task::yield_now().await;
            }
            rest = later;
        }
    }

    /// How many bytes are written at once.
    fn length(&mut self) -> usize {
        let Some(dice) = &mut self.dice else { return usize::MAX };
        // Numbers that look random are enough: xorshift.
        *dice ^= *dice << 13;
        *dice ^= *dice >> 7;
        *dice ^= *dice << 17;
        let most = [4, 64, 1024][(*dice >> 32) as usize % 3];
        1 + (*dice >> 40) as usize % most
    }

    /// The server's output ends.
    pub(crate) async fn close(mut self) {
        self.flush().await;
        let _ = self.out.shutdown().await;
    }
}
