//! A test of one line that no prompt changes unnoticed.

use std::env;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::registry::{Manifest, Registry};

/// The variable that accepts what changed.
const UPDATE: &str = "UPDATE_PROMPTS";

/// Passes if the prompts of this test's binary are those of a file, such as `prompts.lock`: see [`Manifest`]. A relative
/// path begins at the root of the package. With `UPDATE_PROMPTS=1` in the environment the file is written instead; commit
/// it, and read what changed in review.
///
/// ```no_run
/// # /*
/// #[test]
/// # */
/// fn no_prompt_changes_unnoticed() {
///     codex_ai::testing::assert_manifest("prompts.lock");
/// }
/// ```
///
/// The prompts are those that this binary has, also of other crates and of its tests. So the test of a library stands best
/// in a file of its own in `tests/`, which names the library (`use my_prompts as _;`).
///
/// # Panics
/// With what changed, otherwise; and where the file is missing, cannot be read or written, or is none of these.
#[track_caller]
pub fn assert_manifest(path: impl AsRef<Path>) {
    let now = match Registry::discover() {
        Ok(registry) => registry.manifest(),
        Err(error) => panic!("{error}"),
    };
    let update = env::var_os(UPDATE).is_some_and(|value| !value.is_empty() && value != "0");
    if let Err(fault) = hold(&resolved(path.as_ref()), path.as_ref(), &now, update) {
        panic!("{fault}");
    }
}

/// The path from the root of the package, which cargo names to tests.
fn resolved(path: &Path) -> PathBuf {
    match env::var_os("CARGO_MANIFEST_DIR") {
        Some(root) => Path::new(&root).join(path),
        None => path.to_owned(),
    }
}

/// Compares with the file, or writes it.
fn hold(file: &Path, named: &Path, now: &Manifest, update: bool) -> Result<(), String> {
    let named = named.display();
    let accept = format!("\n  = help: run this test with `{UPDATE}=1` to accept");
    let found = match fs::read_to_string(file) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(format!("`{named}` cannot be read: {error}")),
    };
    if update {
        let text = now.to_string();
        return match found {
            Some(found) if !Manifest::is_one(&found) => {
                Err(format!("`{named}` is not written, since it is another file and no manifest of prompts"))
            }
            Some(found) if found == text => Ok(()),
            _ => fs::write(file, text).map_err(|error| format!("`{named}` cannot be written: {error}")),
        };
    }
    let Some(found) = found else {
        return Err(format!("`{named}` is not there{accept} the prompts as they are"));
    };
    let accepted: Manifest = found.parse().map_err(|error| match Manifest::is_one(&found) {
        true => format!("`{named}` is no manifest of prompts: {error}{accept} the prompts as they are"),
        false => format!("`{named}` is no manifest of prompts: {error}"),
    })?;
    let difference = accepted.difference(now);
    if difference.is_empty() {
        return Ok(());
    }
    Err(format!("the prompts are not those of `{named}`\n{difference}{accept} this"))
}
