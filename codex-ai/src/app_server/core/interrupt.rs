//! Ending a turn, also one that the server does not know yet.
//!
//! Codex 0.169.0 names a turn in its answer to `turn/start` before the turn can be interrupted: until `turn/started` it
//! says that there is none, and runs it all the same. So it is asked again while the turn is not over. A review runs under
//! another id than its answer names, which is the root of it, and is interrupted by that other one only.

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::mpsc;

use super::super::rpc::RpcError;
use super::call::Call;
use super::router::{Interrupt, Unwanted};
use super::{Core, Shared};
use crate::error::Result;

pub(super) const METHOD: &str = "turn/interrupt";

impl Core {
    /// Interrupts a turn.
    pub(crate) async fn interrupt(&self, thread: &Arc<str>, turn: &Arc<str>) -> Result<()> {
        let interrupt = Interrupt { thread: Arc::clone(thread), turn: Arc::clone(turn) };
        self.call_raw(METHOD, &interrupt, &interrupt.call()).await?;
        Ok(())
    }

    /// The same where nobody waits for the answer.
    pub(crate) fn fire_interrupt(&self, thread: &Arc<str>, turn: &Arc<str>) {
        self.shared.interrupt(&Interrupt { thread: Arc::clone(thread), turn: Arc::clone(turn) });
    }
}

impl Interrupt {
    fn call(&self) -> Call {
        Call { ends: Some(self.clone()), ..Call::default() }
    }
}

impl Shared {
    /// Ends what nobody wants.
    pub(super) fn end(self: &Arc<Self>, unwanted: &Unwanted) {
        match unwanted {
            Unwanted::Turn(interrupt) => self.interrupt(interrupt),
            Unwanted::Thread(thread) => {
                let params = serde_json::value::to_raw_value(&serde_json::json!({ "threadId": **thread }));
                if let Ok(params) = params {
                    self.fire("thread/unsubscribe", params, Call::default());
                }
            }
        }
    }

    fn interrupt(self: &Arc<Self>, interrupt: &Interrupt) {
        if let Ok(params) = serde_json::value::to_raw_value(interrupt) {
            self.fire(METHOD, params, interrupt.call());
        }
    }
}

/// Ends what the reader finds nobody waiting for, as it cannot wait for answers itself.
pub(super) fn serve(runtime: &Handle, shared: Weak<Shared>, mut unwanted: mpsc::UnboundedReceiver<Unwanted>) {
    runtime.spawn(async move {
        while let Some(unwanted) = unwanted.recv().await {
            let Some(shared) = shared.upgrade() else { return };
            shared.end(&unwanted);
        }
    });
}

/// What became of asking a turn to end.
#[derive(Default)]
pub(super) struct Early {
    /// How often it had not begun.
    tries: u32,
    /// What is sent from now on, as the turn runs under another id.
    pub(super) instead: Option<Interrupt>,
}

impl Early {
    /// The wait before the next try, where the refusal means that the turn has not begun, about 5 seconds in all, or that
    /// it runs under another id.
    pub(super) fn wait(&mut self, refusal: &RpcError, call: &Call, shared: &Shared) -> Option<Duration> {
        const TRIES: u32 = 36;
        const FIRST: Duration = Duration::from_millis(10);
        let ends = call.ends.as_ref()?;
        if self.instead.is_none()
            && refusal.message.starts_with("expected active turn id")
            && let Some(turn) = shared.router.running_as(&ends.turn)
        {
            self.instead = Some(Interrupt { thread: Arc::clone(&ends.thread), turn });
            return Some(Duration::ZERO);
        }
        let early = refusal.message.starts_with("no active turn");
        let again = early && self.tries < TRIES && !shared.router.is_over(&ends.turn);
        again.then(|| {
            self.tries += 1;
            FIRST * (1 << (self.tries - 1).min(4))
        })
    }
}
