//! How long a vendor asks to wait.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::RETRY_AFTER;

/// The wait that the headers ask for: `retry-after-ms` in milliseconds, else `Retry-After` in seconds or as a date
/// (RFC 9110, 10.2.3). A form that cannot be read, or is not above zero, is passed over.
pub fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |value: Option<&http::HeaderValue>| value.and_then(|v| v.to_str().ok()).map(|v| v.trim().to_owned());
    let milliseconds = text(headers.get("retry-after-ms")).and_then(|text| text.parse::<f64>().ok());
    if let Some(wait) = milliseconds.and_then(|ms| above_zero(ms / 1_000.0)) {
        return Some(wait);
    }
    let text = text(headers.get(RETRY_AFTER))?;
    match text.parse::<f64>() {
        Ok(seconds) => above_zero(seconds),
        Err(_) => parse_date(&text)?.duration_since(now).ok().filter(|wait| !wait.is_zero()),
    }
}

fn above_zero(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds).ok().filter(|wait| !wait.is_zero())
}

/// Reads a date of the form `Sun, 06 Nov 1994 08:49:37 GMT`, the only one that servers may send today (RFC 9110, 5.6.7).
fn parse_date(text: &str) -> Option<SystemTime> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (_, date) = text.split_once(", ")?;
    let mut words = date.split(' ');
    let number = |least: u64, most: u64, word: Option<&str>| {
        let word = word.filter(|word| word.bytes().all(|b| b.is_ascii_digit()))?;
        word.parse::<u64>().ok().filter(|n| (least..=most).contains(n))
    };
    let day = number(1, 31, words.next())?;
    let month = words.next().and_then(|name| MONTHS.iter().position(|month| *month == name))? as u64 + 1;
    let year = number(1970, 9999, words.next())?;
    let mut clock = words.next()?.split(':');
    let (hour, minute, second) =
        (number(0, 23, clock.next())?, number(0, 59, clock.next())?, number(0, 60, clock.next())?);
    if words.next() != Some("GMT") || words.next().is_some() || clock.next().is_some() {
        return None;
    }
    // Days since 1970-01-01 in the Gregorian calendar, counted in years that begin in March.
    let (shifted_year, shifted_month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days_before_year = shifted_year * 365 + shifted_year / 4 - shifted_year / 100 + shifted_year / 400;
    let days = days_before_year + (153 * shifted_month + 2) / 5 + day - 1;
    let since_1970 = days.checked_sub(719_468)?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(since_1970 * 86_400 + hour * 3_600 + minute * 60 + second))
}
