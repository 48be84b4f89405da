//! What a stream gave against what it should have.

use codex_ai_tests::difference::difference;
use serde_json::Value;

use crate::client::{Ending, Got, Seen};
use crate::recording::Noted;

/// The stream of a turn: all of its events up to its completion; where that never came, all of them and an error.
pub(crate) fn turn(expected: &[Noted], seen: &Seen) -> Result<(), String> {
    if seen.from == 0 {
        events(expected, &seen.events)?;
    } else {
        joined(expected, seen)?;
    }
    let is_complete = expected.last().is_some_and(|noted| noted.method == "turn/completed");
    ending(seen.ending, is_complete)
}

/// A stream that the end of the connection ends: all from its beginning on.
pub(crate) fn open_stream(all: &[Noted], seen: &Seen) -> Result<(), String> {
    let expected: Vec<_> = all.iter().filter(|noted| noted.line >= seen.from).cloned().collect();
    events(&expected, &seen.events)?;
    ending(seen.ending, false)
}

/// A further handle of a turn that another handle has: it may begin later, but misses nothing that came after it was
/// there.
fn joined(expected: &[Noted], seen: &Seen) -> Result<(), String> {
    // What is gone when it begins is told as lost.
    let got = match &*seen.events {
        [lost, rest @ ..] if lost.method == "codex-ai/lagged" => rest,
        all => all,
    };
    let given: usize = got.iter().map(|got| usize::try_from(got.notifications).unwrap_or(usize::MAX)).sum();
    let missed = expected.len().checked_sub(given).ok_or("it gave more than there is")?;
    if let Some(lost) = expected[..missed].iter().find(|noted| noted.line > seen.from) {
        return Err(format!("a second handle missed `{}` of line {}", lost.method, lost.line));
    }
    events(&expected[missed..], got)
}

fn events(expected: &[Noted], got: &[Got]) -> Result<(), String> {
    let mut left = expected;
    for (at, got) in got.iter().enumerate() {
        let count = usize::try_from(got.notifications).unwrap_or(usize::MAX);
        if count == 0 || count > left.len() {
            return Err(format!("event {at} is `{}` for {count}, where {} are left", got.method, left.len()));
        }
        let (these, rest) = left.split_at(count);
        same(these, got).map_err(|wrong| format!("event {at}, line {} of the recording: {wrong}", these[0].line))?;
        left = rest;
    }
    match left.first() {
        Some(missing) => Err(format!(
            "{} of {} events are missing, the first is `{}` of line {}",
            left.len(),
            expected.len(),
            missing.method,
            missing.line
        )),
        None => Ok(()),
    }
}

/// One event against the notifications that it stands for: pieces of a text may come as one.
fn same(expected: &[Noted], got: &Got) -> Result<(), String> {
    let mut params = expected[0].params.clone();
    for next in &expected[1..] {
        let (Some(Value::String(text)), Some(piece)) = (params.get_mut("delta"), next.params["delta"].as_str()) else {
            return Err(format!("`{}` was put together, and is no piece of a text", next.method));
        };
        text.push_str(piece);
        let mut others = next.params.clone();
        others["delta"] = params["delta"].clone();
        if next.method != expected[0].method || others != params {
            return Err(format!("`{}` was put together with another", next.method));
        }
    }
    if got.method != expected[0].method {
        return Err(format!("`{}` instead of `{}`", got.method, expected[0].method));
    }
    if got.params != params {
        let wrong = difference(&params, &got.params).unwrap_or_default();
        return Err(format!("`{}` has other parameters: {wrong}", got.method));
    }
    let emitted = expected[expected.len() - 1].emitted_at_ms;
    if got.emitted_at_ms != emitted {
        return Err(format!("`{}` was written at {:?} instead of {emitted:?}", got.method, got.emitted_at_ms));
    }
    Ok(())
}

fn ending(ending: Ending, complete: bool) -> Result<(), String> {
    match (ending, complete) {
        (Ending::Complete, true) | (Ending::Failed, false) => Ok(()),
        (Ending::Open, _) => Err("the stream did not end with the connection".to_owned()),
        (Ending::Complete, false) => Err("the stream ended without an error, though its end never came".to_owned()),
        (Ending::Failed, true) => Err("the stream ended in an error, though its end came".to_owned()),
        (Ending::More, _) => Err("the stream went on after its end".to_owned()),
    }
}
