//! One connection, and the runtime that it lives on.

use std::time::Duration;

use crate::app_server as twin;
use crate::blocking::background::{Background, Owner};
use crate::error::{Error, ErrorKind, Result};

/// The runtime of a client; it ends when the server has.
pub(super) struct Connection(Option<Live>);

struct Live {
    background: Background,
    client: twin::Client,
}

impl Connection {
    /// Starts a runtime, and on it the client.
    pub(super) fn start(connect: impl Future<Output = Result<twin::Client>>) -> Result<(Self, twin::Client)> {
        let background = Background::start(Owner::AppServer)?;
        let client = background.wait(connect)?;
        Ok((Self(Some(Live { background, client: client.clone() })), client))
    }

    pub(super) fn wait<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        self.background()?.wait(work)
    }

    /// As [`wait`](Self::wait), but no longer than this.
    pub(super) fn wait_within<T>(&self, limit: Duration, work: impl Future<Output = Result<T>>) -> Result<T> {
        self.wait(async { tokio::time::timeout(limit, work).await.map_err(|_| late(limit))? })
    }

    /// As [`next`](Self::next), but no longer than this.
    pub(super) fn next_within<T>(
        &self,
        limit: Duration,
        next: impl Future<Output = Option<Result<T>>>,
        refused: &mut bool,
    ) -> Option<Result<T>> {
        let next = async { tokio::time::timeout(limit, next).await.unwrap_or_else(|_| Some(Err(late(limit)))) };
        self.next(next, refused)
    }

    /// What a stream gives next; `refused` is whether it was asked inside an async runtime, and said so.
    pub(super) fn next<T>(
        &self,
        next: impl Future<Output = Option<Result<T>>>,
        refused: &mut bool,
    ) -> Option<Result<T>> {
        match self.background() {
            Ok(background) => background.next(next, refused),
            Err(error) => Some(Err(error)),
        }
    }

    fn background(&self) -> Result<&Background> {
        // It is taken when the connection is dropped, and nobody has it then.
        let live = self.0.as_ref().ok_or_else(|| Error::new(ErrorKind::Other, "the client was dropped"))?;
        Ok(&live.background)
    }
}

fn late(limit: Duration) -> Error {
    Error::new(ErrorKind::Timeout, format!("nothing came within {limit:?}"))
}

impl Drop for Connection {
    /// The last handle is gone: the server's input is closed with it, and the runtime ends when the server has ended, or
    /// was made to.
    fn drop(&mut self) {
        let Some(Live { background, client }) = self.0.take() else { return };
        let mut events = client.events();
        drop(client);
        background.end_after(async move { while events.next().await.is_some() {} });
    }
}
