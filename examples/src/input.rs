//! The text that an example works on: a file, standard input, or a text that ships with the example.

use std::fs::File;
use std::io::{self, BufRead, IsTerminal, Read};
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use codex_ai::{Error, ErrorKind};

use crate::Failure;

/// The largest input in bytes: 10 MiB. More than that fits into no model, and costs money before it fails.
pub const LIMIT: usize = 10 << 20;

/// How long standard input may stay silent before the shipped text is used. A pipe that nobody writes to never ends.
pub const PATIENCE: Duration = Duration::from_secs(2);

/// A text and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The text; never blank.
    pub text: String,
    /// Its origin, for people.
    pub origin: String,
}

/// The one optional argument of an example; `usage` is its command line.
///
/// # Errors
/// [`Failure::Usage`] where there are more arguments, where one is an option, or where one is not UTF-8.
pub fn argument(usage: &str) -> Result<Option<String>, Failure> {
    let mut arguments = arguments(usage)?;
    match arguments.len() {
        0 | 1 => Ok(arguments.pop()),
        _ => Err(Failure::Usage(usage.to_owned())),
    }
}

/// All arguments, none of them an option.
///
/// # Errors
/// As [`argument`].
pub fn arguments(usage: &str) -> Result<Vec<String>, Failure> {
    let usage = || Failure::Usage(usage.to_owned());
    let arguments = std::env::args_os().skip(1).map(|argument| argument.into_string().map_err(|_| usage()));
    let arguments: Vec<String> = arguments.collect::<Result<_, _>>()?;
    match arguments.iter().any(|argument| argument.len() > 1 && argument.starts_with('-')) {
        true => Err(usage()),
        false => Ok(arguments),
    }
}

/// Reads the file that is named, standard input for `-`. Without a name: standard input if something is piped in, else
/// the shipped text.
///
/// # Errors
/// A file that is missing, a directory, not UTF-8, blank or larger than [`LIMIT`].
pub fn read(name: Option<&str>, shipped: &str) -> Result<Input, Error> {
    match name {
        Some("-") => text(bytes(io::stdin(), "standard input")?, "standard input"),
        Some(name) => read_file(name),
        None => match piped()? {
            Some(bytes) => text(bytes, "standard input"),
            None => Ok(Input { text: shipped.to_owned(), origin: "the text that ships with this example".to_owned() }),
        },
    }
}

/// Reads a file of text.
///
/// # Errors
/// As [`read`].
pub fn read_file(name: &str) -> Result<Input, Error> {
    let failed = |error: &io::Error| fail(format!("cannot read `{name}`: {error}"), "give the name of a text file");
    let path = Path::new(name);
    if path.is_dir() {
        return Err(fail(format!("`{name}` is a directory"), "give the name of a text file"));
    }
    let file = File::open(path).map_err(|error| failed(&error))?;
    let size = file.metadata().map_err(|error| failed(&error))?.len();
    if size > LIMIT as u64 {
        return Err(too_large(&format!("`{name}`")));
    }
    text(bytes(file, &format!("`{name}`"))?, &format!("`{name}`"))
}

/// Reads everything, but stops behind the limit: the size of a pipe or a device is known by nobody.
fn bytes(source: impl Read, origin: &str) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let read = source.take(LIMIT as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|error| fail(format!("cannot read {origin}: {error}"), "give the name of a text file"))?;
    if bytes.len() > LIMIT { Err(too_large(origin)) } else { Ok(bytes) }
}

/// What is piped into standard input; nothing if it is a terminal, empty, or silent for [`PATIENCE`].
fn piped() -> Result<Option<Vec<u8>>, Error> {
    if io::stdin().is_terminal() {
        return Ok(None);
    }
    let (sender, begun) = mpsc::channel();
    // On a thread of its own, since a read cannot be given up. What it reads stays in the buffer that all readers share.
    thread::spawn(move || {
        drop(io::stdin().lock().fill_buf());
        let _ = sender.send(());
    });
    if begun.recv_timeout(PATIENCE).is_err() {
        crate::report(&"nothing comes in on standard input; `-` as a file name waits for it");
        return Ok(None);
    }
    Ok(Some(bytes(io::stdin(), "standard input")?).filter(|bytes| !bytes.is_empty()))
}

fn text(bytes: Vec<u8>, origin: &str) -> Result<Input, Error> {
    let text = String::from_utf8(bytes).map_err(|error| {
        let place = error.utf8_error().valid_up_to();
        fail(format!("{origin} is not text in UTF-8 (byte {place} is wrong)"), "convert it to UTF-8")
    })?;
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return Err(fail(format!("{origin} is empty"), "give some text"));
    }
    Ok(Input { text: text.to_owned(), origin: origin.to_owned() })
}

fn too_large(origin: &str) -> Error {
    fail(format!("{origin} is larger than {} MiB", LIMIT >> 20), "give a smaller text")
}

fn fail(message: String, help: &'static str) -> Error {
    Error::new(ErrorKind::Other, message).with_help(help)
}
