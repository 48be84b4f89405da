//! How a connection comes to its end.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::super::closed::ClosedReason;
use super::super::process::Process;

/// How long the output may stay open after the process has ended or no longer reads, and how long the process may take
/// to end after it has closed its output.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// What the handles of a connection want of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stop {
    Running,
    /// The input is closed; the server has its time of grace to end.
    ShutDown,
    /// At once.
    Failed(ClosedReason),
}

impl Stop {
    pub(crate) fn shut_down(&mut self) -> bool {
        let running = *self == Self::Running;
        if running {
            *self = Self::ShutDown;
        }
        running
    }

    /// The server does not read.
    pub(crate) fn fail(&mut self, unsent: usize) -> bool {
        let failed = !matches!(self, Self::Failed(_));
        if failed {
            *self = Self::Failed(ClosedReason::NotReading { unsent });
        }
        failed
    }

    /// Why nothing can be asked any more.
    pub(crate) fn reason(&self) -> Option<ClosedReason> {
        match self {
            Self::Running => None,
            Self::ShutDown => Some(ClosedReason::ShutDown),
            Self::Failed(reason) => Some(reason.clone()),
        }
    }
}

/// Nothing is read any more.
pub(crate) struct End {
    pub(crate) reason: ClosedReason,
    /// The time that the process still has.
    pub(crate) within: Duration,
    /// The process has ended, and somebody else has its output.
    pub(crate) held: bool,
}

/// What can end a connection besides the end of the server's output.
pub(crate) struct Signals {
    pub(crate) process: Option<Process>,
    stop: watch::Receiver<Stop>,
    /// What the last handle said is to be seen when it is gone.
    _stop: watch::Sender<Stop>,
    /// Why writing failed.
    write_failed: watch::Receiver<Option<String>>,
    grace: Duration,
    exited: bool,
    /// What has begun: why, and until when the output may go on; `None` is for ever.
    ending: Option<(ClosedReason, Option<Instant>)>,
}

impl Signals {
    pub(crate) fn new(
        process: Option<Process>,
        stop: watch::Sender<Stop>,
        write_failed: watch::Receiver<Option<String>>,
        grace: Duration,
    ) -> Self {
        Self { process, stop: stop.subscribe(), _stop: stop, write_failed, grace, exited: false, ending: None }
    }

    /// Whether what the client wants has to be looked at, however much there is to read.
    pub(crate) fn pressing(&self) -> bool {
        let over = match &self.ending {
            Some((ClosedReason::ShutDown, Some(deadline))) => *deadline <= Instant::now(),
            _ => false,
        };
        over || self.stop.has_changed().unwrap_or(false)
    }

    /// The end, or `None` where one has begun and there may yet be something to read. Cancel-safe.
    pub(crate) async fn next(&mut self) -> Option<End> {
        enum Signal {
            Stop,
            WriteFailed,
            Exited,
            Deadline,
        }
        let deadline = self.ending.as_ref().and_then(|(_, deadline)| *deadline);
        let shut_down = matches!(self.ending, Some((ClosedReason::ShutDown, _)));
        let signal = tokio::select! {
            true = changed(&mut self.stop) => Signal::Stop,
            true = changed(&mut self.write_failed) => Signal::WriteFailed,
            () = exited(&mut self.process), if !self.exited => Signal::Exited,
            () = sleep_until(deadline) => Signal::Deadline,
        };
        let soon = Instant::now().checked_add(LAST_WORDS);
        match signal {
            Signal::Stop => match &*self.stop.borrow_and_update() {
                Stop::Running => {}
                Stop::ShutDown => {
                    self.ending = Some((ClosedReason::ShutDown, Instant::now().checked_add(self.grace)));
                }
                Stop::Failed(reason) => {
                    return Some(End { reason: reason.clone(), within: self.grace.min(LAST_WORDS), held: false });
                }
            },
            Signal::WriteFailed => {
                let error = self.write_failed.borrow_and_update().clone();
                if let (Some(error), None) = (error, &self.ending) {
                    self.ending = Some((ClosedReason::Transport(error), soon));
                }
            }
            Signal::Exited => {
                self.exited = true;
                let reason = if shut_down { ClosedReason::ShutDown } else { ClosedReason::ServerClosed };
                self.ending = Some((reason, soon));
            }
            Signal::Deadline => {
                let reason = self.ending.take().map_or(ClosedReason::ServerClosed, |(reason, _)| reason);
                // After a shutdown the process has had its time.
                let within = if shut_down { Duration::ZERO } else { self.grace.min(LAST_WORDS) };
                return Some(End { reason, within, held: self.exited });
            }
        }
        None
    }

    /// The client wants the end. For the time that nothing is read.
    pub(crate) async fn stopped(&mut self) -> End {
        loop {
            if let Some(reason) = self.stop.borrow().reason() {
                return End { reason, within: self.grace, held: false };
            }
            if !changed(&mut self.stop).await {
                std::future::pending::<()>().await;
            }
        }
    }

    /// The server closed its output.
    pub(crate) fn output_closed(&mut self) -> End {
        match self.ending.take() {
            Some((ClosedReason::ShutDown, deadline)) => {
                let left = deadline.map_or(self.grace, |deadline| deadline.duration_since(Instant::now()));
                End { reason: ClosedReason::ShutDown, within: left, held: false }
            }
            // A write that fails is what the end of a process looks like from this side.
            _ => End { reason: ClosedReason::ServerClosed, within: self.grace.min(LAST_WORDS), held: false },
        }
    }

    /// Reading failed.
    pub(crate) fn broken(&mut self, error: String) -> End {
        match self.output_closed() {
            End { reason: ClosedReason::ServerClosed, within, held } => {
                End { reason: ClosedReason::Transport(error), within, held }
            }
            end => end,
        }
    }
}

async fn changed<T>(watched: &mut watch::Receiver<T>) -> bool {
    watched.changed().await.is_ok()
}

async fn exited(process: &mut Option<Process>) {
    match process {
        Some(process) => process.exited().await,
        None => std::future::pending().await,
    }
}

async fn sleep_until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}
