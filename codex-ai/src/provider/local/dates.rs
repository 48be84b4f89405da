//! Dates, times of day and spans of time as people write them.

use std::ops::Range;

/// A day of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Date {
    pub(super) year: u16,
    pub(super) month: u8,
    pub(super) day: u8,
}

/// A time of day, with its zone if one is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Time {
    pub(super) hour: u8,
    pub(super) minute: u8,
    pub(super) second: u8,
    /// `Z` or `+01:00`.
    pub(super) zone: Option<String>,
}

impl Date {
    fn new(year: u32, month: u32, day: u32) -> Option<Self> {
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            2 => 28 + u32::from(leap),
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        let fits = (1..=9999).contains(&year) && (1..=days).contains(&day);
        fits.then_some(Self { year: year as u16, month: month as u8, day: day as u8 })
    }
}

impl std::fmt::Display for Date {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl std::fmt::Display for Time {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02}:{:02}:{:02}", self.hour, self.minute, self.second)
    }
}

/// A date or a time, and where it stands.
type At<T> = (Range<usize>, T);

/// The dates and the times of a text, each in order.
///
/// Read are `2024-03-05`, `2024/03/05`, `05.03.2024` (day first), `3/5/2024` (month first, unless that is no month),
/// `5 March 2024`, `March 5th, 2024`, `5. März 2024` and `2024年3月5日`; times are `10:30`, `10:30:15Z` and `3 pm`.
pub(super) fn find(text: &str) -> (Vec<At<Date>>, Vec<At<Time>>) {
    let bytes = text.as_bytes();
    let (mut dates, mut times) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < bytes.len() {
        let begins = bytes[at].is_ascii_alphanumeric() && (at == 0 || !bytes[at - 1].is_ascii_alphanumeric());
        if begins {
            if let Some((end, date)) = date_at(text, at) {
                dates.push((at..end, date));
                // A `T` may join a time to its date.
                at = end + usize::from(bytes.get(end) == Some(&b'T'));
                if let Some((end, time)) = time_at(text, at) {
                    times.push((at..end, time));
                    at = end;
                }
                continue;
            }
            if let Some((end, time)) = time_at(text, at) {
                times.push((at..end, time));
                at = end;
                continue;
            }
        }
        at += 1;
    }
    (dates, times)
}

/// A span of time in the form of ISO 8601, from words such as `3 hours` or `2 days`.
pub(super) fn duration(text: &str) -> Option<String> {
    let (mut days, mut clock) = (String::new(), String::new());
    let mut words = super::words::words(text).peekable();
    while let Some(word) = words.next() {
        let digits = word.text.bytes().take_while(u8::is_ascii_digit).count();
        let (count, unit) = match (digits, &word.text[digits..]) {
            (0, _) => {
                let Some(n) = super::numbers::SMALL.iter().position(|small| word.text.eq_ignore_ascii_case(small))
                else {
                    continue;
                };
                ((n + 2).to_string(), words.peek().map_or("", |next| next.text))
            }
            (_, "") => (word.text[..digits].to_owned(), words.peek().map_or("", |next| next.text)),
            (_, unit) => (word.text[..digits].to_owned(), unit),
        };
        let (part, letter) = match unit.to_lowercase().as_str() {
            "year" | "years" => (&mut days, 'Y'),
            "month" | "months" => (&mut days, 'M'),
            "week" | "weeks" => (&mut days, 'W'),
            "day" | "days" | "d" => (&mut days, 'D'),
            "hour" | "hours" | "h" | "hrs" | "hr" => (&mut clock, 'H'),
            "minute" | "minutes" | "min" | "mins" => (&mut clock, 'M'),
            "second" | "seconds" | "s" | "sec" | "secs" => (&mut clock, 'S'),
            _ => continue,
        };
        if count.len() > 6 {
            continue;
        }
        if letter == 'W' {
            // Weeks stand alone in ISO 8601; days say the same everywhere.
            days.push_str(&format!("{}D", count.parse::<u32>().ok()? * 7));
        } else {
            part.push_str(&count);
            part.push(letter);
        }
        // One unit, or hours with minutes behind them; more is another span.
        if letter != 'H' {
            break;
        }
    }
    match (days.is_empty(), clock.is_empty()) {
        (true, true) => None,
        (_, true) => Some(format!("P{days}")),
        _ => Some(format!("P{days}T{clock}")),
    }
}

fn date_at(text: &str, at: usize) -> Option<(usize, Date)> {
    let mut scan = Scan { text, at };
    let first = text.as_bytes().get(at)?;
    // Most words end here: no month begins with their first letter.
    if !first.is_ascii_digit() && !b"JFMASONDjfmasond".contains(first) {
        return None;
    }
    if let Some(month) = scan.month() {
        scan.skip(&[' ', '.', '\u{a0}']);
        let day = scan.number(2)?;
        scan.ordinal();
        scan.skip(&[',', ' ']);
        let year = scan.number(4).filter(|year| *year >= 1000)?;
        return scan.end(Date::new(year, month, day)?);
    }
    let first = scan.number(4)?;
    if let Some(sign) = scan.one_of(&['-', '/', '.']) {
        let second = scan.number(2);
        if let Some(second) = second
            && scan.one_of(&[sign]).is_some()
            && let Some(third) = scan.number(4)
        {
            let date = match (first, sign) {
                (1000.., _) => Date::new(first, second, third)?,
                (_, '/') => Date::new(third, first, second).or_else(|| Date::new(third, second, first))?,
                _ => Date::new(third, second, first)?,
            };
            return (date.year >= 1000).then(|| scan.end(date)).flatten();
        }
        scan.at = at;
        scan.number(4)?;
    }
    if first >= 1000 && scan.one_of(&['年']).is_some() {
        let month = scan.number(2)?;
        scan.one_of(&['月'])?;
        let day = scan.number(2)?;
        scan.one_of(&['日'])?;
        return Some((scan.at, Date::new(first, month, day)?));
    }
    scan.ordinal();
    scan.skip(&['.', ' ', '\u{a0}']);
    scan.word("of ");
    let month = scan.month()?;
    scan.skip(&[',', '.', ' ', '\u{a0}']);
    let year = scan.number(4).filter(|year| *year >= 1000)?;
    scan.end(Date::new(year, month, first)?)
}

