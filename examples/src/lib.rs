//! What the examples share: reading text, a stand-in for the app server, and ending with a clear message.

pub mod input;
pub mod stand_in;

use std::error::Error as _;
use std::fmt;
use std::io;
use std::process::ExitCode;

/// Why an example stops early.
#[derive(Debug)]
pub enum Failure {
    /// The command line is not what the example expects; the text says what is.
    Usage(String),
    /// Something failed on the way.
    Error(codex_ai::Error),
    /// Whoever read the output has stopped to read, as `head` does. That is no error.
    NobodyReads,
}

/// The exit code of a run: 0, 1 for an error, 2 for a command line that is not understood. The message goes to stderr.
pub fn finish(result: Result<(), Failure>) -> ExitCode {
    match result {
        Ok(()) | Err(Failure::NobodyReads) => ExitCode::SUCCESS,
        Err(Failure::Error(error)) => {
            report(&error);
            let mut cause = error.source();
            while let Some(error) = cause {
                report(&format_args!("  = cause: {error}"));
                cause = error.source();
            }
            ExitCode::from(1)
        }
        Err(Failure::Usage(usage)) => {
            report(&format_args!("usage: {usage}"));
            ExitCode::from(2)
        }
    }
}

/// Prints a message on stderr.
#[expect(clippy::print_stderr, reason = "it is what the examples have stderr for")]
pub fn report(message: &dyn fmt::Display) {
    eprintln!("{message}");
}

impl From<codex_ai::Error> for Failure {
    fn from(error: codex_ai::Error) -> Self {
        Self::Error(error)
    }
}

/// The errors of `writeln!(stdout, ..)?`.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::NobodyReads;
        }
        Self::Error(codex_ai::Error::new(codex_ai::ErrorKind::Other, format!("cannot write the output: {error}")))
    }
}
