//! Answers that say nothing of their end, or of their tokens: they are read alike in every format, and survive being
//! written and read again, whole and as a stream.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use codex_ai::stream::StreamItem;
use codex_ai::wire::{Chunks, DecodeEvents, EncodeEvents, anthropic, gemini, openai_chat, openai_responses};
use codex_ai::{Chunk, FinishReason, Reply, Result};
use serde_json::{Value, json};

/// A format: its name, an answer, and both halves of its codec.
type Format = (
    &'static str,
    Value,
    fn(&[u8]) -> Result<Reply>,
    fn(&Reply, u64) -> Result<bytes::Bytes>,
    fn() -> Box<dyn DecodeEvents>,
    fn() -> Box<dyn EncodeEvents>,
);

fn formats() -> [Format; 4] {
    let text = json!([{ "type": "output_text", "text": "Hi", "annotations": [] }]);
    let output = json!([{ "type": "message", "role": "assistant", "content": text }]);
    [
        (
            "responses",
            json!({ "id": "1", "model": "m", "output": output }),
            openai_responses::decode_reply,
            openai_responses::encode_reply,
            || Box::new(openai_responses::StreamDecoder::new()),
            || Box::new(openai_responses::StreamEncoder::new("1", "m", 0)),
        ),
        (
            "chat",
            json!({ "id": "1", "model": "m", "choices": [{ "message": { "content": "Hi" } }] }),
            openai_chat::decode_reply,
            openai_chat::encode_reply,
            || Box::new(openai_chat::StreamDecoder::new()),
            || Box::new(openai_chat::StreamEncoder::new("1", "m", 0)),
        ),
        (
            "anthropic",
            json!({ "id": "1", "model": "m", "content": [{ "type": "text", "text": "Hi" }] }),
            anthropic::decode_reply,
            anthropic::encode_reply,
            || Box::new(anthropic::StreamDecoder::new()),
            || Box::new(anthropic::StreamEncoder::new("1", "m", 0)),
        ),
        (
            "gemini",
            json!({ "responseId": "1", "modelVersion": "m", "candidates": [{ "content": { "parts": [{ "text": "Hi" }] } }] }),
            gemini::decode_reply,
            gemini::encode_reply,
            || Box::new(gemini::StreamDecoder::new()),
            || Box::new(gemini::StreamEncoder::new("1", "m", 0)),
        ),
    ]
}

fn streamed(reply: &Reply, encoder: &mut dyn EncodeEvents, decoder: &mut dyn DecodeEvents) -> Reply {
    let mut out = Vec::new();
    encoder.chunk(&Chunk::Text("Hi".to_owned()), &mut out).unwrap();
    encoder.done(reply, &mut out).unwrap();
    let mut chunks = Chunks::new();
    for frame in String::from_utf8(out).unwrap().replace("\r\n", "\n").split_terminator("\n\n") {
        let field = |wanted: &str| frame.lines().find_map(|line| line.strip_prefix(wanted)).unwrap_or_default();
        decoder.event(field("event: "), field("data: "), &mut chunks).unwrap();
    }
    if !chunks.is_done() {
        decoder.end(&mut chunks).unwrap();
    }
    let done = std::iter::from_fn(|| chunks.pop()).find_map(|item| match item {
        StreamItem::Done(reply) => Some(*reply),
        _ => None,
    });
    let mut done = done.unwrap();
    done.raw = None;
    done
}

#[test]
fn an_answer_that_says_nothing_of_its_end_came_to_it() {
    for (name, body, decode, encode, decoder, encoder) in formats() {
        let reply = decode(body.to_string().as_bytes()).unwrap();
        assert_eq!((reply.text().as_ref(), reply.usage), ("Hi", None), "{name}");
        assert_eq!(reply.finish_reason, FinishReason::Stop, "{name}");
        assert_eq!(decode(&encode(&reply, 0).unwrap()).unwrap(), reply, "{name}");
        assert_eq!(streamed(&reply, &mut *encoder(), &mut *decoder()), reply, "{name}");
    }
}
