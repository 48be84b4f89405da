//! Regular expressions of JSON Schema, which are ECMAScript's, in the syntax of the `regex` crate.
//!
//! What differs is translated (ECMA-262, edition of 2025, section 22.2): the classes `\d` and `\w` and the edge `\b` are
//! ASCII, `\s` and `.` have their own lists, `[`, `&&`, `--` and `~~` mean themselves inside a class, a brace that counts
//! nothing means itself. Look-around and back-references, which `regex` leaves out to stay linear, are refused.

use std::iter::Peekable;
use std::str::CharIndices;

use regex::Regex;

/// White space and line ends of ECMAScript, for the inside of a class.
const SPACE: &str =
    r"\t\n\x0B\x0C\r\x20\u{A0}\u{1680}\u{2000}-\u{200A}\u{2028}\u{2029}\u{202F}\u{205F}\u{3000}\u{FEFF}";

/// Compiles a pattern.
///
/// # Errors
/// What is wrong with it, in words.
pub(in crate::schema) fn compile(pattern: &str) -> Result<Regex, String> {
    let translated =
        Translator { pattern, chars: pattern.char_indices().peekable(), out: String::new() }.translate()?;
    Regex::new(&translated).map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => "is too large a pattern".to_owned(),
        other => {
            // The last line of the report has the reason, the lines above draw the place.
            let text = other.to_string();
            let reason = text.lines().last().unwrap_or_default().trim_start_matches("error: ");
            format!("is not a regular expression: {reason}")
        }
    })
}

struct Translator<'p> {
    pattern: &'p str,
    chars: Peekable<CharIndices<'p>>,
    out: String,
}

