//! Partial values of an answer.

use std::any::Any;

use super::ReplyStream;
use crate::error::Result;
use crate::partial::{Growing, Partial};
use crate::prompt::JsonOutput;
use crate::schema::LlmSchema;

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
        while !self.grow() {
            if let Err(error) = self.next().await? {
                return Some(Err(error));
            }
        }
        Some(Ok(self.growing()?.partial()))
    }

    /// Takes in the text that has come, and tells whether anything that is shown has changed.
    fn grow(&mut self) -> bool {
        let Some(text) = &mut self.text else { return false };
        if text.is_empty() {
            let has_ended = self.has_ended();
            if has_ended {
                self.text = None;
            }
            return has_ended && self.growing().is_some_and(Growing::end);
        }
        let new = std::mem::take(text);
        let changed = self.growing().is_some_and(|growing| growing.push(&new));
        // Its room is for the next piece.
        if let Some(text) = &mut self.text {
            *text = new;
            text.clear();
        }
        changed
    }

    fn growing(&mut self) -> Option<&mut Growing<Partial<T>>> {
        let leniency = self.leniency;
        let new = || Box::new(Growing::<Partial<T>>::new(T::llm_schema().clone(), leniency));
        let growing: &mut dyn Any = &mut **self.growing.get_or_insert_with(|| new());
        growing.downcast_mut()
    }
}
