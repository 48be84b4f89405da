//! Has several turns of one app server stream at once, each line marked by its turn.
//!
//! ```text
//! cargo run --example codex_turns             a stand-in for the app server: no key, no Codex
//! cargo run --example codex_turns -- codex    the program `codex`, with your sign-in; or a path to it
//! ```

use std::io::{Write, stdout};
use std::process::ExitCode;

use codex_ai::app_server::{ClientOptions, EventKind, ThreadOptions, Turn, TurnOptions, TurnStatus};
use codex_ai_examples::{Failure, finish, input, stand_in};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

/// What is asked, each on a thread of its own.
const QUESTIONS: [(&str, &str); 3] = [
    ("gist", "Say in two sentences what this text tells."),
    ("points", "List the 4 most important points of this text."),
    ("title", "Say in one sentence what this text is about."),
];

/// How long a line is before it is shown.
const LINE: usize = 60;

#[tokio::main]
async fn main() -> ExitCode {
    finish(run().await)
}

async fn run() -> Result<(), Failure> {
    let program = input::argument("codex_turns [CODEX]")?;
    let mut out = stdout();
    let client = stand_in::client(program.as_deref(), ClientOptions::new(), &mut out).await?;

    let text = include_str!("data/article.txt");
    let (lines, mut shown) = unbounded_channel();
    for (name, question) in QUESTIONS {
        // A thread remembers what was said in it. These are not saved, and may change nothing.
        let options = ThreadOptions::new().with_ephemeral(true).with_deny_all();
        let thread = client.start_thread(options).await?;
        let turn = thread.turn(format!("{question}\n\n{text}"), TurnOptions::new()).await?;
        tokio::spawn(follow(name, turn, lines.clone()));
    }
    drop(lines);

    // All turns are under way, and each stream has the events of its own turn alone.
    while let Some(line) = shown.recv().await {
        writeln!(out, "{}", line?)?;
    }
    client.shutdown().await;
    Ok(())
}

/// Sends what a turn says, line by line.
async fn follow(name: &str, mut turn: Turn, lines: UnboundedSender<codex_ai::Result<String>>) {
    let mut line = String::new();
    let mut events = 0;
    while let Some(event) = turn.next().await {
        let kind = match event {
            Ok(event) => event.kind(),
            Err(error) => {
                let _ = lines.send(Err(error));
                return;
            }
        };
        events += 1;
        let ended = match kind {
            EventKind::AgentMessageDelta { delta, .. } => {
                line.push_str(&delta);
                None
            }
            EventKind::TurnCompleted { turn } => Some(turn),
            // Items, tokens, warnings, and whatever a later server will tell.
            _ => None,
        };
        while let Some(end) = end_of_line(&line, ended.is_some()) {
            let shown: String = line.drain(..end).collect();
            if !shown.trim().is_empty() {
                let _ = lines.send(Ok(format!("[{name}] {}", shown.trim())));
            }
        }
        if let Some(turn) = ended {
            let _ = lines.send(match (turn.status, turn.error) {
                (TurnStatus::Failed, Some(error)) => Err(error.into()),
                (status, _) => Ok(format!("[{name}] {status} after {events} events")),
            });
        }
    }
}

/// Where the first line of a text ends that is long enough to be shown.
fn end_of_line(text: &str, is_all: bool) -> Option<usize> {
    let long = || text.char_indices().filter(|(at, c)| *c == ' ' && *at >= LINE).map(|(at, _)| at).next();
    let all = || Some(text.len()).filter(|end| is_all && *end > 0);
    text.find('\n').map(|at| at + 1).or_else(long).or_else(all)
}
