//! `decode(encode(decode(x))) == decode(x)`, for whole answers and for streams.

use bytes::Bytes;
use codex_ai::wire::{Chunks, DecodeEvents, EncodeEvents, anthropic, gemini, openai_chat, openai_responses};
use codex_ai::{Chunk, Part, Reply, Result, StreamItem};
use codex_ai_tests::exchange::Format;

use crate::case::Case;
use crate::compare::{equal, pieces};
use crate::expect::Outcome;
use crate::sse;

const CREATED_AT: u64 = 1_790_000_000;

/// The two halves of a codec, for answers.
struct Codec {
    decode_reply: fn(&[u8]) -> Result<Reply>,
    encode_reply: fn(&Reply, u64) -> Result<Bytes>,
    decoder: fn() -> Box<dyn DecodeEvents>,
    encoder: fn(&str, &str, u64) -> Box<dyn EncodeEvents>,
}

fn codec(format: Format) -> Option<Codec> {
    Some(match format {
        Format::Responses => Codec {
            decode_reply: openai_responses::decode_reply,
            encode_reply: openai_responses::encode_reply,
            decoder: || Box::new(openai_responses::StreamDecoder::new()),
            encoder: |id, model, at| Box::new(openai_responses::StreamEncoder::new(id, model, at)),
        },
        Format::Chat => Codec {
            decode_reply: openai_chat::decode_reply,
            encode_reply: openai_chat::encode_reply,
            decoder: || Box::new(openai_chat::StreamDecoder::new()),
            encoder: |id, model, at| Box::new(openai_chat::StreamEncoder::new(id, model, at)),
        },
        Format::Anthropic => Codec {
            decode_reply: anthropic::decode_reply,
            encode_reply: anthropic::encode_reply,
            decoder: || Box::new(anthropic::StreamDecoder::new()),
            encoder: |id, model, at| Box::new(anthropic::StreamEncoder::new(id, model, at)),
        },
        Format::Gemini => Codec {
            decode_reply: gemini::decode_reply,
            encode_reply: gemini::encode_reply,
            decoder: || Box::new(gemini::StreamDecoder::new()),
            encoder: |id, model, at| Box::new(gemini::StreamEncoder::new(id, model, at)),
        },
        _ => return None,
    })
}

/// Checks the laws for an exchange that ended in a reply.
///
/// # Errors
/// The first breach.
pub(crate) fn check(case: &Case, expected: &Outcome) -> std::result::Result<(), String> {
    if matches!(expected, Outcome::Error(_)) {
        return Ok(());
    }
    let codec = codec(case.endpoint.format).ok_or("the format has no codec")?;
    let (reply, chunks) = codec.decode(case).map_err(|error| format!("decode: {error}"))?;
    let written = (codec.encode_reply)(&reply, CREATED_AT).map_err(|error| format!("encode whole: {error:#}"))?;
    let again = (codec.decode_reply)(&written).map_err(|error| format!("decode what was encoded whole: {error}"))?;
    equal("encoded whole", &reply, &again)?;
    let written = codec.write(&chunks, &reply).map_err(|error| format!("encode as a stream: {error:#}"))?;
    let (again, chunks) =
        codec.read(&written).map_err(|error| format!("decode what was encoded as a stream: {error}"))?;
    // Two texts in a row are one to who has only pieces; a decoder knows where the vendor parts them.
    if case.is_events || !has_neighbours(&reply) {
        equal("encoded as a stream", &reply, &again)?;
    } else {
        equal("encoded as a stream", &together(&reply), &together(&again))?;
    }
    pieces(&chunks, &again).map_err(|wrong| format!("encoded as a stream: {wrong}"))
}

/// What the codec alone makes of an answer; `None` where there is no codec.
pub(crate) fn read(case: &Case) -> Option<Result<(Reply, Vec<Chunk>)>> {
    Some(codec(case.endpoint.format)?.decode(case))
}

impl Codec {
    fn decode(&self, case: &Case) -> Result<(Reply, Vec<Chunk>)> {
        if case.is_events {
            return self.read(&case.body);
        }
        let reply = (self.decode_reply)(case.body.as_bytes())?;
        let chunks = pieces_of(&reply);
        Ok((reply, chunks))
    }

    /// Reads a stream; the last of the pieces is the finish.
    fn read(&self, body: &str) -> Result<(Reply, Vec<Chunk>)> {
        let mut decoder = (self.decoder)();
        let mut items = Chunks::new();
        for (name, data) in sse::events(body) {
            decoder.event(&name, &data, &mut items)?;
            if items.is_done() {
                break;
            }
        }
        if !items.is_done() {
            decoder.end(&mut items)?;
        }
        let mut chunks = Vec::new();
        while let Some(item) = items.pop() {
            match item {
                StreamItem::Chunk(chunk) => chunks.push(chunk),
                StreamItem::Done(reply) => {
                    let finish = Chunk::Finish { reason: reply.finish_reason.clone(), usage: reply.usage };
                    chunks.push(finish);
                    return Ok((*reply, chunks));
                }
                _ => {}
            }
        }
        Err(codex_ai::Error::new(codex_ai::ErrorKind::Incomplete, "the decoder has no reply"))
    }

    fn write(&self, chunks: &[Chunk], reply: &Reply) -> Result<String> {
        let mut encoder = (self.encoder)(reply.id.as_deref().unwrap_or_default(), &reply.model, CREATED_AT);
        let mut out = Vec::new();
        for chunk in chunks.iter().filter(|chunk| !matches!(chunk, Chunk::Finish { .. })) {
            encoder.chunk(chunk, &mut out)?;
        }
        encoder.done(reply, &mut out)?;
        Ok(String::from_utf8_lossy(&out).into_owned())
    }
}

fn has_neighbours(reply: &Reply) -> bool {
    reply
        .parts
        .windows(2)
        .any(|two| matches!(two, [Part::Text(_), Part::Text(_)] | [Part::Reasoning(_), Part::Reasoning(_)]))
}

/// The reply with its text and its reasoning as one part each, and without what belongs to one of their parts.
fn together(reply: &Reply) -> Reply {
    let mut parts = vec![Part::Text(reply.text().into_owned()), Part::Reasoning(String::new())];
    for part in &reply.parts {
        match (part, &mut parts[1]) {
            (Part::Reasoning(more), Part::Reasoning(text)) => text.push_str(more),
            (Part::Text(_) | Part::Raw(_), _) => {}
            (other, _) => parts.push(other.clone()),
        }
    }
    let mut reply = reply.clone();
    reply.parts = parts;
    reply
}

/// The pieces that a whole reply would have come in.
fn pieces_of(reply: &Reply) -> Vec<Chunk> {
    let mut chunks = Vec::new();
    let mut calls = 0;
    for part in &reply.parts {
        match part {
            Part::Text(text) => {
                let middle = text.char_indices().nth(text.chars().count() / 2).map_or(0, |(at, _)| at);
                let (first, second) = text.split_at(middle);
                chunks.extend([first, second].into_iter().filter(|t| !t.is_empty()).map(|t| Chunk::Text(t.to_owned())));
            }
            Part::Reasoning(text) => chunks.push(Chunk::Reasoning(text.clone())),
            Part::Refusal(text) => chunks.push(Chunk::Refusal(text.clone())),
            Part::ToolCall(call) => {
                chunks.push(Chunk::ToolCall { index: calls, id: call.id.clone(), name: call.name.clone() });
                chunks.push(Chunk::ToolArguments { index: calls, text: call.arguments.clone() });
                calls += 1;
            }
            other => chunks.push(Chunk::Part(other.clone())),
        }
    }
    chunks
}
