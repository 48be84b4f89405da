//! What a dispatcher does for an answer that is to be JSON.

use std::time::Duration;

use crate::json::Leniency;

/// How a dispatcher gets a `T` from a model: how strictly an answer is read, and how often it asks again.
///
/// ```
/// use std::time::Duration;
/// use codex_ai::{Dispatcher, StructuredOutput, provider::Local};
///
/// let policy = StructuredOutput::new().with_max_reasks(1).with_deadline(Duration::from_secs(60));
/// let dispatcher = Dispatcher::builder(Local::quiet()).structured_output(policy).build()?;
/// # Ok::<_, codex_ai::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StructuredOutput {
    /// How much is forgiven in an answer before the model is asked again.
    pub leniency: Leniency,
    /// How often a model is asked again after an answer that is no value. Each is paid for. 2 by default.
    pub max_reasks: u32,
    /// No further question once the answers have used this many tokens, those of the requests included. Where the vendor
    /// does not say how many, four bytes of text are taken for one.
    pub max_total_tokens: Option<u64>,
    /// No further question after this time since the call began.
    pub deadline: Option<Duration>,
    /// The way in which a model is told the form; the surest that it takes where it is `None`.
    pub mode: Option<SchemaMode>,
}

/// The ways to tell a model what form its answer must have, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SchemaMode {
    /// The vendor's own structured output, held to the schema.
    Native,
    /// A tool that the model must call, its arguments held to the schema.
    StrictTool,
    /// A tool that the model must call; the schema is advice.
    Tool,
    /// The vendor's JSON mode, with the type in the instructions.
    JsonMode,
    /// The type in the instructions alone.
    Prompt,
}

impl SchemaMode {
    /// All of them, the surest first.
    pub const ALL: [Self; 5] = [Self::Native, Self::StrictTool, Self::Tool, Self::JsonMode, Self::Prompt];
}

impl StructuredOutput {
    /// The default: lenient, asks again twice.
    pub fn new() -> Self {
        Self::default()
    }

    /// To the letter, and asked once.
    pub fn exact() -> Self {
        Self::new().with_leniency(Leniency::Exact).with_max_reasks(0)
    }

    /// Sets [`leniency`](Self::leniency).
    #[must_use]
    pub fn with_leniency(mut self, leniency: Leniency) -> Self {
        self.leniency = leniency;
        self
    }

    /// Sets [`max_reasks`](Self::max_reasks).
    #[must_use]
    pub fn with_max_reasks(mut self, reasks: u32) -> Self {
        self.max_reasks = reasks;
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

    /// Sets [`mode`](Self::mode).
    #[must_use]
    pub fn with_mode(mut self, mode: SchemaMode) -> Self {
        self.mode = Some(mode);
        self
    }
}

impl Default for StructuredOutput {
    fn default() -> Self {
        Self { leniency: Leniency::Lenient, max_reasks: 2, max_total_tokens: None, deadline: None, mode: None }
    }
}
