//! Suites over data that nobody in the project wrote, in a folder beside the checkout.
//!
//! The folder is `CODEX_AI_DATA`, by default `../shared` from the repository's root. Without it, or without a file in it,
//! a suite says in one line that it was skipped; with `CODEX_AI_REQUIRE_DATA=1` that is a failure.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::Value;

/// A running suite: counts its cases and prints a line for each that fails.
#[derive(Debug)]
pub struct Suite {
    name: &'static str,
    folder: PathBuf,
    exceptions: &'static [(&'static str, &'static str)],
    counts: Counts,
    /// The counts when the last subtotal was printed.
    subtotal: Counts,
    /// What is none of the suite's, by its reason.
    skipped: BTreeMap<String, usize>,
}

/// How cases ended.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    passed: usize,
    failed: usize,
    excepted: usize,
}

/// Runs a suite; the `main` of a test target without harness.
///
/// `needs` are the files or folders that must be there. `exceptions` are the cases that may fail, each by its name or
/// the beginning of its name, with the reason why that was decided. The last line printed is `NAME: N passed, N failed, N excepted`.
pub fn suite(
    name: &'static str,
    needs: &[&str],
    exceptions: &'static [(&'static str, &'static str)],
    run: impl FnOnce(&mut Suite),
) -> ExitCode {
    start(name, needs, is_required(), exceptions, run)
}

/// A file or folder of the data, for a test that is no suite; `None`, with a line that says so, where it is not there.
///
/// # Panics
/// Where it is not there, and data are required.
#[expect(clippy::print_stdout, reason = "a test that does not run says so")]
pub fn path(file: &str) -> Option<PathBuf> {
    let path = folder().join(file);
    if path.exists() {
        return Some(path);
    }
    assert!(!is_required(), "`{}` is required, and it is not there", path.display());
    println!("skipped, as `{}` is not there", path.display());
    None
}

fn folder() -> PathBuf {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    std::env::var_os("CODEX_AI_DATA").map_or_else(default, PathBuf::from)
}

fn is_required() -> bool {
    std::env::var_os("CODEX_AI_REQUIRE_DATA").is_some_and(|value| value == "1")
}

/// Like [`suite`], over data that not everybody has: without its files it is skipped, whatever is required.
pub fn optional_suite(
    name: &'static str,
    needs: &[&str],
    exceptions: &'static [(&'static str, &'static str)],
    run: impl FnOnce(&mut Suite),
) -> ExitCode {
    start(name, needs, false, exceptions, run)
}

fn start(
    name: &'static str,
    needs: &[&str],
    is_required: bool,
    exceptions: &'static [(&'static str, &'static str)],
    run: impl FnOnce(&mut Suite),
) -> ExitCode {
    let folder = folder();
    if let Some(missing) = needs.iter().find(|file| !folder.join(file).exists()) {
        print(format_args!("{name}: skipped, as `{missing}` is not in `{}`", folder.display()));
        return if is_required { ExitCode::FAILURE } else { ExitCode::SUCCESS };
    }
    let (counts, skipped) = (Counts::default(), BTreeMap::new());
    let mut suite = Suite { name, folder, exceptions, counts, subtotal: counts, skipped };
    run(&mut suite);
    suite.finish()
}

impl Suite {
    /// A JSON file of the folder. One that cannot be read is a failed case, and `null`.
    pub fn json(&mut self, file: &str) -> Value {
        let text = fs::read(self.folder.join(file)).map_err(|error| error.to_string());
        match text.and_then(|text| serde_json::from_slice(&text).map_err(|error| error.to_string())) {
            Ok(value) => value,
            Err(error) => {
                self.case(file, Err(error));
                Value::Null
            }
        }
    }

    /// The cases of a JSON file that is one list, each with its number there.
    pub fn cases(&mut self, file: &str) -> Vec<(usize, Value)> {
        match self.json(file) {
            Value::Array(cases) => cases.into_iter().enumerate().collect(),
            Value::Null => Vec::new(),
            _ => {
                self.case(file, Err("is not a list of cases".to_owned()));
                Vec::new()
            }
        }
    }

    /// The files of a folder with this extension, by name.
    pub fn files(&self, folder: &str, extension: &str) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.folder.join(folder)).into_iter().flatten().flatten();
        let mut files: Vec<_> = entries.map(|entry| entry.path()).collect();
        files.retain(|file| file.extension().is_some_and(|found| found == extension));
        files.sort();
        files
    }

    /// Counts a case.
    pub fn case(&mut self, case: &str, result: Result<(), String>) {
        match result {
            Ok(()) => self.counts.passed += 1,
            Err(_) if self.exceptions.iter().any(|(excepted, _)| case.starts_with(excepted)) => {
                self.counts.excepted += 1;
            }
            Err(reason) => {
                self.counts.failed += 1;
                print(format_args!("{}: FAILED {case}: {reason}", self.name));
            }
        }
    }

    /// Counts something that is none of this suite's; the lines before the last tell the reasons.
    pub fn skip(&mut self, reason: impl Into<String>) {
        *self.skipped.entry(reason.into()).or_default() += 1;
    }

    /// Prints a line of the suite's own, for what is no verdict.
    pub fn note(&self, line: impl Display) {
        print(format_args!("{}: {line}", self.name));
    }

    /// Prints what came of the cases since the last call.
    pub fn subtotal(&mut self, what: &str) {
        let (now, before) = (self.counts, std::mem::replace(&mut self.subtotal, self.counts));
        let passed = now.passed - before.passed;
        let failed = now.failed - before.failed;
        let excepted = now.excepted - before.excepted;
        print(format_args!("{}: in {what}: {passed} passed, {failed} failed, {excepted} excepted", self.name));
    }

    fn finish(self) -> ExitCode {
        let Self { name, counts, skipped, .. } = self;
        for (reason, count) in skipped {
            print(format_args!("{name}: skipped {count}: {reason}"));
        }
        let Counts { passed, failed, excepted } = counts;
        print(format_args!("{name}: {passed} passed, {failed} failed, {excepted} excepted"));
        // A suite that found no case proves nothing.
        if failed == 0 && passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

/// A line on the standard output, on one line whatever it holds. That nobody reads it is no reason to fail.
fn print(line: impl Display) {
    let _ = writeln!(io::stdout(), "{}", line.to_string().replace('\n', " | "));
}
