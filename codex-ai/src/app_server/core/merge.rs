//! Two neighbouring deltas of one item as one, without a look at their text.

use std::ops::Range;

use super::super::event::Event;
use super::scan::Scan;

/// Bytes of one event, above which it takes in no more: what is lost is lost in pieces of this size.
const WHOLE: usize = 32 << 10;

/// Appends the text of `next` to that of `last`, where they differ in nothing else.
///
/// Both are JSON objects with one member `delta` at their top, whose value is a string: its raw characters, escapes
/// included, are put behind one another. So nothing is decoded, and nothing of the text can change.
pub(crate) fn append(last: &mut Event, next: &Event) -> bool {
    if last.method() != next.method() || last.params().len() + next.params().len() > WHOLE {
        return false;
    }
    let new_raw = next.params();
    let Some(new) = delta(new_raw) else { return false };
    // The text before that of the delta is the same, so that it begins at the same place; it ends as far from the end.
    let behind = new_raw.len() - new.end;
    let old_raw = last.params().as_bytes();
    let Some(old_end) = old_raw.len().checked_sub(behind) else { return false };
    if old_end < new.start
        || old_raw[..new.start] != new_raw.as_bytes()[..new.start]
        || old_raw[old_end..] != new_raw.as_bytes()[new.end..]
        || (last.notifications() == 1 && delta(last.params()) != Some(new.start..old_end))
    {
        return false;
    }
    last.insert_raw(old_end, &new_raw[new], next);
    true
}

/// Where the characters of the one member `delta` are, without the quotes.
fn delta(raw: &str) -> Option<Range<usize>> {
    let mut found = None;
    let mut scan = Scan::new(raw);
    scan.object(|scan, key| {
        scan.peek()?;
        let start = scan.at() + 1;
        let value = scan.value()?;
        if key.raw == "delta" {
            if found.is_some() || !value.starts_with('"') {
                return None;
            }
            found = Some(start..scan.at() - 1);
        }
        // What is written in another way may be the same name.
        (!key.escaped).then_some(())
    })?;
    found
}
