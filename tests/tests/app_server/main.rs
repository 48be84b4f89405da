//! The client of `codex app-server`, against a peer in memory and against the stand-in server.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod account;
mod approvals;
mod bad_input;
mod blocking;
mod client;
mod closed;
mod contract;
mod early;
mod ends;
mod goals;
mod interrupts;
mod json;
mod keys;
mod limit;
mod mangled;
mod model;
mod peer;
mod process;
mod provider;
mod reading;
mod requests;
mod results;
mod routing;
mod shutdowns;
mod slow;
mod smoke;
mod threads;
mod tools;
mod turns;
mod twins;
mod types;
