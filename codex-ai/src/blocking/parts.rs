//! Partial values and parts of an answer, without async.

use std::sync::Arc;

use super::ReplyStream;
use super::background::Background;
use crate::error::Result;
use crate::partial::Partial;
use crate::prompt::JsonOutput;
use crate::reply::Reply;
use crate::schema::LlmSchema;

/// The blocking twin of [`Elements`](crate::Elements): an iterator over the elements of a list, each of which is waited
/// for.
///
/// ```standalone_crate
/// use codex_ai::{blocking::Dispatcher, provider::Local};
///
/// let dispatcher = Dispatcher::new(Local::quiet())?;
/// let mut points = dispatcher.stream_json::<Vec<String>>("Rain fell all night. Two roads are closed.")?.into_elements();
/// let all = points.by_ref().collect::<Result<Vec<String>, _>>()?;
/// assert_eq!(points.finish()?.value, all);
/// # Ok::<_, codex_ai::Error>(())
/// ```
#[must_use = "a stream does nothing until it is read"]
#[derive(Debug)]
pub struct Elements<T, E> {
    inner: crate::Elements<T, E>,
    runtime: Arc<Background>,
    refused: bool,
}

/// The blocking twin of [`TextOf`](crate::TextOf): an iterator over the pieces of one field's text, each of which is
/// waited for.
#[must_use = "a stream does nothing until it is read"]
#[derive(Debug)]
pub struct TextOf<T> {
    inner: crate::TextOf<T>,
    runtime: Arc<Background>,
    refused: bool,
}

impl<T: LlmSchema<Partial: Send> + JsonOutput> ReplyStream<T> {
    /// As [`ReplyStream::next_partial`](crate::ReplyStream::next_partial).
    pub fn next_partial(&mut self) -> Option<Result<&Partial<T>>> {
        self.runtime.next(self.inner.next_partial(), &mut self.refused)
    }
}

impl<T: LlmSchema + JsonOutput> ReplyStream<T> {
    /// As [`ReplyStream::into_elements_of`](crate::ReplyStream::into_elements_of).
    ///
    /// # Errors
    /// As there.
    pub fn into_elements_of<E: LlmSchema + 'static>(self, path: &str) -> Result<Elements<T, E>> {
        Ok(Elements { inner: self.inner.into_elements_of(path)?, runtime: self.runtime, refused: false })
    }

    /// As [`ReplyStream::into_text_of`](crate::ReplyStream::into_text_of).
    ///
    /// # Errors
    /// As there.
    pub fn into_text_of(self, path: &str) -> Result<TextOf<T>> {
        Ok(TextOf { inner: self.inner.into_text_of(path)?, runtime: self.runtime, refused: false })
    }
}

impl<E> ReplyStream<Vec<E>>
where
    E: LlmSchema + Send + 'static,
    Vec<E>: JsonOutput,
{
    /// As [`ReplyStream::into_elements`](crate::ReplyStream::into_elements).
    pub fn into_elements(self) -> Elements<Vec<E>, E> {
        Elements { inner: self.inner.into_elements(), runtime: self.runtime, refused: false }
    }
}

impl<T, E: LlmSchema + 'static> Elements<T, E> {
    /// As [`Elements::finish`](crate::Elements::finish).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`](crate::ErrorKind::Blocking) inside an async runtime.
    pub fn finish(self) -> Result<Reply<T>> {
        self.runtime.wait(self.inner.finish())
    }
}

impl<T> TextOf<T> {
    /// As [`TextOf::finish`](crate::TextOf::finish).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`](crate::ErrorKind::Blocking) inside an async runtime.
    pub fn finish(self) -> Result<Reply<T>> {
        self.runtime.wait(self.inner.finish())
    }
}

impl<T, E: LlmSchema + 'static> Iterator for Elements<T, E> {
    type Item = Result<E>;

    fn next(&mut self) -> Option<Result<E>> {
        self.runtime.next(self.inner.next(), &mut self.refused)
    }
}

impl<T> Iterator for TextOf<T> {
    type Item = Result<String>;

    fn next(&mut self) -> Option<Result<String>> {
        self.runtime.next(self.inner.next(), &mut self.refused)
    }
}
