//! What comes back from a model.

use std::borrow::Cow;
use std::iter::Sum;
use std::ops::{Add, AddAssign};
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

use crate::message::{Message, Part, Role, ToolCall, join_text};
use crate::schema::WireForm;
use crate::structured::{Report, SchemaMode};

/// What a provider answered; `Reply<T>` is the same with the value that was read from it.
///
/// Two replies are equal if they say the same; [`provider`](Self::provider), [`report`](Self::report) and [`raw`](Self::raw) are not compared, nor is how the schema was told.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Reply<T = ()> {
    /// The value read from the answer.
    pub value: T,
    /// All that the model gave, in order.
    pub parts: Vec<Part>,
    /// Why it stopped.
    pub finish_reason: FinishReason,
    /// The same in the vendor's own words: `end_turn`, `MAX_TOKENS`.
    pub vendor_finish_reason: Option<Cow<'static, str>>,
    /// Tokens used, where the vendor says.
    pub usage: Option<Usage>,
    /// The model that answered, in the vendor's words.
    pub model: String,
    /// The name of the provider that answered, as in `openai/gpt-5.6-luna`; `None` where a provider does not say.
    pub provider: Option<Cow<'static, str>>,
    /// The vendor's id of the answer.
    pub id: Option<String>,
    /// The vendor's id of the HTTP request, for its support.
    pub request_id: Option<String>,
    /// How much may still be asked for, where the vendor says.
    pub rate_limits: Option<Box<RateLimits>>,
    /// How many times a model was asked until this answer came.
    pub attempts: u32,
    /// How the model was told the schema of the answer; `None` where none was asked for.
    pub schema_mode: Option<SchemaMode>,
    /// The form of schema that the answer follows, where one was asked for.
    pub wire_form: WireForm,
    /// The call of a tool that the answer came by; its arguments are the text of this reply then.
    pub answered_by: Option<Box<AnswerCall>>,
    /// What was said between the question and this answer: calls of tools, and what the dispatcher answered with their
    /// results. To go on with the conversation, they stand before this reply's own [message](Self::to_message).
    pub tool_messages: Vec<Message>,
    /// What it took to get the value; `None` for a reply that was not asked for a value.
    pub report: Option<Box<Report>>,
    /// The vendor's JSON, for whatever has no field here; that of a stream holds what its pieces do not.
    pub raw: Option<Bytes>,
}

/// The call of the tool that was offered to a model for its answer ([`SchemaMode::Tool`] and
/// [`SchemaMode::StrictTool`]).
///
/// To say something to the answer in the place where the model expects it, go on with a message of the assistant of
/// these [`parts`](Self::parts) and a tool message with the result of [`id`](Self::id).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct AnswerCall {
    /// The vendor's id of the call.
    pub id: String,
    /// The name of the tool.
    pub name: String,
    /// All that the model gave, as it came: the call, and what belongs to it.
    pub parts: Vec<Part>,
}

/// How much may still be asked for, from the headers of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct RateLimits {
    /// Requests.
    pub requests: RateLimit,
    /// Tokens.
    pub tokens: RateLimit,
    /// Tokens of requests, where they are counted by themselves.
    pub input_tokens: RateLimit,
    /// Tokens of answers, where they are counted by themselves.
    pub output_tokens: RateLimit,
}

/// One of the vendor's limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct RateLimit {
    /// How much there is in a period.
    pub limit: Option<u64>,
    /// How much is left of it.
    pub remaining: Option<u64>,
    /// How long until all of it is there again.
    pub reset: Option<Duration>,
}

/// Why a model stopped.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum FinishReason {
    /// It was done.
    #[default]
    Stop,
    /// The token limit was met.
    Length,
    /// It waits for the results of tools.
    ToolCalls,
    /// A filter of the vendor stepped in.
    ContentFilter,
    /// The model refused.
    Refusal,
    /// A reason without a name here, in the vendor's words.
    Other(String),
}

/// Tokens used by a call. Those of several calls are added up by `+` and `sum`.
///
/// ```
/// use codex_ai::Usage;
///
/// let calls = [Some(Usage::new(100, 20)), None, Some(Usage::new(130, 5))];
/// let all: Usage = calls.into_iter().flatten().sum();
/// assert_eq!((all.input_tokens, all.output_tokens, all.total_tokens()), (230, 25, 255));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Usage {
    /// Tokens of the request, those from the cache included.
    pub input_tokens: u64,
    /// Tokens of the answer, those of reasoning included.
    pub output_tokens: u64,
    /// Tokens of the request that came from the vendor's cache.
    pub cached_tokens: u64,
    /// Tokens of the request that were written to the vendor's cache, where that has a price of its own.
    pub cache_write_tokens: u64,
    /// Tokens of the answer spent on reasoning.
    pub reasoning_tokens: u64,
}

