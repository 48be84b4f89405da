//! How the rounds of a conversation with tools are asked for: as whole answers, or while they come.

use std::sync::Arc;

use super::given::Giver;
use super::tools::Rounds;
use crate::error::{Error, ErrorKind, Result};
use crate::message::ToolResult;
use crate::provider::{BoxFuture, Provider};
use crate::reply::Reply;
use crate::request::Request;
use crate::stream::{Chunk, ReplyStream, StreamItem};

/// Rounds of whole answers.
pub(super) struct Whole<'p>(pub(super) &'p dyn Provider);

impl Rounds for Whole<'_> {
    fn ask<'a>(&'a mut self, request: &'a Request) -> BoxFuture<'a, Result<Reply>> {
        self.0.generate(request)
    }

    fn tell<'a>(&'a mut self, _: usize, _: &'a ToolResult) -> BoxFuture<'a, ()> {
        Box::pin(std::future::ready(()))
    }
}

/// Rounds of answers while they come, as one stream.
pub(super) struct Streamed {
    pub(super) provider: Arc<dyn AsProvider>,
    pub(super) giver: Giver,
    /// The stream of the first round, which is open already.
    pub(super) first: Option<ReplyStream>,
    /// How many calls there were in the rounds before.
    pub(super) calls: usize,
}

impl Rounds for Streamed {
    fn ask<'a>(&'a mut self, request: &'a Request) -> BoxFuture<'a, Result<Reply>> {
        Box::pin(async move {
            let stream = match self.first.take() {
                Some(stream) => stream,
                None => self.provider.provider().stream(request).await?,
            };
            let before = self.calls;
            let mut items = std::pin::pin!(stream.into_items());
            while let Some(item) = std::future::poll_fn(|cx| futures_core::Stream::poll_next(items.as_mut(), cx)).await
            {
                match item? {
                    StreamItem::Chunk(chunk) => self.giver.give(later(chunk, before)).await,
                    StreamItem::Done(reply) => {
                        self.calls += reply.tool_calls().count();
                        return Ok(*reply);
                    }
                }
            }
            Err(Error::new(ErrorKind::Incomplete, "the stream ended before the answer was complete"))
        })
    }

    fn tell<'a>(&'a mut self, index: usize, result: &'a ToolResult) -> BoxFuture<'a, ()> {
        Box::pin(self.giver.give(Chunk::ToolResult { index, result: result.clone() }))
    }
}

/// What owns a provider.
pub(super) trait AsProvider: Send + Sync {
    fn provider(&self) -> &dyn Provider;
}

/// A piece whose call is counted over all rounds.
fn later(chunk: Chunk, before: usize) -> Chunk {
    match chunk {
        Chunk::ToolCall { index, id, name } => Chunk::ToolCall { index: index + before, id, name },
        Chunk::ToolArguments { index, text } => Chunk::ToolArguments { index: index + before, text },
        other => other,
    }
}
