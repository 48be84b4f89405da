//! What a dispatcher does for a model that calls tools.

use std::time::Duration;

/// How far a model may go with the tools of a call: how often, how long, for how many tokens.
///
/// A limit that is met ends the call in an error that keeps the tokens used and the text that the model said so far. The
/// limits hold for a whole call: where an answer is no value and the model is asked again, they go on.
///
/// ```
/// use std::time::Duration;
/// use codex_ai::{Dispatcher, ToolUse, provider::Local};
///
/// let policy = ToolUse::new().with_max_rounds(3).with_deadline(Duration::from_secs(60));
/// let dispatcher = Dispatcher::builder(Local::quiet()).tool_use(policy).build()?;
/// # Ok::<_, codex_ai::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ToolUse {
    /// How often the results of tools are sent to the model. Each is a question that is paid for. 8 by default.
    pub max_rounds: u32,
    /// No further round once the answers have used this many tokens, those of the requests included, as far as the vendor
    /// says.
    pub max_total_tokens: Option<u64>,
    /// The longest time for all rounds together, the answers of the model included.
    pub deadline: Option<Duration>,
    /// The longest time for one call of a tool; a longer one is an error that the model is told.
    pub call_timeout: Option<Duration>,
    /// How many of the tools that one answer calls run at the same time. 8 by default; 0 is taken for 1.
    pub max_calls_at_once: usize,
    /// The longest result in bytes that the model is told; of a longer one the begin, and how long it is. 64 KiB by
    /// default.
    pub max_result_bytes: usize,
}

impl ToolUse {
    /// The default: 8 rounds of 8 calls at once, no limit of time or tokens.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`max_rounds`](Self::max_rounds).
    #[must_use]
    pub fn with_max_rounds(mut self, rounds: u32) -> Self {
        self.max_rounds = rounds;
        self
    }

    /// Sets [`max_total_tokens`](Self::max_total_tokens).
    #[must_use]
    pub fn with_max_total_tokens(mut self, tokens: u64) -> Self {
        self.max_total_tokens = Some(tokens);
        self
    }

    /// Sets [`deadline`](Self::deadline).
    #[must_use]
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Sets [`call_timeout`](Self::call_timeout).
    #[must_use]
    pub fn with_call_timeout(mut self, timeout: Duration) -> Self {
        self.call_timeout = Some(timeout);
        self
    }

    /// Sets [`max_calls_at_once`](Self::max_calls_at_once).
    #[must_use]
    pub fn with_max_calls_at_once(mut self, calls: usize) -> Self {
        self.max_calls_at_once = calls;
        self
    }

    /// Sets [`max_result_bytes`](Self::max_result_bytes).
    #[must_use]
    pub fn with_max_result_bytes(mut self, bytes: usize) -> Self {
        self.max_result_bytes = bytes;
        self
    }
}

impl Default for ToolUse {
    fn default() -> Self {
        Self {
            max_rounds: 8,
            max_total_tokens: None,
            deadline: None,
            call_timeout: None,
            max_calls_at_once: 8,
            max_result_bytes: 64 * 1024,
        }
    }
}
