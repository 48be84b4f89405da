//! The rounds of a model that calls tools: its calls, their results, and the next question, until it answers.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout, timeout_at};

use super::ask::Hold;
use super::at_once::AtOnce;
use super::held::Held;
use crate::error::{Error, ErrorKind, Result};
use crate::message::{Message, ToolCall, ToolResult};
use crate::provider::BoxFuture;
use crate::reply::{FinishReason, Reply, Usage};
use crate::request::{Function, Request, Tool, ToolChoice};
use crate::schema::words::cut;
use crate::suggest::nearest;
use crate::telemetry;
use crate::tool::{Handler, Offered, ToolUse};
use crate::transport::in_runtime;

/// The tools of a call, and what they are called on.
#[derive(Clone)]
pub(super) struct Toolbox {
    tools: Arc<[(Cow<'static, str>, Handler)]>,
    state: Arc<dyn Held>,
    policy: Arc<ToolUse>,
}

/// How a round is asked for, and who is told of results.
pub(super) trait Rounds: Send {
    /// Asks for the answer of one round.
    fn ask<'a>(&'a mut self, request: &'a Request) -> BoxFuture<'a, Result<Reply>>;

    /// Tells the result of the call of this number, counted over all rounds.
    fn tell<'a>(&'a mut self, index: usize, result: &'a ToolResult) -> BoxFuture<'a, ()>;
}

impl Toolbox {
    /// The tools of a request that have functions; `None` where it has none of them.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`] for two of one name, and [`ErrorKind::Schema`] for arguments that no schema tells.
    pub(super) fn of(request: &Request, policy: &Arc<ToolUse>, hold: &Hold<'_>) -> Result<Option<Self>> {
        let tools: Vec<&Function> = functions(request).filter(|function| function.handler.is_some()).collect();
        if tools.is_empty() {
            return Ok(None);
        }
        for function in &tools {
            let name = &function.name;
            let same = functions(request).filter(|other| other.name == *name);
            if same.clone().count() > 1 {
                let places: Vec<String> = same.filter_map(place).collect();
                let message = match places.join(", ") {
                    places if places.is_empty() => format!("two tools are called `{name}`"),
                    places => format!("two tools are called `{name}` ({places})"),
                };
                return Err(Error::new(ErrorKind::InvalidRequest, message)
                    .with_help("give one of them another name: `#[tool(name = \"..\")]`"));
            }
            if let Some(Handler::Tool(Offered { tool, .. })) = function.handler
                && let Some(schema) = tool.input_schema()
            {
                schema.check_usable()?;
            }
        }
        let tools = tools.into_iter().filter_map(|function| Some((function.name.clone(), function.handler.clone()?)));
        let tools: Arc<[(Cow<'static, str>, Handler)]> = tools.collect();
        Ok(Some(Self { tools, state: hold(), policy: Arc::clone(policy) }))
    }

    /// The calls of an answer that are for these tools; `None` where the program itself must go on: with an answer, or
    /// with a call of a function that it offered without `#[tool]`.
    fn calls(&self, reply: &Reply, request: &Request) -> Option<Vec<ToolCall>> {
        // What was cut off may lack the rest of a call.
        if matches!(reply.finish_reason, FinishReason::Length | FinishReason::ContentFilter | FinishReason::Refusal) {
            return None;
        }
        let calls: Vec<ToolCall> = reply.tool_calls().cloned().collect();
        let is_others = |call: &ToolCall| {
            functions(request).any(|function| function.handler.is_none() && function.name == call.name)
        };
        (!calls.is_empty() && !calls.iter().any(is_others)).then_some(calls)
    }

    /// Calls one tool. Whatever goes wrong is a result that tells so.
    async fn call(&self, call: &ToolCall) -> ToolResult {
        let span = telemetry::tool(call);
        let ended = match self.tools.iter().find(|(name, _)| *name == call.name) {
            Some((_, handler)) => {
                let called = handler.call(self.state.state(), call);
                telemetry::within(&span, self.in_time(called)).await
            }
            None => Err(self.unknown(&call.name)),
        };
        telemetry::note_tool(&span, ended.is_err());
        match ended {
            Ok(text) => call.result(self.shortened(text)),
            Err(text) => call.result(self.shortened(text)).as_error(),
        }
    }

    async fn in_time(&self, called: impl Future<Output = Result<String, String>>) -> Result<String, String> {
        let Some(limit) = self.policy.call_timeout else { return called.await };
        in_runtime().map_err(|error| error.to_string())?;
        timeout(limit, called).await.unwrap_or_else(|_| Err(format!("the tool took longer than {limit:?}")))
    }

    fn unknown(&self, name: &str) -> String {
        let names = || self.tools.iter().map(|(name, _)| &**name);
        let there_is_none = format!("there is no tool `{}`", cut(name));
        match nearest(name, names()) {
            Some(meant) => format!("{there_is_none}; did you mean `{meant}`?"),
            None => format!("{there_is_none}; there are `{}`", names().collect::<Vec<_>>().join("`, `")),
        }
    }

    /// The begin of a result that is too long.
    fn shortened(&self, mut text: String) -> String {
        let (length, most) = (text.len(), self.policy.max_result_bytes);
        if length > most {
            let end = (0..=most).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
            text.truncate(end);
            text.push_str(&format!(" [cut here: {length} bytes in all]"));
        }
        text
    }
}

fn functions(request: &Request) -> impl Iterator<Item = &Function> + Clone {
    request.tools.iter().filter_map(|tool| match tool {
        Tool::Function(function) => Some(function),
        Tool::Raw(_) => None,
    })
}

/// Where a function with `#[tool]` stands.
fn place(function: &Function) -> Option<String> {
    match &function.handler {
        Some(Handler::Tool(offered)) => Some(offered.tool.place()),
        _ => None,
    }
}

/// What the tools of a call have used of its limits, over all questions for its value.
#[derive(Default)]
pub(super) struct Spent {
    /// When the first question was asked.
    begin: Option<Instant>,
    rounds: u32,
    tokens: u64,
}

/// What came of the rounds so far.
struct Sofar {
    begin: Instant,
    usage: Option<Usage>,
    /// How many times something was sent.
    attempts: u32,
    /// What the model said beside its calls.
    said: String,
    /// How many tools were called.
    calls: usize,
}

/// Asks, calls the tools that the model wants, and asks again with their results, which stay in the request.
///
/// # Errors
/// Those of a round, and those of the limits. Each has the tokens of all rounds and the text that came.
pub(super) async fn converse(
    rounds: &mut dyn Rounds,
    request: &mut Request,
    tools: &Toolbox,
    spent: &mut Spent,
) -> Result<Reply> {
    let policy = &tools.policy;
    let own = request.messages.len();
    let begin = *spent.begin.get_or_insert_with(Instant::now);
    let mut sofar = Sofar { begin, usage: None, attempts: 0, said: String::new(), calls: 0 };
    loop {
        let mut reply = match sofar.within(policy.deadline, rounds.ask(request)).await {
            Ok(Ok(reply)) => reply,
            Ok(Err(error)) | Err(error) => return Err(sofar.ended(error)),
        };
        sofar.add(&reply);
        spent.tokens = spent.tokens.saturating_add(reply.usage.map_or(0, |usage| usage.total_tokens()));
        let Some(calls) = tools.calls(&reply, request) else {
            reply.usage = sofar.usage;
            reply.attempts = sofar.attempts;
            reply.tool_messages = request.messages.get(own..).unwrap_or_default().to_vec();
            return Ok(reply);
        };
        sofar.say(&reply);
        if spent.rounds >= policy.max_rounds {
            let message = format!("the model still calls tools after {} rounds of results", spent.rounds);
            let help = "raise `max_rounds` of `ToolUse`, or tell the model when to stop";
            return Err(sofar.ended(Error::new(ErrorKind::ToolLimit, message).with_help(help)));
        }
        let used = spent.tokens;
        if let Some(most) = policy.max_total_tokens.filter(|most| used >= *most) {
            let message = format!("the model still calls tools after {used} tokens");
            let help = format!("`max_total_tokens` of `ToolUse` is {most}; raise it, or ask for less");
            return Err(sofar.ended(Error::new(ErrorKind::ToolLimit, message).with_help(help)));
        }
        let called = answer(rounds, tools, &calls, sofar.calls);
        let results = match sofar.within(policy.deadline, called).await {
            Ok(results) => results,
            Err(error) => return Err(sofar.ended(error)),
        };
        sofar.calls += calls.len();
        request.messages.extend([reply.to_message(), Message::tool(results)]);
        // Who must call a tool cannot answer; it has called one.
        if matches!(request.tool_choice, Some(ToolChoice::Required | ToolChoice::Function(_))) {
            request.tool_choice = None;
        }
        spent.rounds += 1;
    }
}

/// The results of all calls, in the order of the calls.
async fn answer(rounds: &mut dyn Rounds, tools: &Toolbox, calls: &[ToolCall], before: usize) -> Vec<ToolResult> {
    let running = calls.iter().enumerate().map(|(index, call)| -> BoxFuture<'_, (usize, ToolResult)> {
        Box::pin(async move { (index, tools.call(call).await) })
    });
    let mut running = AtOnce::new(running, tools.policy.max_calls_at_once);
    let mut results: Vec<Option<ToolResult>> = vec![None; calls.len()];
    while let Some((index, result)) = running.next().await {
        rounds.tell(before + index, &result).await;
        if let Some(place) = results.get_mut(index) {
            *place = Some(result);
        }
    }
    results.into_iter().flatten().collect()
}

impl Sofar {
    fn add(&mut self, reply: &Reply) {
        self.usage = match (self.usage, reply.usage) {
            (Some(before), Some(now)) => Some(before + now),
            (before, now) => before.or(now),
        };
        self.attempts = self.attempts.saturating_add(reply.attempts);
    }

    fn say(&mut self, reply: &Reply) {
        let text = reply.text();
        if !text.is_empty() && !self.said.is_empty() {
            self.said.push_str("\n\n");
        }
        self.said.push_str(&text);
    }

    /// Waits at the longest until the deadline.
    async fn within<T>(&self, limit: Option<Duration>, work: impl Future<Output = T>) -> Result<T> {
        let Some((limit, end)) = limit.and_then(|limit| Some((limit, self.begin.checked_add(limit)?))) else {
            return Ok(work.await);
        };
        in_runtime()?;
        timeout_at(end, work).await.map_err(|_| {
            Error::new(ErrorKind::Timeout, format!("the tools did not end within the deadline of {limit:?}"))
                .with_help("raise the `deadline` of `ToolUse`, or ask for less")
        })
    }

    /// The error with what was said and paid for before it.
    fn ended(&mut self, mut error: Error) -> Error {
        let usage = match (self.usage, error.usage()) {
            (Some(before), Some(now)) => Some(before + *now),
            (before, now) => before.or(now.copied()),
        };
        if let Some(usage) = usage {
            error = error.with_usage(usage);
        }
        if self.said.is_empty() {
            return error;
        }
        let mut said = std::mem::take(&mut self.said);
        if let Some(last) = error.answer() {
            said.push_str("\n\n");
            said.push_str(last);
        }
        error.with_answer(said)
    }
}
