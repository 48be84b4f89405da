//! Spans with OpenTelemetry's names for generative AI, through `tracing`.
//!
//! The names are those of the semantic conventions for GenAI as of 2026-11 (open-telemetry/semantic-conventions-genai,
//! all in development), and nowhere but here. Arrays do not fit into fields of `tracing`: a list is one text, as JSON.
//! What is said and answered is in no span.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use futures_core::Stream;
use tracing::field::Empty;
use tracing::{Instrument, Span, field};

use crate::error::{Error, Result};
use crate::image::{GeneratedImage, ImageRequest};
use crate::message::ToolCall;
use crate::reply::{FinishReason, Reply, Usage};
use crate::request::{Output, Request};
use crate::stream::{ReplyStream, StreamItem};
use crate::structured::{Report, SchemaMode};

/// Makes a span with all fields, which are filled in later. A subscriber knows none but those of the beginning.
macro_rules! gen_ai_span {
    ($name:literal, $($field:tt)*) => {
        tracing::info_span!(
            target: "codex_ai",
            $name,
            gen_ai.response.id = Empty,
            gen_ai.response.model = Empty,
            gen_ai.response.finish_reasons = Empty,
            gen_ai.response.time_to_first_chunk = Empty,
            gen_ai.usage.input_tokens = Empty,
            gen_ai.usage.output_tokens = Empty,
            gen_ai.usage.cache_read.input_tokens = Empty,
            gen_ai.usage.cache_creation.input_tokens = Empty,
            gen_ai.usage.reasoning.output_tokens = Empty,
            error.type = Empty,
            otel.status_code = Empty,
            codex_ai.attempts = Empty,
            codex_ai.asks = Empty,
            codex_ai.repairs = Empty,
            codex_ai.schema_mode = Empty,
            codex_ai.request_id = Empty,
            $($field)*
        )
    };
}

/// The span of one call of a user.
pub(crate) fn call(provider: &str, request: &Request, mode: Option<&str>, stream: bool) -> Span {
    if !is_on() {
        return Span::none();
    }
    let options = &request.options;
    let model = options.model.as_deref();
    let output = if matches!(request.output, Output::Text) { "text" } else { "json" };
    gen_ai_span!(
        "chat",
        otel.name = span_name("chat", model),
        otel.kind = kind(provider),
        gen_ai.operation.name = "chat",
        gen_ai.provider.name = provider_name(provider),
        gen_ai.output.type = output,
        gen_ai.request.model = model,
        gen_ai.request.temperature = options.temperature,
        gen_ai.request.top_p = options.top_p,
        gen_ai.request.top_k = options.top_k,
        gen_ai.request.max_tokens = options.max_tokens,
        gen_ai.request.seed = options.seed,
        gen_ai.request.stream = stream,
        codex_ai.prompt = mode,
    )
}

/// The span of one question of a call, inside of that of the call.
pub(crate) fn ask(number: usize) -> Span {
    if !is_on() {
        return Span::none();
    }
    tracing::info_span!(
        target: "codex_ai",
        "ask",
        otel.name = "ask",
        otel.kind = "internal",
        codex_ai.ask = number,
        codex_ai.problems = Empty,
        codex_ai.repairs = Empty,
        codex_ai.schema_mode = Empty,
        error.type = Empty,
        otel.status_code = Empty,
    )
}

/// The span of one call of a tool by a model, inside of that of the call.
pub(crate) fn tool(call: &ToolCall) -> Span {
    if !is_on() {
        return Span::none();
    }
    tracing::info_span!(
        target: "codex_ai",
        "execute_tool",
        otel.name = format!("execute_tool {}", call.name),
        otel.kind = "internal",
        gen_ai.operation.name = "execute_tool",
        gen_ai.tool.name = call.name.as_str(),
        gen_ai.tool.type = "function",
        gen_ai.tool.call.id = call.id.as_str(),
        error.type = Empty,
        otel.status_code = Empty,
    )
}

/// Notes how the call of a tool ended. What it gave is in no span, and neither is what its error says.
pub(crate) fn note_tool(span: &Span, failed: bool) {
    if failed {
        span.record("error.type", "tool_error");
        span.record("otel.status_code", "ERROR");
    }
}

/// Notes how the model was told the schema, and how its question ended: with so many repairs, or with an error.
pub(crate) fn note_ask(span: &Span, mode: Option<SchemaMode>, ended: Result<usize, &Error>) {
    note_mode(span, mode);
    match ended {
        Ok(repairs) => {
            span.record("codex_ai.repairs", repairs);
        }
        Err(error) => {
            span.record("codex_ai.problems", error.problems().len());
            span.record("error.type", field::debug(error.kind()));
            span.record("otel.status_code", "ERROR");
        }
    }
}

