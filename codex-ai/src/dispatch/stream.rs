//! Answers while they come.

use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::ask::{Hold, Untyped, located, named, nothing};
use super::given::Given;
use super::held::held;
use super::rounds::{AsProvider, Streamed};
use super::tools::{Spent, Toolbox, converse};
use super::{Dispatcher, Shared};
use crate::capability::Serves;
use crate::error::{Error, ErrorKind, Result};
use crate::mount::Provides;
use crate::prompt::{IntoPrompt, JsonOutput, OutputOf, PromptDef, PromptOutput};
use crate::provider::{BoxFuture, Provider};
use crate::registry::Entry;
use crate::reply::Reply;
use crate::request::{Output, Request};
use crate::stream::ReplyStream;
use crate::structured::Report;
use crate::telemetry;

impl<P: Provider, S: Send + Sync + 'static> Dispatcher<P, S> {
    /// As [`generate_reply`](Self::generate_reply), while it comes.
    ///
    /// # Errors
    /// As [`stream`](Self::stream).
    pub fn stream_reply(&self, request: impl Into<Request>) -> BoxFuture<'_, Result<ReplyStream>> {
        let mut request = request.into();
        Box::pin(async move {
            self.untyped().complete(&mut request, None)?;
            let span = telemetry::call(self.provider().name(), &request, None, true);
            telemetry::streamed(span, self.provider().stream(&request)).await
        })
    }

    /// Calls a prompt and gives the answer while it comes; [`ReplyStream::finish`] gives the value. The answer is read as
    /// leniently as by [`call`](Self::call), but the model is not asked again: what was shown cannot be taken back.
    ///
    /// ```no_run,standalone_crate
    /// # use codex_ai::{Chunk, Dispatcher, prompt};
    /// # #[prompt]
    /// # async fn greet(name: &str) -> String { format!("Greet {name}.") }
    /// # async fn example(dispatcher: Dispatcher) -> codex_ai::Result<()> {
    /// let mut stream = dispatcher.stream::<Greet>(GreetArgs { name: "Ada" }).await?;
    /// while let Some(chunk) = stream.next().await {
    ///     if let Chunk::Text(piece) = chunk? {
    ///         print!("{piece}");
    ///     }
    /// }
    /// let reply = stream.finish().await?;
    /// println!("{} ({:?})", reply.value, reply.usage);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// What kept the answer from beginning; what goes wrong later is an item of the stream.
    pub fn stream<'a, Q: PromptDef>(&'a self, args: Q::Args<'a>) -> BoxFuture<'a, Result<ReplyStream<OutputOf<Q>>>>
    where
        P: Serves<Q>,
        S: Provides<Q::State>,
    {
        Box::pin(async move {
            let request = match Q::run(Provides::<Q::State>::provide(&*self.state), args).await.into_prompt() {
                Ok(prompt) => prompt.into_request(),
                Err(error) => return Err(error.with_prompt(Q::ENTRY.mode())),
            };
            let hold = held(&self.state, Q::ERASE);
            match self.untyped().open_typed(self.owned(), request, Q::ENTRY, &hold).await {
                Ok(stream) => Ok(stream.of_value()),
                Err(error) => Err(error),
            }
        })
    }

    /// Asks for free text and gives it while it comes, without a prompt function. Takes text, a
    /// [`Prompt`](crate::Prompt) or a [`Request`].
    ///
    /// # Errors
    /// As [`stream`](Self::stream).
    pub fn stream_text(&self, request: impl Into<Request>) -> BoxFuture<'_, Result<ReplyStream<String>>> {
        self.open(request.into(), Output::Text)
    }

    /// Asks for a `T` as JSON and gives it while it comes, without a prompt function: partial values by
    /// [`ReplyStream::next_partial`], the value by [`ReplyStream::finish`]. Takes text, a [`Prompt`](crate::Prompt) or a
    /// [`Request`].
    ///
    /// # Errors
    /// As [`stream`](Self::stream).
    pub fn stream_json<T: JsonOutput>(&self, request: impl Into<Request>) -> BoxFuture<'_, Result<ReplyStream<T>>> {
        self.open(request.into(), T::OUTPUT())
    }

    fn open<T: PromptOutput>(&self, mut request: Request, output: Output) -> BoxFuture<'_, Result<ReplyStream<T>>> {
        request.output = output;
        let opened = self.untyped().open(self.owned(), request, None, &nothing);
        Box::pin(async move {
            match opened.await {
                Ok(stream) => Ok(stream.of_value()),
                Err(error) => Err(error),
            }
        })
    }

    /// The provider for a stream, which may live longer than the dispatcher.
    fn owned(&self) -> Arc<dyn AsProvider> {
        Arc::clone(&self.shared) as Arc<dyn AsProvider>
    }
}

