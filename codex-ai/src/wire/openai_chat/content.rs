//! The content of a message as it is written.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::Value;

use super::Object;
use super::split::{Content, ContentKind, thought};
use crate::message::{Image, Part};
use crate::wire::data_url::ImageUrl;

/// The field `content`.
pub(super) struct Contents<'a> {
    pub(super) parts: &'a [Content<'a>],
    pub(super) is_model: bool,
    pub(super) cache: bool,
}

impl Serialize for Contents<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let parts = || self.parts.iter().filter(|part| !(self.is_model && matches!(part.kind, ContentKind::Image(_))));
        let mut first = parts();
        if let (Some(Content { kind: ContentKind::Text(text), rest: None, cache }), None) = (first.next(), first.next())
            && !(self.cache && cache.is_some())
        {
            return serializer.serialize_str(text);
        }
        let mut list = serializer.serialize_seq(None)?;
        for part in parts() {
            list.serialize_element(&ContentBody { part, cache: self.cache })?;
        }
        list.end()
    }
}

struct ContentBody<'a> {
    part: &'a Content<'a>,
    cache: bool,
}

impl Serialize for ContentBody<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Content { kind, rest, cache } = self.part;
        let cache = cache.filter(|_| self.cache);
        let mut map = serializer.serialize_map(None)?;
        match kind {
            ContentKind::Text(text) => {
                map.serialize_entry("type", "text")?;
                map.serialize_entry("text", text)?;
                write_rest(&mut map, *rest, &["text"])?;
            }
            ContentKind::Image(image) => {
                map.serialize_entry("type", "image_url")?;
                let inner = rest.and_then(|rest| rest.get("image_url")).and_then(Value::as_object);
                map.serialize_entry("image_url", &ImageBody { image, rest: inner })?;
                write_rest(&mut map, *rest, &["image_url"])?;
            }
            ContentKind::Thinking(texts) => {
                map.serialize_entry("type", "thinking")?;
                match rest.and_then(|rest| rest.get("texts")) {
                    Some(list) => map.serialize_entry("thinking", list)?,
                    None => map.serialize_entry("thinking", &Thoughts(texts))?,
                }
                write_rest(&mut map, *rest, &["thinking", "texts"])?;
            }
            ContentKind::Raw(Value::Object(raw)) => {
                for (name, value) in raw {
                    map.serialize_entry(name, value)?;
                }
            }
            // `check` has refused it in a request; in an answer it is told as text.
            ContentKind::Raw(raw) => {
                map.serialize_entry("type", "text")?;
                map.serialize_entry("text", &Shown(raw))?;
            }
        }
        if let Some(point) = cache {
            let mut control = Object::new();
            control.insert("type".to_owned(), Value::from("ephemeral"));
            if let Some(ttl) = &point.ttl {
                control.insert("ttl".to_owned(), Value::from(ttl.as_ref()));
            }
            map.serialize_entry("cache_control", &control)?;
        }
        map.end()
    }
}

struct Shown<'a>(&'a Value);

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::String(text) => serializer.serialize_str(text),
            other => serializer.collect_str(other),
        }
    }
}

struct ImageBody<'a> {
    image: &'a Image,
    rest: Option<&'a Object>,
}

impl Serialize for ImageBody<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("url", &ImageUrl(self.image))?;
        for (name, value) in self.rest.into_iter().flatten() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// The list `images` of the model's message.
pub(super) struct Images<'a>(pub(super) &'a [Content<'a>]);

impl Serialize for Images<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let images = self.0.iter().filter(|part| matches!(part.kind, ContentKind::Image(_)));
        serializer.collect_seq(images.map(|part| ContentBody { part, cache: false }))
    }
}

/// The texts within a part `thinking`.
struct Thoughts<'a>(&'a [Part]);

impl Serialize for Thoughts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(serde::Serialize)]
        struct Thought<'a> {
            r#type: &'static str,
            text: &'a str,
        }
        serializer.collect_seq(self.0.iter().filter_map(thought).map(|text| Thought { r#type: "text", text }))
    }
}

/// Writes the fields of a raw part into what it belongs to, but for those that are written already.
pub(super) fn write_rest<M: SerializeMap>(
    map: &mut M,
    rest: Option<&Object>,
    written: &[&str],
) -> Result<(), M::Error> {
    for (name, value) in rest.into_iter().flatten() {
        if name != "type" && !written.contains(&name.as_str()) {
            map.serialize_entry(name, value)?;
        }
    }
    Ok(())
}