impl Translator<'_> {
    fn translate(mut self) -> Result<String, String> {
        while let Some((at, c)) = self.chars.next() {
            match c {
                '\\' => self.escape(false)?,
                '[' => self.class()?,
                '.' => self.out.push_str(r"[^\n\r\u{2028}\u{2029}]"),
                '{' if !counts(&self.pattern[at..]) => self.out.push_str(r"\{"),
                '(' => {
                    let rest = &self.pattern[at..];
                    if rest.starts_with("(?=") || rest.starts_with("(?!") {
                        return Err("looks ahead, which is not supported".to_owned());
                    }
                    if rest.starts_with("(?<=") || rest.starts_with("(?<!") {
                        return Err("looks behind, which is not supported".to_owned());
                    }
                    self.out.push('(');
                }
                other => self.out.push(other),
            }
        }
        Ok(self.out)
    }

    /// What follows a backslash.
    fn escape(&mut self, in_class: bool) -> Result<(), String> {
        let Some((_, c)) = self.chars.next() else { return Err("ends in a backslash".to_owned()) };
        match c {
            'd' => self.set("0-9", false, in_class),
            'D' => self.set("0-9", true, in_class),
            'w' => self.set("A-Za-z0-9_", false, in_class),
            'W' => self.set("A-Za-z0-9_", true, in_class),
            's' => self.set(SPACE, false, in_class),
            'S' => self.set(SPACE, true, in_class),
            'b' if in_class => self.out.push_str(r"\x08"),
            'b' => self.out.push_str(r"(?-u:\b)"),
            'B' => return Err(r"uses `\B`, which is not supported".to_owned()),
            'c' => match self.chars.next() {
                Some((_, letter)) if letter.is_ascii_alphabetic() => self.code(u32::from(letter) % 32),
                _ => return Err(r"has `\c` without a letter".to_owned()),
            },
            'u' => self.unicode()?,
            '0' if !self.chars.peek().is_some_and(|(_, c)| c.is_ascii_digit()) => self.code(0),
            '0'..='9' | 'k' => return Err("refers back to a group, which is not supported".to_owned()),
            'p' | 'P' => {
                self.out.extend(['\\', c]);
                self.copy_braces();
            }
            '/' | '<' | '>' => self.out.push(c),
            'f' | 'n' | 'r' | 't' | 'v' | 'x' => self.out.extend(['\\', c]),
            // `regex` gives some of them another meaning.
            letter if letter.is_ascii_alphabetic() => return Err(format!(r"has `\{letter}`, which is no escape")),
            other if !other.is_ascii() => self.out.push(other),
            other => {
                self.out.push('\\');
                self.out.push(other);
            }
        }
        Ok(())
    }

    /// What stands in braces after an escape, as it is.
    fn copy_braces(&mut self) {
        if self.chars.peek().is_none_or(|(_, c)| *c != '{') {
            return;
        }
        for (_, c) in self.chars.by_ref() {
            self.out.push(c);
            if c == '}' {
                break;
            }
        }
    }

    /// A set of characters by its content, or all but them.
    fn set(&mut self, content: &str, negated: bool, in_class: bool) {
        match (negated, in_class) {
            (false, true) => self.out.push_str(content),
            (false, false) => self.out.push_str(&format!("[{content}]")),
            (true, _) => self.out.push_str(&format!("[^{content}]")),
        }
    }

    fn code(&mut self, code: u32) {
        self.out.push_str(&format!(r"\u{{{code:X}}}"));
    }

    /// `\uXXXX`, a pair of them for a character beyond the first 65,536, or `\u{..}`.
    fn unicode(&mut self) -> Result<(), String> {
        if self.chars.peek().is_some_and(|(_, c)| *c == '{') {
            self.out.push_str(r"\u");
            self.copy_braces();
            return Ok(());
        }
        let first = self.four_digits()?;
        if !(0xD800..0xDC00).contains(&first) {
            self.code(first);
            return Ok(());
        }
        let half = "has half of a surrogate pair";
        if self.chars.next().map(|(_, c)| c) != Some('\\') || self.chars.next().map(|(_, c)| c) != Some('u') {
            return Err(half.to_owned());
        }
        let second = self.four_digits()?;
        if !(0xDC00..0xE000).contains(&second) {
            return Err(half.to_owned());
        }
        self.code(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00));
        Ok(())
    }

    fn four_digits(&mut self) -> Result<u32, String> {
        (0..4).try_fold(0, |code, _| {
            let digit = self.chars.next().and_then(|(_, c)| c.to_digit(16));
            digit.map(|digit| code * 16 + digit).ok_or_else(|| r"has `\u` without four digits".to_owned())
        })
    }

    /// The inside of `[..]`, up to its end.
    fn class(&mut self) -> Result<(), String> {
        let negated = self.chars.next_if(|(_, c)| *c == '^').is_some();
        if self.chars.next_if(|(_, c)| *c == ']').is_some() {
            // `[]` fits nothing and `[^]` everything; `regex` would read on for an end.
            self.out.push_str(if negated { r"[\s\S]" } else { r"[^\s\S]" });
            return Ok(());
        }
        self.out.push_str(if negated { "[^" } else { "[" });
        while let Some((_, c)) = self.chars.next() {
            match c {
                ']' => {
                    self.out.push(']');
                    return Ok(());
                }
                '\\' => self.escape(true)?,
                '[' => self.out.push_str(r"\["),
                '&' | '~' => self.out.extend(['\\', c]),
                // Only doubled has it a meaning that ECMAScript does not know; a single one makes a range.
                '-' if self.chars.peek().is_some_and(|(_, next)| *next == '-') => self.out.push_str(r"\-"),
                other => self.out.push(other),
            }
        }
        Err("has a class without its end".to_owned())
    }
}

/// Whether the text starts with a count: `{2}`, `{2,}`, `{2,5}`.
fn counts(text: &str) -> bool {
    let Some(inner) = text.strip_prefix('{').and_then(|rest| rest.split_once('}')).map(|(inner, _)| inner) else {
        return false;
    };
    let (low, high) = inner.split_once(',').unwrap_or((inner, ""));
    !low.is_empty() && low.chars().all(|c| c.is_ascii_digit()) && high.chars().all(|c| c.is_ascii_digit())
}
