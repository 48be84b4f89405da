//! A client of `codex app-server`: many turns at once over one pipe.
//!
//! `codex app-server` is the part of OpenAI's [Codex](https://github.com/openai/codex) that other programs drive: threads,
//! turns, commands in a sandbox, approvals, sign-in, one JSON object a line over its standard input and output. A
//! [`Client`] starts it, or takes any other pipe of lines, and any number of turns run over it at once; each sees its own
//! events and no others.
//!
//! ```no_run
//! use codex_ai::app_server::{Client, EventKind, SpawnOptions, ThreadOptions, TurnOptions};
//!
//! # async fn run() -> codex_ai::Result<()> {
//! let client = Client::spawn(SpawnOptions::new()).await?; // `codex`, found in PATH
//! let thread = client.start_thread(ThreadOptions::new().with_cwd("/srv/project").with_deny_all()).await?;
//!
//! // The whole turn:
//! let done = thread.run("What does this project do?").await?;
//! println!("{}", done.final_text.unwrap_or_default());
//!
//! // The same while it comes:
//! let mut turn = thread.turn("Which of its tests are slow?", TurnOptions::new().with_effort("low")).await?;
//! while let Some(event) = turn.next().await {
//!     match event?.kind() {
//!         EventKind::AgentMessageDelta { delta, .. } => print!("{delta}"),
//!         EventKind::ItemCompleted { item } => println!("{item:?}"),
//!         EventKind::TurnCompleted { turn } => println!("{}", turn.status),
//!         _ => {} // what is of no interest, and what a later server will tell
//!     }
//! }
//! client.shutdown().await;
//! # Ok(()) }
//! ```
//!
//! Needs the feature `app-server`; the examples `codex_turns`, `codex_approvals` and `codex_prompt` run without Codex.
//!
//! # Threads and turns
//! A [`Thread`] is a conversation: [started](Client::start_thread), or taken up again by `resume_thread` and `fork_thread`.
//! A [`Turn`] is one round of it, from an input to its end. [`Turn::run`] gives a [`FinishedTurn`] with the final text,
//! all items, tokens and times; [`Turn::text`] only what the model says; [`Turn::steer`] and [`Turn::interrupt`] change
//! its course, and [`Turn::control`] does so from elsewhere.
//!
//! The **final text** is the last message that the model marks as its final answer, else the last one without a mark; what
//! it marks as commentary is none. A turn that failed is an [`Error`](crate::Error) with the server's message, and a kind
//! that fits its [`CodexErrorInfo`]; an interrupted one is none.
//!
//! A turn runs on when its handle is dropped, unless [`ClientOptions::with_interrupt_on_drop`] or
//! [`TurnOptions::with_interrupt_on_drop`] say otherwise. `turn/start` on a thread that is busy joins the turn that runs:
//! both handles see its events, the later one from the turn's beginning, or with [`EventKind::Lagged`] for what is gone.
//! [`Thread::events`] has the events of all turns of a thread.
//!
//! # Events
//! An [`Event`] is kept as the server sent it, and is read when [`Event::kind`] is called. So what is unknown or has
//! another form than is known is no error: it is [`EventKind::Unknown`] with its parameters, and reaches the turn whose id
//! it names. Every enum of the protocol has a case for what is newer than this crate, and options take fields that have no
//! name here (`with_extra`). [`Client::request_raw`] calls any method.
//!
//! Events that come before the answer that names their turn are kept for it. Dropping the future of
//! [`next`](Turn::next), as a time limit does, loses nothing.
//!
//! # Slow readers
//! Nobody's slowness stops others. What a turn's reader has not read is held up to
//! [`ClientOptions::with_turn_budget`], neighbouring pieces of one text as one event. Above it the oldest go, and
//! [`EventKind::Lagged`] tells how many; `turn/completed` is never among them. [`Overflow::Wait`] has the client stop to
//! read instead, for all turns. Events of no turn are in a bounded ring ([`Client::events`]);
//! [`ClientOptions::with_opt_out`] has the server leave some out.
//!
//! # What the server asks
//! Approvals of commands and patches, permissions, questions to the user, calls of tools that the program brought
//! ([`ThreadOptions::with_tool`]) go to a [`RequestHandler`], each in a task of its own, as a handle that can be kept and
//! answered later. **Without a handler everything is declined**, and so is a request whose handle is dropped.
//!
//! # When something breaks
//! [`Closed`] is the source of the error of every call and stream that waited, and of every later call: why, the exit
//! status, and the last lines of standard error. A line that is no message is counted ([`Client::counts`]), is an event,
//! and ends nothing. At most 64 requests are in flight, each has a time limit, and an overloaded server is asked again,
//! but for `turn/start`, which nobody can tell the outcome of. [`Client::shutdown`] closes the server's input, waits, and
//! then ends it; dropping the last handle leaves no process behind.
//!
//! # As a provider
//! [`Provider`] runs any prompt as a turn of its own, with Codex as a plain model: no tools, no text of its own.
//! Dispatchers, layers, typed answers and streams work as with every other [provider](crate::provider).
//!
//! ```no_run
//! use codex_ai::app_server::{Client, Provider, SpawnOptions};
//! use codex_ai::{Dispatcher, LlmSchema};
//!
//! #[derive(serde::Deserialize, LlmSchema)]
//! struct Verdict {
//!     good: bool,
//!     reasons: Vec<String>,
//! }
//!
//! # async fn run() -> codex_ai::Result<()> {
//! let client = Client::spawn(SpawnOptions::new()).await?;
//! let dispatcher = Dispatcher::new(Provider::new(client))?;
//! let verdict: Verdict = dispatcher.generate_json("Is this a good name for a bridge? Harrow Lock").await?;
//! # Ok(()) }
//! ```
//!
//! # Without async
//! `blocking::app_server` (feature `blocking`) has the same types and methods. A client has one thread of its own, however
//! many wait. A `blocking::Dispatcher` asks over it by `Provider::new(client.as_async().clone())`.
//!
//! # Versions
//! Written for, and tested with, Codex 0.169.0, whose protocol it is. [`Client::server`] tells the version that runs.
//! Experimental methods and fields are asked for unless [`ClientOptions::with_experimental_api`] says otherwise.

