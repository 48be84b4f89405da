//! The content of a step, written in a format.

use std::sync::Arc;

use bytes::Bytes;

use super::answer::Asked;
use super::sending::Frame;
use crate::error::{Error, Result};
use crate::image::GeneratedImage;
use crate::message::{Image, Part};
use crate::provider::local::chunks;
use crate::reply::Reply;
use crate::stream::Chunk;

/// What a step says.
#[derive(Clone)]
pub(super) enum Content {
    /// A reply, after whose pieces a stream fails with the error.
    Reply(Arc<Reply>, Option<Arc<Error>>),
    Image(Arc<GeneratedImage>),
    Failure(Arc<Error>),
    Bytes(Bytes),
    /// A reply of one text that is made while it is sent.
    Huge(u64),
    EndlessEvents,
    InvalidUtf8,
    Never,
}

/// A text, of one piece, that is replaced after the format was written around it.
const MARK: &str = "@@text-here@@";

/// What a huge text is made of, again and again.
const FILLER: Bytes = Bytes::from_static(&[b'a'; 16 << 10]);

impl Content {
    /// Whether it has a form as a stream.
    pub(super) fn streams(&self) -> bool {
        !matches!(self, Self::Bytes(_))
    }

    /// The body in the format that is asked for.
    pub(super) fn frames(&self, asked: Asked, has_end: bool) -> Result<Vec<Frame>> {
        let marked = || write(&Reply::from_text("script", MARK), None, asked, has_end);
        match self {
            Self::Bytes(bytes) => Ok(vec![Frame::Bytes(bytes.clone())]),
            Self::Reply(reply, error) => Ok(whole(write(reply, error.as_deref(), asked, has_end)?)),
            Self::Image(image) => {
                let part = Part::Image(Image::bytes(image.bytes.clone(), image.mime_type.clone()));
                Ok(whole(write(&Reply::new("script", vec![part]), None, asked, has_end)?))
            }
            Self::Huge(bytes) => Ok(filled(marked()?, &Frame::Filler(FILLER, *bytes))),
            Self::InvalidUtf8 => Ok(filled(marked()?, &Frame::Bytes(Bytes::from_static(b"caf\xe9 \xff\xfe")))),
            Self::EndlessEvents if asked.stream => {
                let mut encoder = asked.encoder(None, "script");
                let (mut first, mut next) = (Vec::new(), Vec::new());
                encoder.chunk(&Chunk::Text("again ".to_owned()), &mut first)?;
                encoder.chunk(&Chunk::Text("and again ".repeat(100)), &mut next)?;
                Ok(vec![Frame::Bytes(first.into()), Frame::Filler(next.into(), u64::MAX)])
            }
            Self::EndlessEvents => Ok(filled(marked()?, &Frame::Filler(FILLER, u64::MAX))),
            Self::Failure(error) => Ok(vec![Frame::Bytes(asked.format.encode_error(error).1)]),
            Self::Never => Ok(Vec::new()),
        }
    }
}

/// A reply in the format that is asked for: one body, or the events of its stream.
fn write(reply: &Reply, error: Option<&Error>, asked: Asked, has_end: bool) -> Result<Vec<Bytes>> {
    if !asked.stream {
        let mut body = asked.encode(reply.clone())?;
        if !has_end {
            body.truncate(body.len().saturating_sub(1));
        }
        return Ok(vec![body]);
    }
    let mut encoder = asked.encoder(reply.id.as_deref(), &reply.model);
    let mut frames = Vec::new();
    let mut out = Vec::new();
    for chunk in chunks(reply) {
        encoder.chunk(&chunk, &mut out)?;
        frames.push(Bytes::from(std::mem::take(&mut out)));
    }
    match error {
        Some(error) => encoder.error(error, &mut out),
        None if has_end => {
            let mut reply = reply.clone();
            asked.fill(&mut reply);
            encoder.done(&reply, &mut out)?;
        }
        None => {}
    }
    frames.push(out.into());
    frames.retain(|frame| !frame.is_empty());
    Ok(frames)
}

fn whole(frames: Vec<Bytes>) -> Vec<Frame> {
    frames.into_iter().map(Frame::Bytes).collect()
}

/// Puts `filler` wherever the mark stands.
fn filled(frames: Vec<Bytes>, filler: &Frame) -> Vec<Frame> {
    let mut all = Vec::new();
    for mut frame in frames {
        while let Some(at) = memchr::memmem::find(&frame, MARK.as_bytes()) {
            all.push(Frame::Bytes(frame.split_to(at)));
            all.push(filler.clone());
            drop(frame.split_to(MARK.len()));
        }
        all.push(Frame::Bytes(frame));
    }
    all
}
