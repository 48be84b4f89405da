//! The two tasks of a connection: one reads lines and hands them out, one writes.

use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use super::super::closed::{Closed, ClosedReason};
use super::super::requests::{RequestId, Requests};
use super::ending::{End, Signals};
use super::envelope::Envelope;
use super::lines::{Found, Lines, READ};
use super::log::Lost;
use super::logins::Logins;
use super::peek::{self, Peek};
use super::queue::{self, Outgoing, WeakQueue};
use super::router::{AnswerError, Effects, Router, Unwanted};

/// What reads, until the end of the connection.
pub(crate) struct Reading<R> {
    pub(crate) reader: R,
    pub(crate) router: Arc<Router>,
    pub(crate) requests: Arc<Requests>,
    pub(crate) logins: Arc<Logins>,
    pub(crate) queue: WeakQueue,
    pub(crate) signals: Signals,
    pub(crate) max_line: usize,
    /// The task that writes; its end closes the server's input.
    pub(crate) writing: JoinHandle<()>,
    pub(crate) closed: watch::Sender<Option<Arc<Closed>>>,
    /// Turns that nobody wants.
    pub(crate) unwanted: mpsc::UnboundedSender<Unwanted>,
}

impl<R: AsyncRead + Send + Unpin + 'static> Reading<R> {
    /// Reads until the end, then tells all who wait.
    pub(crate) async fn run(mut self) {
        let End { reason, within, held } = self.read().await;
        tracing::debug!(?reason, "the connection to the app server ends");
        self.writing.abort();
        let (status, stderr) = match self.signals.process.take() {
            Some(process) => process.end(within, held).await,
            None => (None, String::new()),
        };
        self.close(Closed { reason, status, stderr });
    }

    async fn read(&mut self) -> End {
        let mut lines = Lines::new(self.max_line);
        loop {
            lines.compact();
            if self.signals.pressing()
                && let Some(end) = self.signals.next().await
            {
                return end;
            }
            let read = tokio::select! {
                // What is there is read before an end that leaves time for it.
                biased;
                read = self.reader.read_buf(&mut lines.buffer) => read,
                end = self.signals.next() => match end {
                    Some(end) => return end,
                    None => continue,
                }
            };
            match read {
                Ok(0) => {
                    let mut effects = Effects::default();
                    let rest = lines.rest();
                    self.line(&lines.buffer[rest], &mut effects);
                    wake(&mut effects);
                    return self.signals.output_closed();
                }
                Ok(_) => {}
                Err(error) => return self.signals.broken(error.to_string()),
            }
            let mut effects = Effects::default();
            while let Some(found) = lines.next() {
                match found {
                    Found::Line(line) => self.line(&lines.buffer[line], &mut effects),
                    Found::TooLong(head) => {
                        self.router.unreadable(&head, true, &mut effects);
                        self.lost(peek::head(&head), true, &mut effects);
                    }
                    Found::EndOfTooLong(head, tail) => self.lost(peek::edges(&head, &tail), true, &mut effects),
                }
            }
            for unwanted in effects.unwanted.drain(..) {
                let _ = self.unwanted.send(unwanted);
            }
            if wake(&mut effects) {
                // Whoever was woken has its turn before the next chunk.
                tokio::task::yield_now().await;
            }
            for log in effects.full.drain(..) {
                // Whoever does not read does not hold up the end.
                tokio::select! {
                    () = log.room() => {}
                    end = self.signals.stopped() => return end,
                }
            }
        }
    }

    fn line(&self, line: &[u8], effects: &mut Effects) {
        if line.trim_ascii().is_empty() {
            return;
        }
        let Some(mut message) = Envelope::read(line) else {
            self.router.unreadable(line, false, effects);
            self.lost(peek::head(line), false, effects);
            return;
        };
        let params = message.params.unwrap_or("{}");
        match (message.method.take(), message.id.take()) {
            (Some(method), None) => {
                self.router.notify(&method, &mut message, effects);
                match &*method {
                    "serverRequest/resolved" => self.requests.resolved(params),
                    "account/login/completed" => self.logins.completed(params),
                    "thread/closed" | "thread/deleted" | "thread/archived" => self.requests.thread_gone(params),
                    _ => {}
                }
                if let Some(turn) = effects.ended_turn.take() {
                    self.requests.turn_ended(&turn);
                }
            }
            (Some(method), Some(id)) => self.requests.open(&method, id, params),
            (None, Some(RequestId::Number(id))) if id >= 0 => {
                let id = id.unsigned_abs();
                match (message.result, message.error) {
                    (_, Some(error)) => drop(self.router.answer(id, Err(error), effects)),
                    (Some(result), None) => drop(self.router.answer(id, Ok(result), effects)),
                    (None, None) => {
                        self.router.unreadable(line, false, effects);
                        self.lost(Some(Peek::Answer(id)), false, effects);
                    }
                }
            }
            _ => self.router.unreadable(line, false, effects),
        }
    }

    /// A message that cannot be read: who waits for it is not to wait longer.
    fn lost(&self, message: Option<Peek>, too_long: bool, effects: &mut Effects) {
        match message {
            Some(Peek::Answer(id)) => drop(self.router.fail(id, AnswerError::Unreadable { too_long })),
            Some(Peek::Request(id)) => {
                let message = match too_long {
                    true => "the request is longer than this client reads",
                    false => "the request is no JSON-RPC message",
                };
                let answer = serde_json::json!({ "id": id, "error": { "code": -32600, "message": message } });
                if let Some(queue) = self.queue.upgrade() {
                    let _ = queue.send(Outgoing::Line(answer.to_string().into_bytes()));
                }
            }
            Some(Peek::TurnEnd(turn)) => {
                self.router.lost_end(&turn, Lost { too_long }, effects);
                if let Some(turn) = effects.ended_turn.take() {
                    self.requests.turn_ended(&turn);
                }
            }
            None => {}
        }
    }
}

