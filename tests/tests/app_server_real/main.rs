//! The client against the real `codex app-server`, whose model is our own wire server on loopback.
//!
//! The program is `CODEX_AI_CODEX`, the path of the native `codex`. Without it each test says that it was skipped; with
//! `CODEX_AI_REQUIRE_CODEX=1` that is a failure. Made for, and checked with, 0.169.0.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod account;
mod approvals;
mod codex;
mod crowd;
mod death;
mod inputs;
#[path = "../app_server/limit.rs"]
mod limit;
mod model;
mod prompts;
mod provider;
mod threads;
mod tools;
mod turn;
mod turns;
