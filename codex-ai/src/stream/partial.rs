//! Partial values of an answer.

use std::sync::Arc;

use super::{Pieces, ReplyStream};
use crate::error::Result;
use crate::partial::{AnyPartial, Growing, Partial, pending};
use crate::prompt::JsonOutput;
use crate::schema::{LlmSchema, Schema};

impl<T> ReplyStream<T>
where
    T: LlmSchema<Partial: Send> + JsonOutput,
{
    /// The value as far as it has come, each time when more of it can be shown. `None` at the end and after an error.
    ///
    /// Pieces that are no text are passed over; [`next`](Self::next) may be called in between, and nothing is lost.
    /// [`finish`](Self::finish) gives the value, read from the whole text and checked. Cancel-safe.
    ///
    /// ```no_run
    /// # use codex_ai::{Dispatcher, LlmSchema};
    /// #[derive(serde::Deserialize, LlmSchema)]
    /// struct Story {
    ///     title: String,
    ///     chapters: Vec<String>,
    /// }
    ///
    /// # async fn example(dispatcher: Dispatcher) -> codex_ai::Result<()> {
    /// let mut stream = dispatcher.stream_json::<Story>("A story in three chapters.").await?;
    /// while let Some(story) = stream.next_partial().await {
    ///     let story = story?;
    ///     println!("{} ({} chapters)", story.title.as_str(), story.chapters.partial().map_or(0, |all| all.len()));
    /// }
    /// let story: Story = stream.finish().await?.value;
    /// # Ok(()) }
    /// ```
    pub async fn next_partial(&mut self) -> Option<Result<&Partial<T>>> {
        match self.pieces.next_change(T::llm_schema, pending::<Partial<T>>).await? {
            Ok(growing) => match growing.partial() {
                Some(partial) => Some(Ok(partial)),
                None => None,
            },
            Err(error) => Some(Err(error)),
        }
    }
}

impl Pieces {
    /// The partial value, when anything that it shows has changed.
    async fn next_change(
        &mut self,
        schema: fn() -> &'static Arc<Schema>,
        pending: fn() -> Box<dyn AnyPartial>,
    ) -> Option<Result<&Growing>> {
        while !self.grow(schema, pending) {
            if let Err(error) = self.next().await? {
                return Some(Err(error));
            }
        }
        self.growing.as_ref().map(Ok)
    }

    /// Takes in the text that has come, and tells whether anything that is shown has changed.
    fn grow(&mut self, schema: fn() -> &'static Arc<Schema>, pending: fn() -> Box<dyn AnyPartial>) -> bool {
        let has_ended = self.has_ended();
        let Some(text) = &mut self.text else { return false };
        if text.is_empty() && !has_ended {
            return false;
        }
        let growing = self.growing.get_or_insert_with(|| Growing::new(schema().clone(), self.leniency, pending()));
        if text.is_empty() {
            self.text = None;
            return growing.end();
        }
        let changed = growing.push(text);
        // Its room is for the next piece.
        text.clear();
        changed
    }
}
