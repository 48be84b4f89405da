//! A conversation with the server.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::caused::{self, Cause};
use super::core::router::Claim;
use super::core::{self, Call, Core};
use super::event::Events;
use super::finished::FinishedTurn;
use super::info::{ThreadInfo, TurnInfo};
use super::input::{Input, IntoInput};
use super::params::{Nothing, OfThread};
use super::review::ReviewTarget;
use super::thread_options::{ForkOptions, ResumeOptions, ThreadOptions, ThreadSettings};
use super::turn::Turn;
use super::turn_events::TurnEvents;
use super::turn_options::TurnOptions;
use super::turn_text::TurnText;
use crate::error::{Error, ErrorKind, Result};

/// A thread: what is said in it is known in its later turns. Cloned cheaply.
#[derive(Clone)]
pub struct Thread {
    pub(crate) core: Core,
    pub(crate) id: Arc<str>,
    told: Arc<Told>,
}

/// What the server said of a thread when it gave it.
struct Told {
    info: ThreadInfo,
    settings: ThreadSettings,
    unsubscribed: AtomicBool,
}

#[derive(Deserialize)]
struct Found {
    thread: ThreadInfo,
}

impl Thread {
    pub(crate) async fn start(core: Core, options: &ThreadOptions) -> Result<Self> {
        Self::given(core, "thread/start", options, Some(Claim::Thread)).await
    }

    pub(crate) async fn resume(core: Core, id: &str, options: &ResumeOptions) -> Result<Self> {
        Self::given(core, "thread/resume", &OfThread { thread_id: id, more: options }, None).await
    }

    pub(crate) async fn fork_of(core: Core, id: &str, options: &ForkOptions) -> Result<Self> {
        let params = OfThread { thread_id: id, more: options };
        Self::given(core, "thread/fork", &params, Some(Claim::Thread)).await
    }

    /// A request whose answer is a thread. One that is resumed may be somebody else's too, and is not claimed.
    async fn given(core: Core, method: &str, params: &impl Serialize, claim: Option<Claim>) -> Result<Self> {
        let (raw, _) = core.call_raw(method, params, &Call { claim, ..Call::default() }).await?;
        let Found { thread } = core::read(method, &raw)?;
        // They stand beside the thread. They are of use, but a thread can be worked with without them.
        let settings = core::read(method, &raw).unwrap_or_default();
        let id = thread.id.as_str().into();
        let told = Told { info: thread, settings, unsubscribed: AtomicBool::new(false) };
        Ok(Self { core, id, told: Arc::new(told) })
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What the server said of it when it was started, resumed or forked; see [`read`](Self::read) for what it says now.
    pub fn info(&self) -> &ThreadInfo {
        &self.told.info
    }

    /// How it was set up then.
    pub fn settings(&self) -> &ThreadSettings {
        &self.told.settings
    }

    /// The events of the thread and of all its turns, from now on.
    pub fn events(&self) -> Events {
        self.core.thread_events(&self.id)
    }

    /// Starts a turn. On a thread that has one under way, the server puts the input into that one, and both handles see
    /// its events.
    ///
    /// # Errors
    /// Where the server refuses, or does not answer. A turn may run all the same in the second case; it is not started
    /// again by itself.
    pub async fn turn(&self, input: impl IntoInput, options: TurnOptions) -> Result<Turn> {
        #[derive(Serialize)]
        struct More<'a> {
            input: Vec<Input>,
            #[serde(flatten)]
            options: &'a TurnOptions,
        }
        self.subscribed("turn/start")?;
        let more = More { input: input.into_input(), options: &options };
        let interrupt = options.interrupt_on_drop.unwrap_or(self.core.options().interrupt_on_drop);
        Ok(self.started("turn/start", more, interrupt).await?.with_options(&options))
    }

    /// Starts a turn and waits for its end.
    ///
    /// # Errors
    /// As [`turn`](Self::turn), and where the turn fails: see [`Turn::run`].
    pub async fn run(&self, input: impl IntoInput) -> Result<FinishedTurn> {
        self.run_with(input, TurnOptions::default()).await
    }

