//! Decides what an app server may do: one command is accepted, one declined, and a change of a file waits for a decision.
//!
//! ```text
//! cargo run --example codex_approvals             a stand-in for the app server: no key, no Codex, and nothing is done
//! cargo run --example codex_approvals -- codex    the program `codex`, with your sign-in; or a path to it
//! ```

use std::io::{Write, stdout};
use std::pin::pin;
use std::process::ExitCode;

use codex_ai::app_server::{
    ApprovalPolicy, Client, ClientOptions, CommandApproval, FileChangeApproval, RequestHandler, ThreadOptions,
};
use codex_ai_examples::{Failure, finish, input, stand_in};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

/// The commands that may run, word for word.
const HARMLESS: [&str; 2] = ["date", "ls"];

/// What the program says to the server's questions.
struct Decisions {
    /// What was decided, for the screen.
    log: UnboundedSender<String>,
    /// Questions that are not answered here: whoever takes them out decides, at any time.
    parked: UnboundedSender<FileChangeApproval>,
}

/// What is not here (permissions, questions, tools) is declined, with a warning through `tracing`.
impl RequestHandler for Decisions {
    async fn command(&self, request: CommandApproval) {
        let command = request.command.clone().unwrap_or_default();
        // The program shows what it would run in a shell: `/bin/bash -lc 'date'`.
        let inner = command.split_once(" -lc ").map_or(&*command, |(_, inner)| inner.trim_matches('\''));
        let (word, answered) = match HARMLESS.contains(&inner) {
            true => ("accepted", request.accept()),
            false => ("declined", request.decline()),
        };
        let _ = self.log.send(match answered {
            Ok(()) => format!("asked to run `{command}`: {word}"),
            Err(error) => format!("asked to run `{command}`: {error}"),
        });
    }

    async fn file_change(&self, request: FileChangeApproval) {
        let _ = self.log.send("asked to change a file: parked".to_owned());
        // A question that nobody takes any more is dropped, and so declined.
        let _ = self.parked.send(request);
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    finish(run().await)
}

async fn run() -> Result<(), Failure> {
    let program = input::argument("codex_approvals [CODEX]")?;
    let mut out = stdout();
    let (log, mut lines) = unbounded_channel();
    let (parked, mut waiting) = unbounded_channel();
    let options = ClientOptions::new().with_handler(Decisions { log, parked });
    let client = stand_in::client(program.as_deref(), options, &mut out).await?;

    // A change of a file: the turn waits for a decision, which is put off. (Codex itself may do without asking.)
    let mut patching = pin!(ask(&client, "patch: notes.txt"));
    let (question, ended) = tokio::select! {
        question = waiting.recv() => (question, None),
        text = &mut patching => (None, Some(text?)),
    };
    let mut texts = Vec::new();
    for text in ["run: date", "run: rm -r notes"] {
        // Other turns run and are answered meanwhile.
        texts.push(ask(&client, text).await?);
    }
    // Here a person would be asked. A handle tells when it is too late: the turn may have ended.
    if let Some(request) = question.filter(|request| !request.is_cancelled()) {
        request.accept()?;
        texts.push("later: the change was accepted".to_owned());
    }
    texts.push(match ended {
        Some(text) => text,
        None => patching.await?,
    });

    while let Ok(line) = lines.try_recv() {
        writeln!(out, "{line}")?;
    }
    writeln!(out)?;
    for text in texts {
        writeln!(out, "{text}")?;
    }
    client.shutdown().await;
    Ok(())
}

/// One turn on a thread of its own, in which the server asks before it does what the sandbox does not allow.
async fn ask(client: &Client, text: &str) -> Result<String, Failure> {
    let options = ThreadOptions::new().with_ephemeral(true).with_approval_policy(ApprovalPolicy::Untrusted);
    let turn = client.start_thread(options).await?.run(text).await?;
    Ok(format!("{text} -> {}", turn.final_text.unwrap_or_default()))
}
