//! What the headers `anthropic-ratelimit-…` say (API reference, November 2026).

use std::time::{Duration, SystemTime};

use http::HeaderMap;

use crate::reply::{RateLimit, RateLimits};

pub(super) fn rate_limits(headers: &HeaderMap) -> Option<Box<RateLimits>> {
    let now = SystemTime::now();
    let limits = RateLimits {
        requests: one(headers, "requests", now),
        tokens: one(headers, "tokens", now),
        input_tokens: one(headers, "input-tokens", now),
        output_tokens: one(headers, "output-tokens", now),
    };
    (limits != RateLimits::default()).then(|| Box::new(limits))
}

fn one(headers: &HeaderMap, name: &str, now: SystemTime) -> RateLimit {
    let text = |what: &str| headers.get(format!("anthropic-ratelimit-{name}-{what}"))?.to_str().ok();
    let number = |what: &str| text(what)?.trim().parse().ok();
    RateLimit {
        limit: number("limit"),
        remaining: number("remaining"),
        // A time that has passed says that all is there already.
        reset: text("reset").and_then(parse_time).map(|time| time.duration_since(now).unwrap_or_default()),
    }
}

/// Reads a time such as `2026-11-20T12:00:00Z` (RFC 3339); parts of a second are dropped.
fn parse_time(text: &str) -> Option<SystemTime> {
    let (date, time) = text.trim().split_once(['T', 't', ' '])?;
    let place = time.find(['Z', 'z', '+', '-'])?;
    let (clock, zone) = time.split_at_checked(place)?;
    let [year, month, day] = numbers(date, '-')?;
    let [hour, minute, second] = numbers(clock.split_once('.').map_or(clock, |(whole, _)| whole), ':')?;
    let east = match zone {
        "Z" | "z" => 0,
        _ => {
            let [hours, minutes] = numbers(zone.get(1..)?, ':')?;
            let seconds = hours * 3_600 + minutes * 60;
            if zone.starts_with('-') { -seconds } else { seconds }
        }
    };
    let possible = (1970..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    if !possible || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    // Days since 1970-01-01 in the Gregorian calendar, counted in years that begin in March.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1 - 719_468;
    let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - east;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(u64::try_from(seconds).ok()?))
}

/// So many numbers of at most four digits.
fn numbers<const N: usize>(text: &str, between: char) -> Option<[i64; N]> {
    let mut numbers = [0; N];
    let mut words = text.split(between);
    for number in &mut numbers {
        let word = words.next().filter(|word| (1..=4).contains(&word.len()))?;
        *number = word.bytes().all(|b| b.is_ascii_digit()).then(|| word.parse().ok())??;
    }
    words.next().is_none().then_some(numbers)
}