impl Reply {
    /// A reply of these parts from `model`, finished by itself.
    pub fn new(model: impl Into<String>, parts: Vec<Part>) -> Self {
        Self {
            value: (),
            parts,
            finish_reason: FinishReason::Stop,
            vendor_finish_reason: None,
            usage: None,
            model: model.into(),
            provider: None,
            id: None,
            request_id: None,
            rate_limits: None,
            attempts: 1,
            schema_mode: None,
            wire_form: WireForm::Plain,
            answered_by: None,
            tool_messages: Vec::new(),
            report: None,
            raw: None,
        }
    }

    /// A reply of one text.
    pub fn from_text(model: impl Into<String>, text: impl Into<String>) -> Self {
        Self::new(model, vec![Part::Text(text.into())])
    }

    /// Sets the usage.
    #[must_use]
    pub fn with_usage(mut self, usage: Usage) -> Self {
        self.usage = Some(usage);
        self
    }

    /// Sets the finish reason.
    #[must_use]
    pub fn with_finish_reason(mut self, reason: FinishReason) -> Self {
        self.finish_reason = reason;
        self
    }
}

impl<T> Reply<T> {
    /// The answer's text: the join of all text parts, empty where there is none.
    pub fn text(&self) -> Cow<'_, str> {
        join_text(&self.parts).unwrap_or_default()
    }

    /// The words of a refusal, if there are any.
    pub fn refusal(&self) -> Option<&str> {
        self.parts.iter().find_map(|part| match part {
            Part::Refusal(text) => Some(text.as_str()),
            _ => None,
        })
    }

    /// The same reply with another value.
    pub fn with_value<U>(self, value: U) -> Reply<U> {
        Reply {
            value,
            parts: self.parts,
            finish_reason: self.finish_reason,
            vendor_finish_reason: self.vendor_finish_reason,
            usage: self.usage,
            model: self.model,
            provider: self.provider,
            id: self.id,
            request_id: self.request_id,
            rate_limits: self.rate_limits,
            attempts: self.attempts,
            schema_mode: self.schema_mode,
            wire_form: self.wire_form,
            answered_by: self.answered_by,
            tool_messages: self.tool_messages,
            report: self.report,
            raw: self.raw,
        }
    }

    /// The tools that the model wants to be called, in order.
    pub fn tool_calls(&self) -> impl Iterator<Item = &ToolCall> {
        self.parts.iter().filter_map(|part| match part {
            Part::ToolCall(call) => Some(call),
            _ => None,
        })
    }

    /// The answer as a message of the assistant, to go on with the conversation: all of its parts, so that calls of tools
    /// and signed thoughts go back to the vendor as they came.
    ///
    /// ```
    /// use codex_ai::{Message, Reply, Request};
    ///
    /// let mut request = Request::new(vec![Message::user("Hi")]);
    /// let reply = Reply::from_text("test-1", "Hello");
    /// request.messages.extend([reply.to_message(), Message::user("How are you?")]);
    /// assert_eq!(request.messages.len(), 3);
    /// ```
    pub fn to_message(&self) -> Message {
        Message::new(Role::Assistant, self.parts.clone())
    }

    /// [`raw`](Self::raw) as a value; `null` where there is none.
    pub fn raw_json(&self) -> Value {
        self.raw.as_deref().and_then(|raw| serde_json::from_slice(raw).ok()).unwrap_or_default()
    }
}

impl<T: PartialEq> PartialEq for Reply<T> {
    fn eq(&self, other: &Self) -> bool {
        let Self { value, parts, finish_reason, vendor_finish_reason, usage, model, id, request_id, .. } = self;
        *value == other.value
            && *parts == other.parts
            && *finish_reason == other.finish_reason
            && *vendor_finish_reason == other.vendor_finish_reason
            && *usage == other.usage
            && *model == other.model
            && *id == other.id
            && *request_id == other.request_id
            && self.rate_limits == other.rate_limits
            && self.attempts == other.attempts
    }
}

impl Usage {
    /// Tokens of request and answer.
    pub fn new(input_tokens: u64, output_tokens: u64) -> Self {
        Self { input_tokens, output_tokens, ..Self::default() }
    }

    /// Tokens of request and answer together; those of the cache and of reasoning are among them already.
    pub fn total_tokens(&self) -> u64 {
        self.input_tokens.saturating_add(self.output_tokens)
    }
}

impl Add for Usage {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            input_tokens: self.input_tokens.saturating_add(other.input_tokens),
            output_tokens: self.output_tokens.saturating_add(other.output_tokens),
            cached_tokens: self.cached_tokens.saturating_add(other.cached_tokens),
            cache_write_tokens: self.cache_write_tokens.saturating_add(other.cache_write_tokens),
            reasoning_tokens: self.reasoning_tokens.saturating_add(other.reasoning_tokens),
        }
    }
}

impl AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Usage {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), Add::add)
    }
}
