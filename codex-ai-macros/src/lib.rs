//! The macros of `codex-ai`.
