//! JSON by its grammar, with every digit and every key kept.

use serde::de::Error as _;
use serde_json::{Error, Value};

use super::Tree;
use super::parser::MAX_DEPTH;

/// Reads the one value that `text` is.
pub(super) fn parse(text: &str) -> Result<Tree, Error> {
    let mut reader = Reader { text, bytes: text.as_bytes(), pos: 0 };
    let tree = reader.value(0);
    reader.space();
    match tree {
        Some(tree) if reader.pos == text.len() => Ok(tree),
        // Its words and places are better than any that a second pass here would find.
        _ => Err(serde_json::from_str::<Value>(text).err().unwrap_or_else(|| Error::custom("not JSON"))),
    }
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    pos: usize,
}

/// Each takes what it names, or gives `None`.
impl Reader<'_> {
    fn space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.bytes.get(self.pos) {
            self.pos += 1;
        }
    }

    /// The next byte that is no white space.
    fn next(&mut self) -> Option<u8> {
        self.space();
        self.bytes.get(self.pos).copied()
    }

    fn value(&mut self, depth: usize) -> Option<Tree> {
        match self.next()? {
            b'"' => self.string().map(Tree::Text),
            b'{' if depth < MAX_DEPTH => self.object(depth + 1),
            b'[' if depth < MAX_DEPTH => self.list(depth + 1),
            b't' => self.word("true", Tree::Bool(true)),
            b'f' => self.word("false", Tree::Bool(false)),
            b'n' => self.word("null", Tree::Null),
            b'-' | b'0'..=b'9' => self.number(),
            _ => None,
        }
    }

    fn word(&mut self, word: &str, tree: Tree) -> Option<Tree> {
        self.bytes.get(self.pos..)?.starts_with(word.as_bytes()).then(|| {
            self.pos += word.len();
            tree
        })
    }

    fn list(&mut self, depth: usize) -> Option<Tree> {
        let mut items = Vec::new();
        self.pos += 1;
        if self.next()? == b']' {
            self.pos += 1;
            return Some(Tree::List(items));
        }
        loop {
            items.push(self.value(depth)?);
            let byte = self.next()?;
            self.pos += 1;
            match byte {
                b',' => {}
                b']' => return Some(Tree::List(items)),
                _ => return None,
            }
        }
    }

    fn object(&mut self, depth: usize) -> Option<Tree> {
        let mut entries = Vec::new();
        self.pos += 1;
        if self.next()? == b'}' {
            self.pos += 1;
            return Some(Tree::Object(entries));
        }
        loop {
            if self.next()? != b'"' {
                return None;
            }
            let key = self.string()?;
            if self.next()? != b':' {
                return None;
            }
            self.pos += 1;
            entries.push((key, self.value(depth)?));
            let byte = self.next()?;
            self.pos += 1;
            match byte {
                b',' => {}
                b'}' => return Some(Tree::Object(entries)),
                _ => return None,
            }
        }
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.pos;
        while let Some(b'0'..=b'9') = self.bytes.get(self.pos) {
            self.pos += 1;
        }
        (self.pos > start).then_some(())
    }

    fn number(&mut self) -> Option<Tree> {
        let start = self.pos;
        if self.bytes.get(self.pos) == Some(&b'-') {
            self.pos += 1;
        }
        if self.bytes.get(self.pos) == Some(&b'0') {
            self.pos += 1;
        } else {
            self.digits()?;
        }
        if self.bytes.get(self.pos) == Some(&b'.') {
            self.pos += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.bytes.get(self.pos) {
            self.pos += 1;
            if let Some(b'+' | b'-') = self.bytes.get(self.pos) {
                self.pos += 1;
            }
            self.digits()?;
        }
        Some(Tree::Number(self.text.get(start..self.pos)?.to_owned()))
    }

    fn string(&mut self) -> Option<String> {
        self.pos += 1;
        let mut out = String::new();
        loop {
            let rest = self.bytes.get(self.pos..)?;
            let len = memchr::memchr2(b'"', b'\\', rest)?;
            let run = self.text.get(self.pos..self.pos + len)?;
            if run.bytes().any(|byte| byte < 0x20) {
                return None;
            }
            out.push_str(run);
            let byte = rest.get(len)?;
            self.pos += len + 1;
            if *byte == b'"' {
                return Some(out);
            }
            out.push(self.escape()?);
        }
    }

    fn escape(&mut self) -> Option<char> {
        let byte = *self.bytes.get(self.pos)?;
        self.pos += 1;
        Some(match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => {
                let first = self.hex()?;
                if !(0xd800..0xdc00).contains(&first) {
                    return char::from_u32(first);
                }
                if !self.bytes.get(self.pos..)?.starts_with(b"\\u") {
                    return None;
                }
                self.pos += 2;
                let second = self.hex().filter(|unit| (0xdc00..0xe000).contains(unit))?;
                char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00))?
            }
            _ => return None,
        })
    }

    fn hex(&mut self) -> Option<u32> {
        let digits =
            self.text.get(self.pos..self.pos + 4).filter(|text| text.bytes().all(|b| b.is_ascii_hexdigit()))?;
        self.pos += 4;
        u32::from_str_radix(digits, 16).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_and_repeated_keys_are_kept() {
        let text =
            r#"{"a":340282366920938463463374607431768211455,"a":-1.50e+10,"b":["\u00e9\ud83d\ude00\n",true,null]}"#;
        let tree = parse(text).expect("it is JSON");
        assert_eq!(
            tree.to_string(),
            "{\"a\":340282366920938463463374607431768211455,\"a\":-1.50e+10,\"b\":[\"é😀\\n\",true,null]}"
        );
    }

    #[test]
    fn what_is_no_json_is_refused_as_serde_json_does() {
        let wrong = [
            "",
            "{",
            "[1,]",
            "{\"a\":1,}",
            "01",
            "1.",
            "-",
            "+1",
            "1e",
            ".5",
            "nul",
            "\"a",
            "\"\n\"",
            "\"\\x\"",
            "\"\\ud800\"",
            "\"\\udc00\"",
            "\"\\u12g4\"",
            "\"\\u+123\"",
            "{a:1}",
            "{\"a\" 1}",
            "[1 2]",
            "1 2",
            "'a'",
            "\u{feff}1",
        ];
        for text in wrong {
            assert!(serde_json::from_str::<Value>(text).is_err(), "{text}");
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_depth_is_bounded() {
        assert!(parse(&format!("{}{}", "[".repeat(127), "]".repeat(127))).is_ok());
        assert!(parse(&format!("{}{}", "[".repeat(100_000), "]".repeat(100_000))).is_err());
        assert!(parse(&"{\"a\":".repeat(100_000)).is_err());
    }

    #[test]
    fn control_characters_come_back() {
        let text: String = (0..0x80).filter_map(char::from_u32).collect();
        let written = Tree::Text(text.clone()).to_string();
        assert_eq!(serde_json::from_str::<String>(&written).expect("it is JSON"), text);
        assert_eq!(parse(&written).expect("it is JSON"), Tree::Text(text));
    }
}
