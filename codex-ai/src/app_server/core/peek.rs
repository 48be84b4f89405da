//! Whose message a line is that cannot be read: too long, cut, or not JSON.

use super::super::requests::RequestId;

/// What the edges of a line show.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Peek {
    /// An answer to the request with this id.
    Answer(u64),
    /// A request of the server with this id.
    Request(RequestId),
    /// The end of the turn with this id.
    TurnEnd(String),
}

/// Looks at the first members of a message: `{"id":7,"result":` and `{"method":"x","id":7,`, in whatever order.
pub(crate) fn head(mut line: &[u8]) -> Option<Peek> {
    let (mut id, mut method) = (None, None);
    punctuation(&mut line, b'{')?;
    loop {
        let key = string(&mut line)?;
        punctuation(&mut line, b':')?;
        match key {
            b"result" | b"error" => {
                return match id {
                    Some(RequestId::Number(id)) if method.is_none() => u64::try_from(id).ok().map(Peek::Answer),
                    _ => None,
                };
            }
            b"id" => id = Some(request_id(&mut line)?),
            b"method" => method = Some(string(&mut line)?),
            b"params" if method == Some(b"turn/completed") => return turn(&mut line).map(Peek::TurnEnd),
            _ => scalar(&mut line)?,
        }
        if let (Some(id), Some(_)) = (&id, method) {
            return Some(Peek::Request(id.clone()));
        }
        punctuation(&mut line, b',')?;
    }
}

/// The same of an answer whose id is its last member: `{"result":` .. `,"id":7}`.
pub(crate) fn edges(mut head: &[u8], tail: &[u8]) -> Option<Peek> {
    punctuation(&mut head, b'{')?;
    if !matches!(string(&mut head)?, b"result" | b"error") {
        return None;
    }
    let tail = tail.trim_ascii_end().strip_suffix(b"}")?.trim_ascii_end();
    let digits = tail.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let (rest, digits) = tail.split_at(tail.len() - digits);
    let rest = rest.trim_ascii_end().strip_suffix(b":")?.trim_ascii_end().strip_suffix(b"\"id\"")?;
    rest.trim_ascii_end().strip_suffix(b",")?;
    std::str::from_utf8(digits).ok()?.parse().ok().map(Peek::Answer)
}

/// The id of the turn in the parameters of its end: `{"threadId":"t","turn":{"id":"u"`.
fn turn(line: &mut &[u8]) -> Option<String> {
    for wanted in [&b"turn"[..], b"id"] {
        punctuation(line, b'{')?;
        loop {
            let key = string(line)?;
            punctuation(line, b':')?;
            if key == wanted {
                break;
            }
            scalar(line)?;
            punctuation(line, b',')?;
        }
    }
    String::from_utf8(string(line)?.to_vec()).ok()
}

/// A value that is of no interest, and neither an object nor an array.
fn scalar(line: &mut &[u8]) -> Option<()> {
    *line = line.trim_ascii_start();
    if line.starts_with(b"\"") {
        return string(line).map(drop);
    }
    let length = line.iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte)).count();
    *line = &line[length..];
    (length > 0).then_some(())
}

fn punctuation(line: &mut &[u8], expected: u8) -> Option<()> {
    *line = line.trim_ascii_start().strip_prefix(&[expected])?;
    Some(())
}

/// A text without escapes.
fn string<'a>(line: &mut &'a [u8]) -> Option<&'a [u8]> {
    punctuation(line, b'"')?;
    let end = line.iter().position(|byte| matches!(byte, b'"' | b'\\'))?;
    let (text, rest) = line.split_at(end);
    *line = rest.strip_prefix(b"\"")?;
    Some(text)
}

fn request_id(line: &mut &[u8]) -> Option<RequestId> {
    *line = line.trim_ascii_start();
    if line.starts_with(b"\"") {
        return Some(RequestId::Text(String::from_utf8(string(line)?.to_vec()).ok()?));
    }
    let digits = line.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'-').count();
    let (digits, rest) = line.split_at(digits);
    // A number that goes on, as `7.5` or `7` at a cut, is none.
    matches!(rest.trim_ascii_start().first()?, b',' | b'}').then_some(())?;
    *line = rest;
    Some(RequestId::Number(std::str::from_utf8(digits).ok()?.parse().ok()?))
}