    /// Starts a turn with these options and waits for its end.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub async fn run_with(&self, input: impl IntoInput, options: TurnOptions) -> Result<FinishedTurn> {
        self.turn(input, options).await?.run().await
    }

    /// Starts a turn and gives what the model says, piece by piece.
    ///
    /// # Errors
    /// As [`turn`](Self::turn).
    pub async fn stream_text(&self, input: impl IntoInput) -> Result<TurnText> {
        Ok(self.turn(input, TurnOptions::default()).await?.text())
    }

    /// A turn of this thread that was started elsewhere, by its id. Its events begin with the first one that this client
    /// still has; of a turn that is long over, none comes.
    pub fn join(&self, turn: impl AsRef<str>) -> Turn {
        let events = TurnEvents::Own(self.core.turn_events(turn.as_ref()));
        Turn::new(self.core.clone(), Arc::clone(&self.id), turn.as_ref().into(), events)
    }

    /// Has the model review something, as a turn of this thread. The review is in its item `exitedReviewMode`, and in
    /// its last message.
    ///
    /// # Errors
    /// Where the server refuses.
    pub async fn review(&self, target: ReviewTarget) -> Result<Turn> {
        #[derive(Serialize)]
        struct More {
            target: ReviewTarget,
        }
        self.subscribed("review/start")?;
        let interrupt = self.core.options().interrupt_on_drop;
        self.started("review/start", More { target }, interrupt).await
    }

    /// Has the model make the conversation shorter. The handle is that of the turn in which this is done. Codex 0.169.0
    /// breaks off a turn that runs.
    ///
    /// # Errors
    /// Where the server refuses, or no such turn begins within the client's time limit of a request.
    pub async fn compact(&self) -> Result<Turn> {
        self.caused("thread/compact/start", Nothing {}, Cause::Compaction).await
    }

    /// Runs a command of the user in the thread's shell: not of the model, without a sandbox and without approval. What
    /// it prints is known to the model afterwards. The handle is that of the turn in which it runs, which is one that
    /// was under way where there was one.
    ///
    /// # Errors
    /// Where the server refuses, or no such turn begins within the client's time limit of a request.
    pub async fn shell_command(&self, command: impl Into<String>) -> Result<Turn> {
        #[derive(Serialize)]
        struct More {
            command: String,
        }
        self.caused("thread/shellCommand", More { command: command.into() }, Cause::UserShell).await
    }

    /// Puts items into what the model knows of the conversation, in the form of the Responses API, as
    /// `{"type":"message","role":"user","content":[{"type":"input_text","text":".."}]}`. No turn is run.
    ///
    /// # Errors
    /// Where the server refuses.
    pub async fn inject_items(&self, items: Vec<Value>) -> Result<()> {
        #[derive(Serialize)]
        struct More {
            items: Vec<Value>,
        }
        self.tell("thread/inject_items", More { items }).await
    }

    /// A new thread that begins as this one is. Codex 0.169.0 can fork one that is saved, once it has had a turn.
    ///
    /// # Errors
    /// Where the server refuses.
    pub async fn fork(&self, options: ForkOptions) -> Result<Self> {
        Self::fork_of(self.core.clone(), &self.id, &options).await
    }

    /// What the server says of it now.
    ///
    /// # Errors
    /// Where the server refuses: the turns of an ephemeral thread cannot be had.
    pub async fn read(&self, include_turns: bool) -> Result<ThreadInfo> {
        read(&self.core, &self.id, include_turns).await
    }

    /// Gives it a name.
    ///
    /// # Errors
    /// Where the server refuses: the name is empty, or the thread is ephemeral.
    pub async fn set_name(&self, name: impl Into<String>) -> Result<()> {
        #[derive(Serialize)]
        struct More {
            name: String,
        }
        self.tell("thread/name/set", More { name: name.into() }).await
    }

    /// Archives it: it is not listed any more, and no turn can be started.
    ///
    /// # Errors
    /// Where the server refuses.
    pub async fn archive(&self) -> Result<()> {
        archive(&self.core, &self.id).await
    }

    /// Undoes [`archive`](Self::archive). For more turns, [`Client::resume_thread`](super::Client::resume_thread) is
    /// needed besides.
    ///
    /// # Errors
    /// Where the server refuses: it is not archived.
    pub async fn unarchive(&self) -> Result<ThreadInfo> {
        unarchive(&self.core, &self.id).await
    }

    /// Deletes it, with all that was said.
    ///
    /// # Errors
    /// Where the server refuses.
    pub async fn delete(&self) -> Result<()> {
        delete(&self.core, &self.id).await
    }

    /// Tells the server that this connection wants no events of the thread any more, so that it may put it aside. A turn
    /// could not be followed after that and is refused here;
    /// [`Client::resume_thread`](super::Client::resume_thread) gives a handle for more.
    ///
    /// # Errors
    /// Where the server refuses.
    pub async fn unsubscribe(&self) -> Result<()> {
        self.tell("thread/unsubscribe", Nothing {}).await?;
        self.told.unsubscribed.store(true, Ordering::Relaxed);
        Ok(())
    }

    async fn tell(&self, method: &str, more: impl Serialize) -> Result<()> {
        tell(&self.core, &self.id, method, more).await
    }

    /// A request whose answer names the turn that it starts; one whose caller is gone by then is interrupted where that
    /// is asked for.
    async fn started(&self, method: &str, more: impl Serialize, interrupt: bool) -> Result<Turn> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Answer {
            turn: TurnInfo,
            #[serde(default)]
            review_thread_id: Option<String>,
        }
        let call = Call { claim: Some(Claim::Turn { thread: Arc::clone(&self.id), interrupt }), ..Call::default() };
        let (raw, events) = self.core.call_raw(method, &OfThread { thread_id: &self.id, more }, &call).await?;
        let Answer { turn, review_thread_id } = core::read(method, &raw)?;
        let events =
            events.ok_or_else(|| Error::new(ErrorKind::Protocol, format!("the answer to `{method}` names no turn")))?;
        let thread = review_thread_id.map_or_else(|| Arc::clone(&self.id), Into::into);
        Ok(Turn::new(self.core.clone(), thread, turn.id.into(), TurnEvents::Own(events)))
    }

    /// A request that starts a turn of which its answer says nothing.
    async fn caused(&self, method: &str, more: impl Serialize, cause: Cause) -> Result<Turn> {
        self.subscribed(method)?;
        // From before the request on, so that no event of the turn can be missed.
        let events = self.events();
        self.tell(method, more).await?;
        let (turn, events) = caused::find(events, method, cause, self.core.options().request_timeout).await?;
        Ok(Turn::new(self.core.clone(), Arc::clone(&self.id), turn, events))
    }

    pub(crate) fn subscribed(&self, method: &str) -> Result<()> {
        if !self.told.unsubscribed.load(Ordering::Relaxed) {
            return Ok(());
        }
        let message = format!("`{method}`: the thread was unsubscribed, so the events of a turn would not come");
        Err(Error::new(ErrorKind::InvalidRequest, message)
            .with_help("take the handle that `Client::resume_thread` gives"))
    }
}

impl fmt::Debug for Thread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Thread").field("id", &self.id).finish_non_exhaustive()
    }
}

pub(crate) async fn read(core: &Core, id: &str, include_turns: bool) -> Result<ThreadInfo> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct More {
        include_turns: bool,
    }
    let Found { thread } = core.call("thread/read", &OfThread { thread_id: id, more: More { include_turns } }).await?;
    Ok(thread)
}

pub(crate) async fn archive(core: &Core, id: &str) -> Result<()> {
    tell(core, id, "thread/archive", Nothing {}).await
}

pub(crate) async fn unarchive(core: &Core, id: &str) -> Result<ThreadInfo> {
    let Found { thread } = core.call("thread/unarchive", &OfThread { thread_id: id, more: Nothing {} }).await?;
    Ok(thread)
}

pub(crate) async fn delete(core: &Core, id: &str) -> Result<()> {
    tell(core, id, "thread/delete", Nothing {}).await
}

async fn tell(core: &Core, id: &str, method: &str, more: impl Serialize) -> Result<()> {
    core.call::<IgnoredAny>(method, &OfThread { thread_id: id, more }).await?;
    Ok(())
}
