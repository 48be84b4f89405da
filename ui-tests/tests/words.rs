//! What stands in the pinned messages: nothing that a user did not write, and our own ones in one form.

use std::fs;
use std::path::{Path, PathBuf};

/// What no message may hold: names of generated items, of hidden modules and of traits that nobody implements.
const HIDDEN: [&str; 4] = ["__", "Twin", "private", "shadow"];

/// Where one stands all the same: the case, a part of the line, and why.
const ALLOWED: &[(&str, &str, &str)] = &[
    ("e92_private_prompt", "is private", CHOSEN),
    ("e92_private_prompt", "private struct", CHOSEN),
    ("g_methods_private_type", "private type", CHOSEN),
    ("g_methods_private_type", "declared as private", CHOSEN),
];

const CHOSEN: &str = "rustc speaks of the visibility that the user chose";

/// A line of ours that says what to type.
const HELP: &str = "       = help: ";

fn cases() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fail");
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap_or_else(|error| panic!("{error}")).path())
        .filter(|path| path.extension().is_some_and(|end| end == "stderr"))
        .collect();
    files.sort();
    let read = |path: &PathBuf| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        (name, fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
    };
    files.iter().map(read).collect()
}

#[test]
fn no_message_names_what_is_generated_or_hidden() {
    let mut used = vec![false; ALLOWED.len()];
    let mut wrong = Vec::new();
    for (case, text) in cases() {
        for line in text.lines().filter(|line| HIDDEN.iter().any(|word| line.contains(word))) {
            match ALLOWED.iter().position(|(allowed, part, _)| *allowed == case && line.contains(part)) {
                Some(at) => used[at] = true,
                // The user's own source and file names.
                None if line.contains(&format!("fail/{case}.rs")) || is_source(line, &case) || is_drawn(line) => {}
                None => wrong.push(format!("{case}: {line}")),
            }
        }
    }
    assert!(wrong.is_empty(), "hidden names in messages:\n{}", wrong.join("\n"));
    let there: Vec<String> = cases().into_iter().map(|(case, _)| case).collect();
    let unused = ALLOWED.iter().zip(used).filter(|((case, ..), used)| !used && there.iter().any(|name| name == case));
    let unused: Vec<_> = unused.map(|(allowed, _)| allowed).collect();
    assert!(unused.is_empty(), "allowed, but not there any more: {unused:?}");
}

/// Whether it shows a line of the case's source: `12 | async fn ..`.
fn is_source(line: &str, case: &str) -> bool {
    let Some((number, shown)) = line.split_once('|') else { return false };
    let Ok(number) = number.trim().parse::<usize>() else { return false };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fail").join(format!("{case}.rs"));
    let source = fs::read_to_string(path).unwrap_or_default();
    number > 0 && source.lines().nth(number - 1).is_some_and(|line| line.trim() == shown.trim())
}

/// Whether it is a line that rustc draws from one place to another.
fn is_drawn(line: &str) -> bool {
    line.chars().all(|letter| matches!(letter, ' ' | '|' | '_' | '^' | '-'))
}

/// The line before a help of ours is the message.
#[test]
fn our_messages_are_one_sentence_and_one_help() {
    let mut wrong = Vec::new();
    let mut seen = 0_usize;
    for (case, text) in cases() {
        let lines: Vec<&str> = text.lines().collect();
        for pair in lines.windows(2) {
            let (message, Some(help)) = (pair[0], pair[1].strip_prefix(HELP)) else { continue };
            seen += 1;
            let Some(message) = message.strip_prefix("error: ") else {
                wrong.push(format!("{case}: a second line of ours: {message}"));
                continue;
            };
            for part in [message, help] {
                let first = part.chars().next().unwrap_or(' ');
                let starts = first.is_lowercase() || first.is_ascii_digit() || matches!(first, '`' | '\'' | '#');
                if !starts || part.ends_with('.') && !part.ends_with("..") {
                    wrong.push(format!("{case}: not in our form: {part}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 100, "only {seen} messages of ours: has their form changed?");
}

/// At least so many mistakes are pinned.
#[test]
fn the_catalogue_is_long_enough() {
    let cases = cases().len();
    assert!(cases >= 110, "only {cases} cases");
}
