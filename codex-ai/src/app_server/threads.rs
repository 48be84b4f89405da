//! Threads by their ids: started, resumed, listed, put away.

use super::client::Client;
use super::info::ThreadInfo;
use super::page::{ListThreads, Page};
use super::thread::{self, Thread};
use super::thread_options::{ForkOptions, ResumeOptions, ThreadOptions};
use crate::error::Result;

impl Client {
    /// Starts a thread.
    ///
    /// # Errors
    /// Where the server refuses.
    pub async fn start_thread(&self, options: ThreadOptions) -> Result<Thread> {
        Thread::start(self.core.clone(), &options).await
    }

    /// Takes up a saved thread.
    ///
    /// # Errors
    /// Where the server refuses: it is not saved, or archived.
    pub async fn resume_thread(&self, id: impl AsRef<str>, options: ResumeOptions) -> Result<Thread> {
        Thread::resume(self.core.clone(), id.as_ref(), &options).await
    }

    /// Begins a thread that is as another one was.
    ///
    /// # Errors
    /// Where the server refuses: the other is not saved.
    pub async fn fork_thread(&self, id: impl AsRef<str>, options: ForkOptions) -> Result<Thread> {
        Thread::fork_of(self.core.clone(), id.as_ref(), &options).await
    }

    /// The saved threads, page by page: the next one is had by [`ListThreads::with_cursor`]. Codex 0.169.0 saves a thread
    /// with its first turn.
    ///
    /// # Errors
    /// Where the server refuses.
    pub async fn threads(&self, list: ListThreads) -> Result<Page<ThreadInfo>> {
        self.core.call("thread/list", &list).await
    }

    /// What the server says of a thread, with its turns where these are asked for.
    ///
    /// # Errors
    /// Where the server refuses: there is no such thread, or it is ephemeral and its turns are asked for.
    pub async fn read_thread(&self, id: impl AsRef<str>, include_turns: bool) -> Result<ThreadInfo> {
        thread::read(&self.core, id.as_ref(), include_turns).await
    }

    /// Archives a thread; see [`Thread::archive`].
    ///
    /// # Errors
    /// Where the server refuses: there is no such thread, or it is archived.
    pub async fn archive_thread(&self, id: impl AsRef<str>) -> Result<()> {
        thread::archive(&self.core, id.as_ref()).await
    }

    /// Undoes that; the thread can be resumed then.
    ///
    /// # Errors
    /// Where the server refuses: it is not archived.
    pub async fn unarchive_thread(&self, id: impl AsRef<str>) -> Result<ThreadInfo> {
        thread::unarchive(&self.core, id.as_ref()).await
    }

    /// Deletes a thread, with all that was said.
    ///
    /// # Errors
    /// Where the server refuses: there is no such thread.
    pub async fn delete_thread(&self, id: impl AsRef<str>) -> Result<()> {
        thread::delete(&self.core, id.as_ref()).await
    }
}
