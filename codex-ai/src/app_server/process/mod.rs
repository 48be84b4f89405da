//! The child process of a client.

mod tail;

use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use self::tail::Tail;
use super::options::SpawnOptions;
use super::secrets::Secrets;
use crate::error::{Error, ErrorKind, Result};

/// How long a killed process may take to be gone.
const KILLED: Duration = Duration::from_secs(1);
/// How often an end is looked for where there is no runtime.
const LOOK: Duration = Duration::from_millis(5);

/// A running server. Where it is dropped before its [`end`](Self::end), a thread ends it in the same way.
pub(crate) struct Process {
    /// There until it is dropped.
    child: Option<Child>,
    group: Group,
    tail: Tail,
    grace: Duration,
    secrets: Secrets,
}

impl Process {
    pub(crate) fn start(options: &SpawnOptions) -> Result<(Self, ChildStdout, ChildStdin)> {
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(no_runtime());
        }
        let mut command = command(options)?;
        let mut child = command.spawn().map_err(|error| not_started(options, error))?;
        let (Some(stdin), Some(stdout), Some(stderr)) = (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(Error::new(ErrorKind::Connect, "the process has no pipes"));
        };
        let group = Group::of(&child);
        let grace = options.client.grace;
        let secrets = options.secrets();
        Ok((Self { child: Some(child), group, tail: Tail::start(stderr), grace, secrets }, stdout, stdin))
    }

    /// What its last words must not tell. What is added to them counts, too.
    pub(crate) fn secrets(&self) -> Secrets {
        self.secrets.clone()
    }

    /// Waits for the end. Cancel-safe.
    pub(crate) async fn exited(&mut self) {
        match &mut self.child {
            Some(child) => {
                let _ = child.wait().await;
            }
            None => std::future::pending().await,
        }
    }

    /// Its input is closed: waits this long for the end, then makes one. Gives the status, where it came by itself, and
    /// the last words. `held`: somebody else has its output, and is ended too.
    pub(crate) async fn end(mut self, within: Duration, held: bool) -> (Option<ExitStatus>, String) {
        let Some(child) = &mut self.child else { return (None, String::new()) };
        let status = tokio::time::timeout(within, child.wait()).await.ok().and_then(Result::ok);
        if status.is_none() || held {
            self.group.kill();
        }
        if status.is_none() {
            let _ = child.start_kill();
            let _ = tokio::time::timeout(KILLED, child.wait()).await;
        }
        let mut stderr = self.tail.text().await;
        self.secrets.redact(&mut stderr);
        self.child = None;
        (status, stderr)
    }
}

/// Without a runtime, or in one that ends: nothing here waits, so a thread does.
impl Drop for Process {
    fn drop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        if let Ok(Some(_)) = child.try_wait() {
            return;
        }
        let (group, grace) = (self.group, self.grace);
        let end = move || {
            let wait = |child: &mut Child, within: Duration| {
                let since = Instant::now();
                while let Ok(None) = child.try_wait() {
                    if since.elapsed() >= within {
                        return false;
                    }
                    std::thread::sleep(LOOK);
                }
                true
            };
            if !wait(&mut child, grace) {
                group.kill();
                let _ = child.start_kill();
                wait(&mut child, KILLED);
            }
        };
        // Where there is no thread to be had the child is dropped with the closure, which kills it.
        let _ = std::thread::Builder::new().name("codex-ai end".to_owned()).spawn(end);
    }
}

/// The processes that a child has started and that have not left it: a wrapper, such as npm's `codex`, has the server as
/// a child of its own, which would outlive it.
#[derive(Clone, Copy)]
struct Group {
    #[cfg(unix)]
    leader: Option<rustix::process::Pid>,
}

impl Group {
    #[cfg(unix)]
    fn of(child: &Child) -> Self {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        Self { leader: id.and_then(rustix::process::Pid::from_raw) }
    }

    #[cfg(not(unix))]
    fn of(_child: &Child) -> Self {
        Self {}
    }

    fn kill(self) {
        #[cfg(unix)]
        if let Some(leader) = self.leader {
            let _ = rustix::process::kill_process_group(leader, rustix::process::Signal::KILL);
        }
    }
}

fn command(options: &SpawnOptions) -> Result<Command> {
    let mut command = Command::new(options.program());
    command.args(options.arguments()?);
    if options.clear_env {
        command.env_clear();
    }
    for (name, value) in &options.env {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    if let Some(cwd) = &options.cwd {
        command.current_dir(cwd);
    }
    // A group of its own: what it has started can be ended with it, and Ctrl-C is for the program, not for the server.
    #[cfg(unix)]
    command.process_group(0);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    Ok(command)
}

fn not_started(options: &SpawnOptions, error: std::io::Error) -> Error {
    let program = options.program();
    let program = program.display();
    let (message, help) = match &options.cwd {
        Some(cwd) if !cwd.is_dir() => (
            format!("cannot start `{program}`: its working folder `{}` is not there", cwd.display()),
            "name a folder that is there: `SpawnOptions::with_cwd(path)`",
        ),
        _ if error.kind() == std::io::ErrorKind::NotFound && options.binary.is_none() => (
            format!("cannot start `{program}`: it is not in `PATH`, where alone it is looked for"),
            "install Codex (`npm install -g @openai/codex`), or name the program: `SpawnOptions::with_binary(path)`",
        ),
        _ => (
            format!("cannot start `{program}`: {error}"),
            "name a program that can be run: `SpawnOptions::with_binary(path)`",
        ),
    };
    Error::new(ErrorKind::Connect, message).with_help(help).with_should_retry(false).with_source(error)
}

/// Tokio would panic.
pub(crate) fn no_runtime() -> Error {
    Error::new(ErrorKind::Config, "an app-server client was asked for outside of a tokio runtime")
        .with_help("call it in a runtime with time and I/O enabled, or use `codex_ai::blocking::app_server`")
}
