//! Which prompts the binary has.

/// What the binary knows of one prompt.
#[derive(Debug)]
pub struct Entry {}
