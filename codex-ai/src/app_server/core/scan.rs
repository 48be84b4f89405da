//! JSON text, checked from its first byte to its last and read no further than asked.
//!
//! It takes what `serde_json` takes when it skips a value, but for one thing: nesting above [`DEPTH`], which no reader of
//! the content takes either. Nothing is built and nothing recurses.

/// How deep a value may be nested.
const DEPTH: u32 = 128;

/// A place in a text of JSON.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scan<'a> {
    text: &'a str,
    at: usize,
}

/// What is between the quotes of a string.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text<'a> {
    /// As it is written.
    pub(super) raw: &'a str,
    /// Some of it says another character than it shows.
    pub(super) escaped: bool,
}

impl<'a> Scan<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// Where it is.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// The text from here to a later place.
    pub(super) fn since(&self, later: &Self) -> Option<&'a str> {
        self.text.get(self.at..later.at)
    }

    /// The next byte that is not white space.
    pub(super) fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        loop {
            let byte = *bytes.get(self.at)?;
            if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                return Some(byte);
            }
            self.at += 1;
        }
    }

    /// `true` where only white space is left.
    pub(super) fn at_end(&mut self) -> bool {
        self.peek().is_none()
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// Reads an object; `member` is given each key, and must read its value.
    pub(super) fn object(&mut self, mut member: impl FnMut(&mut Self, Text<'a>) -> Option<()>) -> Option<()> {
        self.take(b'{')?;
        if self.peek()? == b'}' {
            self.at += 1;
            return Some(());
        }
        loop {
            let key = self.key()?;
            member(self, key)?;
            match self.peek()? {
                b',' => self.at += 1,
                b'}' => {
                    self.at += 1;
                    return Some(());
                }
                _ => return None,
            }
        }
    }

    fn key(&mut self) -> Option<Text<'a>> {
        self.peek()?;
        let key = self.string()?;
        self.take(b':')?;
        Some(key)
    }

    /// Skips a value and gives its text.
    pub(super) fn value(&mut self) -> Option<&'a str> {
        self.peek()?;
        let start = self.at;
        // A bit for each open object or array, the innermost lowest: set for an object.
        let mut open = 0_u128;
        let mut depth = 0;
        loop {
            match self.peek()? {
                b'"' => {
                    self.string()?;
                }
                bracket @ (b'{' | b'[') => {
                    self.at += 1;
                    let object = bracket == b'{';
                    if self.peek()? == bracket + 2 {
                        self.at += 1;
                    } else {
                        if depth == DEPTH {
                            return None;
                        }
                        depth += 1;
                        open = open << 1 | u128::from(object);
                        if object {
                            self.key()?;
                        }
                        continue;
                    }
                }
                b't' => self.word("true")?,
                b'f' => self.word("false")?,
                b'n' => self.word("null")?,
                _ => self.number()?,
            }
            // A value is over, and maybe what holds it.
            loop {
                if depth == 0 {
                    return self.text.get(start..self.at);
                }
                let object = open & 1 == 1;
                match self.peek()? {
                    b',' => {
                        self.at += 1;
                        if object {
                            self.key()?;
                        }
                        break;
                    }
                    close @ (b'}' | b']') if (close == b'}') == object => {
                        self.at += 1;
                        depth -= 1;
                        open >>= 1;
                    }
                    _ => return None,
                }
            }
        }
    }

    fn word(&mut self, word: &str) -> Option<()> {
        self.text.as_bytes().get(self.at..)?.starts_with(word.as_bytes()).then(|| self.at += word.len())
    }

    fn number(&mut self) -> Option<()> {
        let bytes = self.text.as_bytes();
        let digits = |from: usize| from + bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let mut at = self.at + usize::from(bytes.get(self.at) == Some(&b'-'));
        let start = at;
        at = digits(at);
        if at == start || (bytes[start] == b'0' && at > start + 1) {
            return None;
        }
        if bytes.get(at) == Some(&b'.') {
            let start = at + 1;
            at = digits(start);
            if at == start {
                return None;
            }
        }
        if matches!(bytes.get(at), Some(b'e' | b'E')) {
            let start = at + 1 + usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
            at = digits(start);
            if at == start {
                return None;
            }
        }
        self.at = at;
        Some(())
    }

    /// Skips a string.
    fn string(&mut self) -> Option<Text<'a>> {
        let bytes = self.text.as_bytes();
        if bytes.get(self.at) != Some(&b'"') {
            return None;
        }
        let start = self.at + 1;
        let (mut at, mut escaped) = (start, false);
        loop {
            while let Some(word) = bytes.get(at..)?.first_chunk() {
                let special = special(u64::from_le_bytes(*word));
                if special != 0 {
                    at += special.trailing_zeros() as usize / 8;
                    break;
                }
                at += size_of::<u64>();
            }
            match *bytes.get(at)? {
                b'"' => {
                    self.at = at + 1;
                    return Some(Text { raw: self.text.get(start..at)?, escaped });
                }
                b'\\' => {
                    escaped = true;
                    at += match bytes.get(at + 1)? {
                        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => 2,
                        b'u' if bytes.get(at + 2..at + 6)?.iter().all(u8::is_ascii_hexdigit) => 6,
                        _ => return None,
                    }
                }
                0..=0x1f => return None,
                _ => at += 1,
            }
        }
    }
}

/// The highest bit of each byte that ends a run of plain characters: a quote, a backslash, a control character. Bytes
/// above the first such one may be marked wrongly.
fn special(word: u64) -> u64 {
    const ONES: u64 = u64::MAX / 0xff;
    let below = |word: u64, limit: u8| word.wrapping_sub(ONES * u64::from(limit)) & !word;
    let equal = |byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
    (below(word, 0x20) | equal(b'"') | equal(b'\\')) & (ONES << 7)
}