mod account;
mod caused;
mod client;
mod closed;
mod config;
mod core;
mod event;
mod failure;
mod fields;
mod finished;
mod goal;
mod idle;
mod info;
mod input;
mod item;
mod kind;
mod login;
mod models;
mod notices;
mod open;
mod options;
mod page;
mod params;
mod policy;
mod process;
mod provider;
mod requests;
mod review;
mod rpc;
mod secrets;
mod server;
mod thread;
mod thread_options;
mod threads;
mod turn;
mod turn_events;
mod turn_options;
mod turn_text;
mod usage;

pub use self::account::{Account, AccountInfo, AccountRateLimits, AccountUsage, DailyUsage, UsageSummary};
pub use self::client::Client;
pub use self::closed::{Closed, ClosedReason};
pub use self::config::{
    Config, ConfigEdit, ConfigLayer, ConfigWritten, MergeStrategy, ReadConfig, WriteConfig, WriteStatus,
};
pub use self::core::router::Counts;
pub use self::event::{Event, Events};
pub use self::failure::{CodexErrorInfo, TurnError};
pub use self::finished::FinishedTurn;
pub use self::goal::{GoalControl, GoalOptions, GoalRun};
pub use self::info::{
    GitInfo, ItemsView, SessionSource, ThreadActiveFlag, ThreadInfo, ThreadStatus, TurnInfo, TurnStatus,
};
pub use self::input::{AdditionalContext, AdditionalContextKind, Input, InputDetail, IntoInput, ToolOutput};
pub use self::item::*;
pub use self::kind::EventKind;
pub use self::login::{Login, LoginOutcome};
pub use self::models::{
    EffortOption, InputModality, ListModels, Model, ModelProvider, ModelProviders, ModelServiceTier,
};
pub use self::notices::{
    AuthMode, AutoReview, AutoReviewStatus, Credits, Goal, GoalStatus, HookEntry, HookRun, HookStatus, McpStartup,
    PlanStep, PlanStepStatus, PlanType, RateLimitWindow, RateLimits,
};
pub use self::options::{ClientOptions, Overflow, SpawnOptions};
pub use self::page::{ListThreads, Page};
pub use self::policy::{
    ApprovalPolicy, ApprovalsReviewer, ExternalNetwork, GranularApproval, Personality, ReasoningEffort,
    ReasoningSummary, SandboxMode, SandboxPolicy, ServiceTier,
};
pub use self::provider::Provider;
pub use self::requests::{
    Cancelled, CommandApproval, CommandDecision, CommandParams, DeclineSilently, Elicitation, ElicitationMode,
    ElicitationParams, FileChangeApproval, FileChangeParams, FileSystemEntry, FileSystemPermissions, ForwardRequests,
    GrantScope, HandlerFn, NetworkAccess, NetworkPermissions, NetworkPolicyAmendment, OtherParams, OtherRequest,
    PermissionProfile, PermissionsParams, PermissionsRequest, Question, QuestionOption, RequestHandler, RequestId,
    ServerRequest, ServerRequests, TokenRefresh, TokenRefreshParams, ToolParams, ToolRequest, UserInputParams,
    UserInputRequest, forward_requests, handler_fn,
};
pub use self::review::ReviewTarget;
pub use self::rpc::RpcError;
pub use self::server::{ServerInfo, ServerVersion};
pub use self::thread::Thread;
pub use self::thread_options::{DynamicTool, ForkOptions, ResumeOptions, ThreadOptions, ThreadSettings};
pub use self::turn::{Turn, TurnControl};
pub use self::turn_options::TurnOptions;
pub use self::turn_text::TurnText;
pub use self::usage::{ThreadTokenUsage, TokenUsage};
