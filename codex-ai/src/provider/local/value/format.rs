//! Texts in the formats that schemas name.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::provider::local::dates::{self, Date, Time};
use crate::provider::local::facts::{is_email, is_hostname, is_url};

/// The plainest text in a format; `None` for a format that is not known, which then asks for nothing.
///
/// Known are those of JSON Schema 2020-12 (validation vocabulary, section 7.3) and those that schemars 1 adds for types of
/// Rust: `ip`, `partial-date-time`, `partial-time`, `zoned-date-time`. Addresses are from the ranges that are kept for
/// examples (RFC 2606, RFC 5737, RFC 3849).
pub(super) fn plainest(format: &str, variant: usize) -> Option<String> {
    let n = variant;
    // Days of one month and minutes of one hour vary; other values repeat after a while.
    let (day, minute) = (1 + n % 28, n % 60);
    Some(match format {
        "date" => format!("1970-01-{day:02}"),
        "date-time" => format!("1970-01-{day:02}T00:{minute:02}:00Z"),
        "partial-date-time" => format!("1970-01-{day:02}T00:{minute:02}:00"),
        "zoned-date-time" => format!("1970-01-{day:02}T00:{minute:02}:00+00:00[UTC]"),
        "time" => format!("00:{minute:02}:00Z"),
        "partial-time" => format!("00:{minute:02}:00"),
        "duration" => format!("PT{n}S"),
        "email" | "idn-email" if n == 0 => "nobody@example.com".to_owned(),
        "email" | "idn-email" => format!("nobody{n}@example.com"),
        "hostname" | "idn-hostname" if n == 0 => "example.com".to_owned(),
        "hostname" | "idn-hostname" => format!("host{n}.example.com"),
        "ipv4" | "ip" => Ipv4Addr::new(192, 0, 2, (n % 255) as u8 + 1).to_string(),
        "ipv6" => format!("2001:db8::{:x}", n % 0xffff + 1),
        "uuid" => format!("00000000-0000-0000-0000-{:012x}", n % 0xffff_ffff),
        "uri" | "iri" | "uri-reference" | "iri-reference" | "uri-template" | "url" if n == 0 => {
            "https://example.com/".to_owned()
        }
        "uri" | "iri" | "uri-reference" | "iri-reference" | "uri-template" | "url" => {
            format!("https://example.com/{n}")
        }
        "json-pointer" if n == 0 => String::new(),
        "json-pointer" => format!("/{n}"),
        "relative-json-pointer" => n.to_string(),
        "regex" => ".".repeat(n + 1),
        _ => return None,
    })
}

/// The first text in this format among the words of a text.
pub(super) fn first_in(format: &str, text: &str) -> Option<String> {
    match format {
        "date" | "date-time" | "partial-date-time" | "zoned-date-time" => {
            let (dates, times) = dates::find(text);
            let (range, date) = dates.first()?;
            let time = times.iter().find(|(at, _)| at.start >= range.end && at.start - range.end < NEAR);
            Some(dated(format, *date, time.map(|(_, time)| time)))
        }
        "time" | "partial-time" => dates::find(text).1.first().map(|(_, time)| timed(format, time)),
        "duration" => dates::duration(text),
        _ => text.split_whitespace().find_map(|chunk| {
            let chunk = chunk.trim_matches(|c: char| ",;.!?()[]<>\"'`".contains(c));
            let lower = || chunk.to_ascii_lowercase();
            let fits = match format {
                "email" | "idn-email" => is_email(chunk),
                "uri" | "iri" | "uri-reference" | "iri-reference" | "url" => is_url(chunk),
                "hostname" | "idn-hostname" => {
                    is_hostname(chunk)
                        && chunk.rsplit_once('.').is_some_and(|(_, last)| last.bytes().all(|b| b.is_ascii_alphabetic()))
                }
                "ipv4" => chunk.parse::<Ipv4Addr>().is_ok(),
                "ipv6" => chunk.parse::<Ipv6Addr>().is_ok(),
                "ip" => chunk.parse::<IpAddr>().is_ok(),
                "uuid" => return is_uuid(chunk).then(lower),
                _ => false,
            };
            fits.then(|| chunk.to_owned())
        }),
    }
}

/// A time this close behind a date belongs to it.
const NEAR: usize = 8;

/// A date, and its time if there is one, in the format.
pub(super) fn dated(format: &str, date: Date, time: Option<&Time>) -> String {
    let clock = time.map_or_else(|| "00:00:00".to_owned(), Time::to_string);
    let zone = time.and_then(|time| time.zone.as_deref()).unwrap_or("Z");
    match format {
        "date-time" => format!("{date}T{clock}{zone}"),
        "partial-date-time" => format!("{date}T{clock}"),
        "zoned-date-time" => format!("{date}T{clock}+00:00[UTC]"),
        _ => date.to_string(),
    }
}

/// A time in the format.
pub(super) fn timed(format: &str, time: &Time) -> String {
    match format {
        "time" => format!("{time}{}", time.zone.as_deref().unwrap_or("Z")),
        _ => time.to_string(),
    }
}

fn is_uuid(chunk: &str) -> bool {
    let mut groups = chunk.split('-');
    let lengths = [8, 4, 4, 4, 12];
    lengths.iter().all(|length| {
        groups.next().is_some_and(|group| group.len() == *length && group.bytes().all(|b| b.is_ascii_hexdigit()))
    }) && groups.next().is_none()
}
