//! The routing table of the app server's client as Rust, from the table as JSON.
//!
//! The JSON lists under `server_notifications` each method with its `scope`, and the JSON pointers `turn_id_at` and
//! `thread_id_at` of the ids in its parameters.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

/// What must not be lost, however slow its reader is: the end of a turn, and what it ended in; how a goal stands, without
/// which its end is not seen.
const ALWAYS: &[&str] = &["turn/completed", "error", "thread/goal/updated", "thread/goal/cleared"];

/// The head of the file.
const HEAD: &str = "\
//! Where a notification carries its ids, and what it is worth.
//!
//! Generated from the stored `routing_table.json` of BINARY; a test compares. Not to be edited: write it anew with
//! `cargo run -p codex-ai-tests --example app-server-routes -- routing_table.json > codex-ai/src/app_server/core/routes.rs`.

use super::log::Keep;

/// Where an id is in the parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum At {
    Nowhere,
    /// `/turnId`, `/threadId`.
    Top,
    /// `/turn/id`, `/thread/id`.
    Nested,
}

/// One method of the server.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Route {
    pub(crate) method: &'static str,
    pub(crate) turn: At,
    pub(crate) thread: At,
    pub(crate) keep: Keep,
}

/// The route of a notification; `None` for a method that nobody here knows.
#[rustfmt::skip] // One row a line.
pub(crate) fn find(method: &str) -> Option<&'static Route> {
    // A handful of methods have the same length, so the texts compared are few.
    let routes: &[Route] = match method.len() {
";

const TAIL: &str = "        _ => &[],
    };
    routes.iter().find(|route| route.method == method)
}
";

/// The Rust file for this table.
///
/// # Errors
/// Where the table has not the form that is known, or an id is where the client does not look.
pub fn render(table: &Value) -> Result<String, String> {
    let binary = table["binary"].as_str().ok_or("`binary` is not a text")?;
    let rows = table["server_notifications"].as_array().ok_or("`server_notifications` is not a list")?;
    let mut by_length: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for row in rows {
        let method = row["method"].as_str().ok_or_else(|| format!("no method in {row}"))?;
        let turn = at(row, "turn_id_at", "/turnId", "/turn/id")?;
        let thread = at(row, "thread_id_at", "/threadId", "/thread/id")?;
        // A piece of a text of an item, which its completion has whole. Pieces of what belongs to no turn are not: the
        // output of a process comes only once.
        let is_piece = row["scope"] == "turn" && method.to_ascii_lowercase().ends_with("delta");
        let keep = match (ALWAYS.contains(&method), is_piece) {
            (true, _) => "Always",
            (false, true) => "Delta",
            (false, false) => "Usual",
        };
        by_length.entry(method.len()).or_default().push(format!(
            "Route {{ method: {method:?}, turn: At::{turn}, thread: At::{thread}, keep: Keep::{keep} }}"
        ));
    }
    let mut out = HEAD.replace("BINARY", binary);
    for (length, mut routes) in by_length {
        routes.sort();
        let rows: String = routes.iter().map(|route| format!("            {route},\n")).collect();
        let _ = writeln!(out, "        {length} => &[\n{rows}        ],");
    }
    Ok(out + TAIL)
}

fn at(row: &Value, key: &str, top: &str, nested: &str) -> Result<&'static str, String> {
    match &row[key] {
        Value::Null => Ok("Nowhere"),
        Value::String(at) if at == top => Ok("Top"),
        Value::String(at) if at == nested => Ok("Nested"),
        other => Err(format!("{}: {key} is {other}", row["method"])),
    }
}
