//! How often a model is asked, and what became of each question.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::feedback;
use super::policy::{SchemaMode, StructuredOutput};
use super::report::{Ask, Asks, Budget, Report};
use crate::error::{Attempt, Error, ErrorKind, Result};
use crate::json::Repair;
use crate::message::Message;
use crate::provider::BoxFuture;
use crate::reply::{Reply, Usage};
use crate::request::Request;
use crate::transport::in_runtime;

/// One call for a value: its questions so far, and whether there may be another.
pub(crate) struct Asking<'a> {
    policy: &'a StructuredOutput,
    /// The provider's name, for errors that name no route.
    provider: &'a str,
    /// How many messages the request has of its own.
    own_messages: usize,
    begin: Instant,
    /// When the question was asked that runs now.
    asked: Instant,
    asks: Asks,
    usage: Option<Usage>,
    /// About so many tokens were used by questions of which the vendor does not say.
    estimated: u64,
    /// How many times a provider sent something, by its own count.
    sent: u32,
    attempts: Vec<Attempt>,
    /// The last answer that was no value.
    answer: Option<String>,
}

impl<'a> Asking<'a> {
    pub(crate) fn new(policy: &'a StructuredOutput, provider: &'a str, request: &Request) -> Self {
        let now = Instant::now();
        Self {
            policy,
            provider,
            own_messages: request.messages.len(),
            begin: now,
            asked: now,
            asks: Asks::default(),
            usage: None,
            estimated: 0,
            sent: 0,
            attempts: Vec::new(),
            answer: None,
        }
    }

    /// The number of the question that runs now, from 1.
    pub(crate) fn number(&self) -> usize {
        self.asks.len() + 1
    }

    /// Waits for an answer, at the longest until the deadline.
    ///
    /// # Errors
    /// The provider's own, and [`ErrorKind::Timeout`].
    pub(crate) async fn wait(&self, answer: BoxFuture<'_, Result<Reply>>) -> Result<Reply> {
        let Some(limit) = self.policy.deadline else { return answer.await };
        // A time that no clock reaches is no limit.
        let Some(end) = self.begin.checked_add(limit) else { return answer.await };
        in_runtime()?;
        timeout_at(end, answer).await.unwrap_or_else(|_| {
            let message = format!("no value came within the deadline of {limit:?}");
            Err(Error::new(ErrorKind::Timeout, message)
                .with_route(self.provider)
                .with_help("raise the `deadline` of `StructuredOutput`, or ask for less"))
        })
    }

    /// What stands in the request now stays there in further questions: calls of tools and their results.
    pub(crate) fn keep(&mut self, request: &Request) {
        self.own_messages = request.messages.len();
    }

    /// The answer was a value.
    pub(crate) fn done(&mut self, mut reply: Reply, repairs: Vec<Repair>) -> Reply {
        self.push(reply.schema_mode, None, reply.usage);
        reply.usage = self.usage;
        reply.attempts = reply.attempts.saturating_add(self.sent);
        reply.report = Some(Box::new(self.report(repairs, None)));
        reply
    }

    /// There was no answer.
    pub(crate) fn failed(&mut self, mut error: Error, mode: Option<SchemaMode>) -> Error {
        self.note(&error, mode);
        if let (None, Some(answer)) = (error.answer(), self.answer.take()) {
            error = error.with_answer(answer);
        }
        let late = self.policy.deadline.is_some_and(|limit| self.begin.elapsed() >= limit);
        let budget = (late && error.kind() == ErrorKind::Timeout).then_some(Budget::Deadline);
        self.end(error, budget)
    }