impl<'d> Untyped<'d> {
    /// Opens the answer to a prompt whose types the compiler knows.
    fn open_typed<'a>(
        self,
        owned: Arc<dyn AsProvider>,
        request: Request,
        entry: &'static Entry,
        hold: &'a Hold<'a>,
    ) -> BoxFuture<'a, Result<ReplyStream>>
    where
        'd: 'a,
    {
        match self.check_needs(&request, entry, true) {
            Ok(()) => self.open(owned, request, Some(entry), hold),
            Err(error) => Box::pin(ready(Err(error))),
        }
    }

    /// As `ask`, for an answer while it comes.
    fn open<'a>(
        self,
        owned: Arc<dyn AsProvider>,
        mut request: Request,
        entry: Option<&'static Entry>,
        hold: &'a Hold<'a>,
    ) -> BoxFuture<'a, Result<ReplyStream>>
    where
        'd: 'a,
    {
        Box::pin(async move {
            self.complete(&mut request, entry)?;
            let tools = Toolbox::of(&request, self.tools, hold).map_err(|error| named(error, entry))?;
            let begin = Instant::now();
            let span = telemetry::call(self.provider.name(), &request, entry.map(Entry::mode), true);
            let is_schema = matches!(request.output, Output::Schema(_));
            let is_json = !matches!(request.output, Output::Text);
            let opened = match tools {
                None => telemetry::streamed(span, self.provider.stream(&request)).await,
                Some(tools) => telemetry::streamed(span, converse_streamed(owned, request, tools)).await,
            };
            let provider = self.provider.name().to_owned();
            let leniency = self.structured.leniency;
            let mut opened = opened.map_err(|error| named(error, entry))?;
            if is_schema {
                opened = opened.of_json(leniency);
            }
            Ok(opened
                .read_by(move |mut reply, slot| match slot.read(&reply, leniency) {
                    Ok(repairs) => {
                        if is_json {
                            reply.report = Some(Box::new(Report::of_stream(&reply, None, repairs, begin.elapsed())));
                        }
                        Ok(reply)
                    }
                    Err(error) => {
                        let error = located(error, &provider, &reply);
                        Err(if is_json { not_asked_again(error, &reply, begin.elapsed()) } else { error })
                    }
                })
                .with_errors(move |error| named(error, entry)))
        })
    }
}

/// The rounds of a model that calls tools, as one stream.
async fn converse_streamed(provider: Arc<dyn AsProvider>, mut request: Request, tools: Toolbox) -> Result<ReplyStream> {
    let first = Some(provider.provider().stream(&request).await?);
    Ok(ReplyStream::new(Given::new(move |giver| async move {
        let mut rounds = Streamed { provider, giver, first, calls: 0 };
        converse(&mut rounds, &mut request, &tools, &mut Spent::default()).await
    })))
}

impl<P: Provider> AsProvider for Shared<P> {
    fn provider(&self) -> &dyn Provider {
        &self.provider
    }
}

/// The error of an answer that was streamed and is no value, with what it took.
fn not_asked_again(error: Error, reply: &Reply, elapsed: Duration) -> Error {
    let report = Report::of_stream(reply, Some(&error), Vec::new(), elapsed);
    let error = error.with_report(report);
    if error.kind() == ErrorKind::InvalidOutput && error.help().is_none() {
        return error.with_help("a stream is not asked again; `call` and `generate_json` are");
    }
    error
}
