//! What the headers of an answer say of the limits, as OpenAI and the servers that resemble it tell it.

use std::time::Duration;

use http::HeaderMap;

use crate::reply::{RateLimit, RateLimits};

/// The longest reset that is taken for a duration, in seconds; what is more is a date.
const LONGEST_RESET: f64 = 1e9;

/// Reads `x-ratelimit-{limit,remaining,reset}-{requests,tokens}`. `None` where none of them is there or can be read.
pub(super) fn rate_limits(headers: &HeaderMap) -> Option<Box<RateLimits>> {
    let text = |name| headers.get(name)?.to_str().ok().map(str::trim);
    let read = |limit, remaining, reset| RateLimit {
        limit: text(limit).and_then(count),
        remaining: text(remaining).and_then(count),
        reset: text(reset).and_then(duration),
    };
    let limits = RateLimits {
        requests: read("x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"),
        tokens: read("x-ratelimit-limit-tokens", "x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"),
        ..RateLimits::default()
    };
    (limits != RateLimits::default()).then(|| Box::new(limits))
}

/// A count; some servers write it with a fraction, and less than nothing is nothing.
fn count(text: &str) -> Option<u64> {
    text.parse().ok().or_else(|| text.parse::<f64>().ok().filter(|count| count.is_finite()).map(|count| count as u64))
}

/// A duration such as `1s`, `6m0s`, `12ms`, `1h2m3.5s`, or plain seconds. A date is none: nobody knows the server's clock.
fn duration(text: &str) -> Option<Duration> {
    if let Ok(seconds) = text.parse::<f64>() {
        return within(seconds);
    }
    let mut seconds = 0.0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at(digits);
        let unit = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, after) = after.split_at(unit);
        let factor = match unit {
            "d" => 86_400.0,
            "h" => 3_600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 1e-3,
            "us" | "µs" => 1e-6,
            "ns" => 1e-9,
            _ => return None,
        };
        seconds += number.parse::<f64>().ok()? * factor;
        rest = after;
    }
    if text.is_empty() { None } else { within(seconds) }
}

fn within(seconds: f64) -> Option<Duration> {
    // Rounded to microseconds, so that 0.012 is 12 ms.
    (0.0..LONGEST_RESET).contains(&seconds).then(|| Duration::from_micros((seconds * 1e6).round() as u64))
}