    /// The answer was no value: makes the next question of the request, which then has this answer in the place of the
    /// one before.
    ///
    /// # Errors
    /// This one, where the model is not to be asked again.
    pub(crate) fn again(&mut self, error: Error, reply: &Reply, request: &mut Request) -> Result<()> {
        self.note(&error, reply.schema_mode);
        self.sent = self.sent.saturating_add(reply.attempts);
        if reply.usage.is_none() && self.policy.max_total_tokens.is_some() {
            self.estimated = self.estimated.saturating_add(estimate(request, reply));
        }
        // Help is for the program: the model cannot do anything about it.
        if error.kind() != ErrorKind::InvalidOutput || error.help().is_some() {
            return Err(self.end(error, None));
        }
        if let Some((budget, help)) = self.spent() {
            let error = if help.is_empty() { error } else { error.with_help(help) };
            return Err(self.end(error, Some(budget)));
        }
        request.messages.truncate(self.own_messages);
        request.messages.extend(feedback::exchange(reply, error.problems()));
        self.answer = error.answer().map(str::to_owned);
        self.asked = Instant::now();
        Ok(())
    }

    /// The budget that leaves no further question, in words.
    fn spent(&self) -> Option<(Budget, String)> {
        let StructuredOutput { max_reasks, max_total_tokens, deadline, .. } = *self.policy;
        let asked = self.asks.len();
        if asked > usize::try_from(max_reasks).unwrap_or(usize::MAX) {
            let help = match asked {
                // Nobody wanted more.
                1 => String::new(),
                _ => format!("it was asked {asked} times, as `max_reasks` is {max_reasks}; look at `report()`"),
            };
            return Some((Budget::Reasks, help));
        }
        let used = self.usage.map_or(0, |usage| usage.total_tokens()).saturating_add(self.estimated);
        if let Some(most) = max_total_tokens.filter(|most| used >= *most) {
            let about = if self.estimated == 0 { "" } else { "about " };
            let help =
                format!("it was not asked again: {about}{used} tokens are used, and `max_total_tokens` is {most}");
            return Some((Budget::TotalTokens, help));
        }
        if let Some(limit) = deadline.filter(|limit| self.begin.elapsed() >= *limit) {
            return Some((Budget::Deadline, format!("it was not asked again: the `deadline` of {limit:?} has passed")));
        }
        None
    }

    fn note(&mut self, error: &Error, mode: Option<SchemaMode>) {
        let elapsed = self.push(mode, Some(error), error.usage().copied());
        match error.attempts() {
            [] => self.attempts.push(Attempt::new(self.provider, error, elapsed)),
            attempts => self.attempts.extend_from_slice(attempts),
        }
    }

    fn push(&mut self, mode: Option<SchemaMode>, error: Option<&Error>, usage: Option<Usage>) -> Duration {
        let elapsed = self.asked.elapsed();
        self.usage = match (self.usage, usage) {
            (Some(before), Some(now)) => Some(before + now),
            (before, now) => before.or(now),
        };
        let problems = error.map(|error| error.problems().to_vec()).unwrap_or_default();
        self.asks.push(Ask { mode, failure: error.map(Error::kind), problems, usage, elapsed });
        elapsed
    }

    fn end(&mut self, mut error: Error, budget: Option<Budget>) -> Error {
        let attempts = std::mem::take(&mut self.attempts);
        if attempts.len() > 1 {
            error = error.with_attempts(attempts);
        }
        if let Some(usage) = self.usage {
            error = error.with_usage(usage);
        }
        error.with_report(self.report(Vec::new(), budget))
    }

    fn report(&mut self, repairs: Vec<Repair>, budget: Option<Budget>) -> Report {
        let elapsed = self.begin.elapsed();
        Report { asks: std::mem::take(&mut self.asks), repairs, usage: self.usage.unwrap_or_default(), elapsed, budget }
    }
}

/// Four bytes are a token, which is about right for English and JSON. What is not text counts for nothing.
fn estimate(request: &Request, reply: &Reply) -> u64 {
    let asked = request.messages.iter().filter_map(Message::text).map(|text| text.len()).sum::<usize>();
    let system = request.system.as_ref().map_or(0, String::len);
    u64::try_from(asked.saturating_add(system).saturating_add(reply.text().len()) / 4).unwrap_or(u64::MAX)
}
