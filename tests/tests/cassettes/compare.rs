//! What came against what must come.

use codex_ai::{Chunk, Error, FinishReason, Image, Part, Reply};
use codex_ai_tests::difference::difference;

use crate::case::Case;
use crate::expect::{Expected, Outcome, Tokens, arguments};
use crate::laws;

/// Compares what the codec alone makes of an answer of success with what the recording says.
///
/// # Errors
/// The first difference.
pub(crate) fn codec(case: &Case, expected: &Outcome) -> Result<(), String> {
    if case.status >= 300 {
        return Ok(());
    }
    let found = laws::read(case).ok_or("the format has no codec")?;
    outcome(expected, &found.map(|(reply, _)| reply))
}

/// Compares a reply, or an error, with what the recording says.
///
/// # Errors
/// The first difference.
pub(crate) fn outcome(expected: &Outcome, found: &Result<Reply, Error>) -> Result<(), String> {
    match (expected, found) {
        (Outcome::Reply(expected), Ok(reply)) => self::reply(expected, reply),
        (Outcome::Error(kinds), Err(error)) if kinds.contains(&error.kind()) => Ok(()),
        (Outcome::Error(kinds), Err(error)) => {
            Err(format!("error: expected {kinds:?}, found {:?}: {error}", error.kind()))
        }
        (Outcome::Error(kinds), Ok(reply)) => {
            Err(format!("error: expected {kinds:?}, found the reply {:?}", reply.text()))
        }
        (Outcome::Reply(_), Err(error)) => Err(format!("expected a reply, found {:?}: {error}", error.kind())),
    }
}

fn reply(expected: &Expected, reply: &Reply) -> Result<(), String> {
    same("text", &*expected.text, &*reply.text())?;
    same(
        "reasoning",
        &*expected.reasoning,
        &*join(&reply.parts, |part| match part {
            Part::Reasoning(text) => Some(text),
            _ => None,
        }),
    )?;
    same(
        "refusal",
        &*expected.refusal,
        &*join(&reply.parts, |part| match part {
            Part::Refusal(text) => Some(text),
            _ => None,
        }),
    )?;
    let calls: Vec<_> = reply.tool_calls().collect();
    same("number of tool calls", &expected.calls.len(), &calls.len())?;
    for (i, (expected, call)) in expected.calls.iter().zip(calls).enumerate() {
        same(&format!("tool call {i}: id"), &*expected.id, &*call.id)?;
        same(&format!("tool call {i}: name"), &*expected.name, &*call.name)?;
        if let Some(difference) = difference(&expected.arguments, &arguments(&call.arguments)) {
            return Err(format!("tool call {i}: arguments: {difference}"));
        }
    }
    let images: Vec<_> = reply.parts.iter().filter_map(picture).collect();
    same("number of images", &expected.images.len(), &images.len())?;
    for (i, ((mime_type, bytes), (found_type, found))) in expected.images.iter().zip(images).enumerate() {
        same(&format!("image {i}: type"), &**mime_type, found_type)?;
        if **bytes != *found {
            return Err(format!("image {i}: expected {} bytes, found other {}", bytes.len(), found.len()));
        }
    }
    let tokens = reply.usage.map(|usage| Tokens {
        input: usage.input_tokens,
        output: usage.output_tokens,
        cached: usage.cached_tokens,
        cache_write: usage.cache_write_tokens,
        reasoning: usage.reasoning_tokens,
    });
    same("usage", &expected.tokens, &tokens)?;
    same("finish reason", &expected.finish, &reply.finish_reason)?;
    if let Some(said) = &expected.vendor_finish {
        same("the vendor's finish reason", &Some(&**said), &reply.vendor_finish_reason.as_deref())?;
    }
    same("model", &*expected.model, &*reply.model)?;
    same("id", &*expected.id, reply.id.as_deref().unwrap_or_default())
}