impl<R> Reading<R> {
    fn close(&self, closed: Closed) {
        let closed = Arc::new(closed);
        let mut effects = Effects::default();
        self.router.close(&closed, &mut effects);
        self.requests.close();
        self.logins.close();
        self.closed.send_replace(Some(closed));
        wake(&mut effects);
    }
}

/// The runtime may end before the connection does, and others wait in another one.
impl<R> Drop for Reading<R> {
    fn drop(&mut self) {
        self.writing.abort();
        if self.closed.borrow().is_none() {
            self.close(Closed::early(ClosedReason::RuntimeEnded));
        }
    }
}

/// Wakes those who are to be; `true` if there were any.
fn wake(effects: &mut Effects) -> bool {
    let any = !effects.wakers.is_empty();
    for waker in effects.wakers.drain(..) {
        waker.wake();
    }
    any
}

/// Writes what is queued, several lines at once where there are several.
pub(crate) async fn write<W: AsyncWrite + Send + Unpin + 'static>(
    mut writer: W,
    mut queue: queue::Lines,
    failed: watch::Sender<Option<String>>,
) {
    let mut buffer = Vec::new();
    let mut ended = false;
    while !ended && let Some(first) = queue.next().await {
        buffer.clear();
        buffer.shrink_to(2 * READ);
        let mut next = Some(first);
        let mut lines = 0;
        while let Some(outgoing) = next {
            match outgoing {
                // A long line is not copied.
                Outgoing::Line(line) if buffer.is_empty() => {
                    buffer = line;
                    buffer.push(b'\n');
                    lines += 1;
                }
                Outgoing::Line(line) => {
                    buffer.extend_from_slice(&line);
                    buffer.push(b'\n');
                    lines += 1;
                }
                Outgoing::End => ended = true,
            }
            next = if ended || buffer.len() > READ { None } else { queue.ready() };
        }
        let written = async {
            writer.write_all(&buffer).await?;
            writer.flush().await
        };
        if let Err(error) = written.await {
            failed.send_replace(Some(error.to_string()));
            break;
        }
        queue.written(buffer.len() - lines);
    }
    let _ = writer.shutdown().await;
}