/// One request to an app server, in a span that has its method and how it failed.
#[cfg(feature = "app-server")]
pub(crate) async fn request<T>(method: &str, answer: impl Future<Output = Result<T>>) -> Result<T> {
    if !tracing::enabled!(target: "codex_ai", tracing::Level::DEBUG) {
        return answer.await;
    }
    let span = tracing::debug_span!(
        target: "codex_ai",
        "request",
        otel.name = method,
        otel.kind = "client",
        rpc.system.name = "jsonrpc",
        rpc.method = method,
        rpc.response.status_code = Empty,
        error.type = Empty,
        otel.status_code = Empty,
    );
    let result = answer.instrument(span.clone()).await;
    if let Err(error) = &result {
        span.record("rpc.response.status_code", error.code());
        span.record("error.type", field::debug(error.kind()));
        span.record("otel.status_code", "ERROR");
    }
    result
}

/// Waits within a span.
pub(crate) async fn within<T>(span: &Span, work: impl Future<Output = T>) -> T {
    if span.is_disabled() { work.await } else { work.instrument(span.clone()).await }
}

/// The span of one call for an image.
pub(crate) fn image(provider: &str, request: &ImageRequest) -> Span {
    if !is_on() {
        return Span::none();
    }
    let model = request.model.as_deref();
    gen_ai_span!(
        "generate_content",
        otel.name = span_name("generate_content", model),
        otel.kind = kind(provider),
        gen_ai.operation.name = "generate_content",
        gen_ai.provider.name = provider_name(provider),
        gen_ai.output.type = "image",
        gen_ai.request.model = model,
    )
}

/// The span of one exchange with a vendor, inside of that of the call.
#[cfg(feature = "_vendor")]
#[allow(dead_code, reason = "without the feature of a vendor there is none to ask")]
pub(crate) fn attempt(provider: &str, model: &str, url: &str, stream: bool) -> Span {
    if !is_on() {
        return Span::none();
    }
    // Host and port alone: a path may name a deployment, and a query may hold a key.
    let uri = url.parse::<http::Uri>().ok();
    let port = uri.as_ref().and_then(|uri| match uri.scheme_str() {
        Some("http") => uri.port_u16().or(Some(80)),
        _ => uri.port_u16().or(Some(443)),
    });
    gen_ai_span!(
        "attempt",
        otel.name = "attempt",
        otel.kind = "client",
        gen_ai.operation.name = "chat",
        gen_ai.provider.name = provider_name(provider),
        gen_ai.request.model = model,
        gen_ai.request.stream = stream,
        server.address = uri.as_ref().and_then(http::Uri::host),
        server.port = port,
    )
}

/// Waits for a whole answer within a span, and notes how it ended. Here and below, a future that is not small should come
/// pinned: it is moved when the wait begins, and there is room for both.
pub(crate) async fn whole<T: Answer>(span: Span, answer: impl Future<Output = Result<T>>) -> Result<T> {
    if span.is_disabled() {
        return answer.await;
    }
    let result = answer.instrument(span.clone()).await;
    match &result {
        Ok(answer) => answer.note(&span),
        Err(error) => note_error(&span, error),
    }
    result
}

/// Waits for a stream within a span, which goes on until the stream ends or is dropped.
pub(crate) async fn streamed(span: Span, opened: impl Future<Output = Result<ReplyStream>>) -> Result<ReplyStream> {
    if span.is_disabled() {
        return opened.await;
    }
    let begin = Instant::now();
    match opened.instrument(span.clone()).await {
        Ok(stream) => {
            Ok(ReplyStream::new(Traced { items: Box::pin(stream.into_items()), span: Some(span), begin: Some(begin) }))
        }
        Err(error) => {
            note_error(&span, &error);
            Err(error)
        }
    }
}

/// What a span tells of an answer.
pub(crate) trait Answer {
    fn note(&self, span: &Span);
}

impl<T> Answer for Reply<T> {
    fn note(&self, span: &Span) {
        note_reply(span, self);
    }
}

impl Answer for GeneratedImage {
    fn note(&self, span: &Span) {
        note_usage(span, self.usage.as_ref());
    }
}

/// What is in a body that nobody has read yet is told by the span of the call.
#[cfg(feature = "_vendor")]
impl Answer for crate::transport::Whole {
    fn note(&self, _: &Span) {}
}

