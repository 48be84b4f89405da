//! Streams that end too early: after each of its events a recorded stream is cut off once.

use crate::case::Case;
use crate::compare;
use crate::expect;
use crate::sse;

/// At most so many places are tried in one stream.
const PLACES: usize = 60;

/// Cuts a stream off after each event and compares what is left with what plain JSON says of it: an answer that was
/// complete already, or an error.
///
/// # Errors
/// The first difference.
pub(crate) fn check(case: &Case) -> Result<(), String> {
    if !case.is_events {
        return Ok(());
    }
    let events = sse::events(&case.body);
    let step = events.len().div_ceil(PLACES).max(1);
    let last = events.len().saturating_sub(4);
    for count in (0..events.len()).filter(|count| count % step == 0 || *count >= last) {
        let mut body = String::new();
        for (name, data) in &events[..count] {
            if !name.is_empty() {
                body.push_str(&format!("event: {name}\n"));
            }
            for line in data.split('\n') {
                body.push_str(&format!("data: {line}\n"));
            }
            body.push('\n');
        }
        let cut = case.with_body(body);
        let compared = expect::outcome(&cut).and_then(|expected| compare::codec(&cut, &expected));
        compared.map_err(|wrong| format!("cut off after {count} of {} events: {wrong}", events.len()))?;
    }
    Ok(())
}