fn time_at(text: &str, at: usize) -> Option<(usize, Time)> {
    let mut scan = Scan { text, at };
    let mut hour = scan.number(2)?;
    let (mut minute, mut second) = (0, 0);
    let colon = scan.one_of(&[':']).is_some();
    if colon {
        minute = scan.two_digits()?;
        if scan.one_of(&[':']).is_some() {
            second = scan.two_digits()?;
            let rest = &text[scan.at..];
            if let Some(fraction) = rest.strip_prefix('.') {
                let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
                scan.at += if digits > 0 { digits + 1 } else { 0 };
            }
        }
    }
    let before = scan.at;
    scan.skip(&[' ', '\u{a0}']);
    let half = [("am", 0), ("a.m.", 0), ("pm", 12), ("p.m.", 12)]
        .into_iter()
        .find(|(word, _)| text.get(scan.at..scan.at + word.len()).is_some_and(|t| t.eq_ignore_ascii_case(word)));
    if let Some((word, add)) = half {
        hour = if (1..=12).contains(&hour) { hour % 12 + add } else { return None };
        scan.at += word.len();
    } else if !colon {
        return None;
    } else {
        scan.at = before;
    }
    let zone = scan.zone();
    let fits = hour < 24 && minute < 60 && second < 60;
    let time = Time { hour: hour as u8, minute: minute as u8, second: second as u8, zone };
    if fits { scan.end(time) } else { None }
}

/// English months by their first three letters, German ones where they differ.
const MONTHS: &[(&str, u32)] = &[
    ("jan", 1),
    ("feb", 2),
    ("mar", 3),
    ("mär", 3),
    ("apr", 4),
    ("may", 5),
    ("mai", 5),
    ("jun", 6),
    ("jul", 7),
    ("aug", 8),
    ("sep", 9),
    ("oct", 10),
    ("okt", 10),
    ("nov", 11),
    ("dec", 12),
    ("dez", 12),
];

/// The ends that may follow those three letters.
const MONTH_ENDS: &[&str] =
    &["", "uary", "ruary", "ch", "il", "e", "y", "ust", "tember", "t", "ober", "ember", "uar", "ruar", "z", "i"];

struct Scan<'t> {
    text: &'t str,
    at: usize,
}

impl Scan<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    /// A number of at most `most` digits that no further digit follows.
    fn number(&mut self, most: usize) -> Option<u32> {
        let digits = self.rest().bytes().take(most + 1).take_while(u8::is_ascii_digit).count();
        if digits == 0 || digits > most {
            return None;
        }
        let number = self.rest()[..digits].parse().ok()?;
        self.at += digits;
        Some(number)
    }

    fn two_digits(&mut self) -> Option<u32> {
        let start = self.at;
        let number = self.number(2)?;
        (self.at - start == 2).then_some(number)
    }

    fn one_of(&mut self, signs: &[char]) -> Option<char> {
        let c = self.rest().chars().next().filter(|c| signs.contains(c))?;
        self.at += c.len_utf8();
        Some(c)
    }

    /// Skips a few of these characters.
    fn skip(&mut self, signs: &[char]) {
        for _ in 0..3 {
            if self.one_of(signs).is_none() {
                break;
            }
        }
    }

    fn word(&mut self, word: &str) {
        if self.rest().starts_with(word) {
            self.at += word.len();
        }
    }

    fn ordinal(&mut self) {
        for end in ["st", "nd", "rd", "th"] {
            if self.rest().starts_with(end) {
                self.at += 2;
                return;
            }
        }
    }

    fn month(&mut self) -> Option<u32> {
        let word: String = self.rest().chars().take(10).take_while(|c| c.is_alphabetic()).collect();
        let lower = word.to_lowercase();
        let (name, month) = MONTHS.iter().find(|(name, _)| lower.starts_with(name))?;
        MONTH_ENDS.contains(&&lower[name.len()..]).then(|| {
            self.at += word.len();
            *month
        })
    }

    fn zone(&mut self) -> Option<String> {
        if self.one_of(&['Z']).is_some() {
            return Some("Z".to_owned());
        }
        let b = self.rest().as_bytes();
        let offset = b.len() >= 6
            && matches!(b[0], b'+' | b'-')
            && b[3] == b':'
            && [1, 2, 4, 5].iter().all(|i| b[*i].is_ascii_digit())
            && (b[1], b[2]) <= (b'2', b'3')
            && b[4] < b'6';
        let zone = offset.then(|| self.rest()[..6].to_owned())?;
        self.at += 6;
        Some(zone)
    }

    /// The value, if no letter or digit follows; a `T` may follow a date.
    fn end<T>(&self, value: T) -> Option<(usize, T)> {
        let next = self.rest().chars().next();
        let free = next.is_none_or(|c| !c.is_ascii_alphanumeric() || c == 'T');
        free.then_some((self.at, value))
    }
}
