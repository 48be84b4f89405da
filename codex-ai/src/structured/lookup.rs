//! A part of a value by its path, for whoever is told what stood there.

use serde_json::Value;

/// What is at a path such as `points[2].name`; `None` where nothing is, or where the path was cut.
pub(super) fn lookup<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    let mut here = value;
    let mut rest = if path == "$" || path.starts_with("$[") { &path[1..] } else { path };
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('[') {
            if inner.starts_with('"') {
                let mut texts = serde_json::Deserializer::from_str(inner).into_iter::<String>();
                here = here.get(texts.next()?.ok()?)?;
                rest = inner.get(texts.byte_offset()..)?.strip_prefix(']')?;
            } else {
                let (index, after) = inner.split_once(']')?;
                here = here.get(index.parse::<usize>().ok()?)?;
                rest = after;
            }
        } else {
            let key = rest.strip_prefix('.').unwrap_or(rest);
            let end = key.find(['.', '[']).unwrap_or(key.len());
            here = here.get(&key[..end])?;
            rest = &key[end..];
        }
    }
    Some(here)
}

/// Whether a path leads into the value at another, or is the same.
pub(super) fn is_within(path: &str, outer: &str) -> bool {
    match path.strip_prefix(outer) {
        Some(rest) => rest.is_empty() || rest.starts_with(['.', '[']) || outer == "$",
        None => outer == "$",
    }
}