/// The pieces of a stream, joined, are the reply at its end.
///
/// # Errors
/// The first difference.
pub(crate) fn pieces(chunks: &[Chunk], reply: &Reply) -> Result<(), String> {
    let mut joined = Reply::new("", Vec::new());
    let (mut text, mut reasoning, mut refusal) = (String::new(), String::new(), String::new());
    let mut calls: Vec<(String, String, String)> = Vec::new();
    let mut images = Vec::new();
    let mut finish: Option<FinishReason> = None;
    for chunk in chunks {
        if finish.is_some() {
            return Err(format!("pieces: something follows the last: {chunk:?}"));
        }
        match chunk {
            Chunk::Text(piece) => text += piece,
            Chunk::Reasoning(piece) => reasoning += piece,
            Chunk::Refusal(piece) => refusal += piece,
            Chunk::ToolCall { index, id, name } => {
                same("pieces: number of a tool call", &calls.len(), index)?;
                calls.push((id.clone(), name.clone(), String::new()));
            }
            Chunk::ToolArguments { index, text } => match calls.get_mut(*index) {
                Some((_, _, arguments)) => arguments.push_str(text),
                None => return Err(format!("pieces: arguments for tool call {index}, which has not begun")),
            },
            Chunk::Part(part) => images.extend(picture(part)),
            Chunk::Finish { reason, usage } => {
                finish = Some(reason.clone());
                joined.usage = *usage;
            }
            _ => {}
        }
    }
    same("pieces: text", &*text, &*reply.text())?;
    same(
        "pieces: reasoning",
        &*reasoning,
        &*join(&reply.parts, |part| match part {
            Part::Reasoning(text) => Some(text),
            _ => None,
        }),
    )?;
    same(
        "pieces: refusal",
        &*refusal,
        &*join(&reply.parts, |part| match part {
            Part::Refusal(text) => Some(text),
            _ => None,
        }),
    )?;
    let found: Vec<_> = reply.tool_calls().map(|c| (c.id.clone(), c.name.clone(), c.arguments.clone())).collect();
    same("pieces: tool calls", &calls, &found)?;
    let found: Vec<_> = reply.parts.iter().filter_map(picture).collect();
    same("pieces: number of images", &images.len(), &found.len())?;
    if images != found {
        return Err("pieces: the images differ".to_owned());
    }
    same("pieces: finish reason", &finish.as_ref(), &Some(&reply.finish_reason))?;
    same("pieces: usage", &joined.usage, &reply.usage)
}

/// The text must be handed out as it comes, and not at the end.
///
/// # Errors
/// How many pieces there were.
pub(crate) fn came_in_pieces(expected: &Outcome, chunks: &[Chunk]) -> Result<(), String> {
    let Outcome::Reply(expected) = expected else { return Ok(()) };
    let found = chunks.iter().filter(|chunk| chunk.as_text().is_some_and(|text| !text.is_empty())).count();
    if found >= expected.pieces {
        return Ok(());
    }
    Err(format!("the text came in {} pieces and was handed out in {found}", expected.pieces))
}

/// Two replies must be equal.
///
/// # Errors
/// The first difference.
pub(crate) fn equal(what: &str, expected: &Reply, found: &Reply) -> Result<(), String> {
    for (i, (left, right)) in expected.parts.iter().zip(&found.parts).enumerate() {
        same(&format!("{what}: part {i}"), left, right)?;
    }
    same(&format!("{what}: number of parts"), &expected.parts.len(), &found.parts.len())
        .map_err(|error| format!("{error}: {}", shorten(&format!("{:?} | {:?}", expected.parts, found.parts))))?;
    same(&format!("{what}: finish reason"), &expected.finish_reason, &found.finish_reason)?;
    let (left, right) = (&expected.vendor_finish_reason, &found.vendor_finish_reason);
    same(&format!("{what}: the vendor's finish reason"), left, right)?;
    same(&format!("{what}: usage"), &expected.usage, &found.usage)?;
    same(&format!("{what}: model"), &expected.model, &found.model)?;
    same(&format!("{what}: id"), &expected.id, &found.id)?;
    if expected == found { Ok(()) } else { Err(format!("{what}: something else differs")) }
}

fn picture(part: &Part) -> Option<(&str, &[u8])> {
    match part {
        Part::Image(Image::Bytes { data, mime_type }) => Some((mime_type, data)),
        _ => None,
    }
}

fn join<'p>(parts: &'p [Part], of: impl Fn(&'p Part) -> Option<&'p String>) -> String {
    parts.iter().filter_map(of).map(String::as_str).collect()
}

fn same<T: PartialEq + std::fmt::Debug + ?Sized>(what: &str, expected: &T, found: &T) -> Result<(), String> {
    if expected == found {
        return Ok(());
    }
    let (expected, found) = (format!("{expected:?}"), format!("{found:?}"));
    // Long texts are shown from a little before the place where they part.
    let common = expected.chars().zip(found.chars()).take_while(|(left, right)| left == right).count();
    let from = if expected.len().max(found.len()) > 300 { common.saturating_sub(30) } else { 0 };
    let cut = |text: &str| text.chars().skip(from).take(300).collect::<String>();
    Err(format!("{what}: expected {}, found {}", cut(&expected), cut(&found)))
}

fn shorten(text: &str) -> String {
    text.chars().take(600).collect()
}