/// The items of a stream, read within a span.
struct Traced {
    items: Pin<Box<dyn Stream<Item = Result<StreamItem>> + Send>>,
    /// `None` when the stream has ended.
    span: Option<Span>,
    /// When it was asked for; `None` when the first piece has come.
    begin: Option<Instant>,
}

impl Stream for Traced {
    type Item = Result<StreamItem>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let Some(span) = &this.span else { return this.items.as_mut().poll_next(cx) };
        let item = ready!(span.in_scope(|| this.items.as_mut().poll_next(cx)));
        if let Some(Ok(_)) = &item
            && let Some(begin) = this.begin.take()
        {
            span.record("gen_ai.response.time_to_first_chunk", begin.elapsed().as_secs_f64());
        }
        match &item {
            Some(Ok(StreamItem::Chunk(_))) => return Poll::Ready(item),
            Some(Ok(StreamItem::Done(reply))) => note_reply(span, reply),
            Some(Err(error)) => note_error(span, error),
            None => {}
        }
        this.span = None;
        Poll::Ready(item)
    }
}

fn note_reply<T>(span: &Span, reply: &Reply<T>) {
    span.record("gen_ai.response.model", reply.model.as_str());
    if let Some(id) = &reply.id {
        span.record("gen_ai.response.id", id.as_str());
    }
    if let Some(id) = &reply.request_id {
        span.record("codex_ai.request_id", id.as_str());
    }
    // Not in the vendor's words: the same for all of them, as a board of figures wants it.
    let reason = match &reply.finish_reason {
        FinishReason::Stop => "stop",
        FinishReason::Length => "length",
        FinishReason::ToolCalls => "tool_calls",
        FinishReason::ContentFilter => "content_filter",
        FinishReason::Refusal => "refusal",
        FinishReason::Other(reason) => reason,
    };
    span.record("gen_ai.response.finish_reasons", field::debug([reason]));
    span.record("codex_ai.attempts", reply.attempts);
    note_mode(span, reply.schema_mode);
    note_report(span, reply.report.as_deref());
    note_usage(span, reply.usage.as_ref());
}

fn note_error(span: &Span, error: &Error) {
    span.record("error.type", field::debug(error.kind()));
    span.record("otel.status_code", "ERROR");
    if let Some(id) = error.request_id() {
        span.record("codex_ai.request_id", id);
    }
    if !error.attempts().is_empty() {
        span.record("codex_ai.attempts", error.attempts().len());
    }
    note_mode(span, error.report().and_then(|report| report.asks.last()?.mode));
    note_report(span, error.report());
    note_usage(span, error.usage());
}

fn note_mode(span: &Span, mode: Option<SchemaMode>) {
    if let Some(mode) = mode {
        span.record("codex_ai.schema_mode", field::debug(mode));
    }
}

fn note_report(span: &Span, report: Option<&Report>) {
    if let Some(report) = report {
        span.record("codex_ai.asks", report.asks.len());
        span.record("codex_ai.repairs", report.repairs.len());
    }
}

fn note_usage(span: &Span, usage: Option<&Usage>) {
    let Some(usage) = usage else { return };
    span.record("gen_ai.usage.input_tokens", usage.input_tokens);
    span.record("gen_ai.usage.output_tokens", usage.output_tokens);
    for (name, tokens) in [
        ("gen_ai.usage.cache_read.input_tokens", usage.cached_tokens),
        ("gen_ai.usage.cache_creation.input_tokens", usage.cache_write_tokens),
        ("gen_ai.usage.reasoning.output_tokens", usage.reasoning_tokens),
    ] {
        if tokens > 0 {
            span.record(name, tokens);
        }
    }
}

/// Whether anybody listens: what a span is given costs allocations.
fn is_on() -> bool {
    tracing::enabled!(target: "codex_ai", tracing::Level::INFO)
}

fn span_name(operation: &str, model: Option<&str>) -> String {
    model.map_or_else(|| operation.to_owned(), |model| format!("{operation} {model}"))
}

/// The in-process provider is no client of anybody.
fn kind(provider: &str) -> &'static str {
    if provider == "local" { "internal" } else { "client" }
}

/// The conventions' name of a provider, where they have one of their own.
fn provider_name(provider: &str) -> &str {
    match provider {
        "gemini" => "gcp.gemini",
        "azure" => "azure.ai.openai",
        "mistral" => "mistral_ai",
        other => other,
    }
}
