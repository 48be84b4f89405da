//! Threads of the blocking client.

use super::{Client, Thread};
use crate::app_server::{self as twin, ForkOptions, ListThreads, Page, ResumeOptions, ThreadInfo, ThreadOptions};
#[cfg(doc)]
use crate::error::ErrorKind;
use crate::error::Result;

impl Client {
    /// As [`Client::start_thread`](twin::Client::start_thread).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn start_thread(&self, options: ThreadOptions) -> Result<Thread> {
        self.thread(self.inner.start_thread(options))
    }

    /// As [`Client::resume_thread`](twin::Client::resume_thread).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn resume_thread(&self, id: impl AsRef<str>, options: ResumeOptions) -> Result<Thread> {
        self.thread(self.inner.resume_thread(id, options))
    }

    /// As [`Client::fork_thread`](twin::Client::fork_thread).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn fork_thread(&self, id: impl AsRef<str>, options: ForkOptions) -> Result<Thread> {
        self.thread(self.inner.fork_thread(id, options))
    }

    /// As [`Client::threads`](twin::Client::threads).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn threads(&self, list: ListThreads) -> Result<Page<ThreadInfo>> {
        self.connection.wait(self.inner.threads(list))
    }

    /// As [`Client::read_thread`](twin::Client::read_thread).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn read_thread(&self, id: impl AsRef<str>, include_turns: bool) -> Result<ThreadInfo> {
        self.connection.wait(self.inner.read_thread(id, include_turns))
    }

    /// As [`Client::archive_thread`](twin::Client::archive_thread).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn archive_thread(&self, id: impl AsRef<str>) -> Result<()> {
        self.connection.wait(self.inner.archive_thread(id))
    }

    /// As [`Client::unarchive_thread`](twin::Client::unarchive_thread).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn unarchive_thread(&self, id: impl AsRef<str>) -> Result<ThreadInfo> {
        self.connection.wait(self.inner.unarchive_thread(id))
    }

    /// As [`Client::delete_thread`](twin::Client::delete_thread).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn delete_thread(&self, id: impl AsRef<str>) -> Result<()> {
        self.connection.wait(self.inner.delete_thread(id))
    }

    fn thread(&self, thread: impl Future<Output = Result<twin::Thread>>) -> Result<Thread> {
        Ok(Thread::new(self.connection.wait(thread)?, &self.connection))
    }
}
