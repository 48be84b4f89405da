//! Recorded connections to `codex app-server`, played to the client by a peer in memory: each turn's stream gives what
//! plain JSON reading of the recording assigns to that turn, in its order and nothing else; so do the streams of threads
//! and of the client.
//!
//! A recording is a file of lines `{t_ms, dir, msg}`, where `dir` is `c2s`, `s2c` or `eof`. The client does what its lines
//! show, the peer writes the server's lines: at the pace recorded, at once, and cut at random bytes.

mod client;
mod compare;
mod peer;
mod play;
mod recording;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use codex_ai_tests::data::{Suite, suite};

use play::{Mode, Played};
use recording::Recording;

const FOLDER: &str = "app-server-transcripts";

const EXCEPTIONS: &[(&str, &str)] = &[];

const MODES: &[Mode] = &[Mode::Paced, Mode::AtOnce, Mode::Cut(1), Mode::Cut(2), Mode::Cut(3), Mode::Cut(4)];

fn main() -> ExitCode {
    suite("app_server_transcripts", &[FOLDER], EXCEPTIONS, |suite| {
        for file in suite.files(FOLDER, "jsonl") {
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            match Recording::read(&file) {
                Ok(recording) => {
                    let recording = Arc::new(recording);
                    for mode in MODES {
                        check(suite, &name, &recording, *mode);
                    }
                }
                Err(error) => suite.case(&name, Err(error)),
            }
            suite.subtotal(&name);
        }
    })
}

/// Plays a recording once; one case for each turn, thread and stream of the client.
fn check(suite: &mut Suite, file: &str, recording: &Arc<Recording>, mode: Mode) {
    let name = |what: &str| format!("{file}, {mode}, {what}");
    let played = match play::play(recording, mode) {
        Ok(played) => played,
        Err(error) => return suite.case(&name("connection"), Err(error)),
    };
    let Played { turns, threads, global, calls, unclaimed } = played;
    for (turn, expected) in &recording.turns {
        let case = name(&format!("turn {turn}"));
        match turns.get(turn) {
            Some(streams) => {
                suite.case(&case, streams.iter().try_for_each(|seen| compare::turn(expected, seen)));
            }
            None if unclaimed.contains(turn) => suite.skip("a turn that came before the client had any thread"),
            None => suite.case(&case, Err("no stream had this turn".to_owned())),
        }
    }
    for turn in turns.keys().filter(|turn| !recording.turns.contains_key(*turn)) {
        // The answer names it, and nothing more came of it.
        suite.case(&name(&format!("turn {turn}")), turns[turn].iter().try_for_each(|seen| compare::turn(&[], seen)));
    }
    for (thread, seen) in &threads {
        let expected = recording.threads.get(thread).map_or(&[][..], Vec::as_slice);
        suite.case(&name(&format!("thread {thread}")), compare::open_stream(expected, seen));
    }
    suite.case(&name("client"), compare::open_stream(&recording.global, &global));
    suite.case(&name("answers"), calls);
}

/// The file's name, for messages.
pub(crate) fn shown(path: &Path) -> String {
    path.display().to_string()
}
