//! Answers of the usual shape, read without a [`Value`] in between.
//!
//! What is of another shape is an error here that nobody sees: the reader of any answer takes over. Both give the same
//! reply wherever this one gives any.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::Object;
use super::read_item::read_output;
use crate::message::{Part, ToolCall};
use crate::reply::Usage;
use crate::wire::escaped::string;

/// An answer that came to its end, with no error in it.
#[derive(Deserialize)]
pub(super) struct Usual {
    pub(super) id: Option<String>,
    pub(super) model: Option<String>,
    #[serde(rename = "status")]
    _status: Option<Completed>,
    #[serde(rename = "error")]
    _error: Option<()>,
    #[serde(rename = "incomplete_details")]
    _incomplete_details: Option<()>,
    output: Parts,
    usage: Option<Counts>,
}

impl Usual {
    /// Reads an answer, if it is of the usual shape.
    pub(super) fn read(body: &str) -> Option<Self> {
        let Some((rest, text)) = without_text(body) else { return serde_json::from_str(body).ok() };
        let mut usual: Self = serde_json::from_str(&rest).ok()?;
        let place = usual.output.0.iter_mut().find(|part| matches!(part, Part::Text(text) if text == STAND_IN))?;
        *place = Part::Text(text);
        Some(usual)
    }

    pub(super) fn take_parts(&mut self) -> Vec<Part> {
        std::mem::take(&mut self.output.0)
    }

    pub(super) fn usage(&self) -> Option<Usage> {
        self.usage.as_ref().map(|counts| Usage {
            input_tokens: counts.input_tokens,
            output_tokens: counts.output_tokens,
            cached_tokens: counts.input_tokens_details.cached_tokens,
            cache_write_tokens: counts.input_tokens_details.cache_write_tokens,
            reasoning_tokens: counts.output_tokens_details.reasoning_tokens,
        })
    }
}

/// The shortest body that is worth two looks.
const LONG: usize = 2 << 10;

/// What stands for the text of a long answer while all else is read. No body has it that is taken apart.
const STAND_IN: &str = "\u{1}";
const WRITTEN_STAND_IN: &str = "\\u0001";

/// Takes the first text out of a long body. It is most of it, and mostly full of escapes, which `serde_json` is slow at.
fn without_text(body: &str) -> Option<(String, String)> {
    const KIND: &str = "\"type\":\"output_text\"";
    const TEXT: &str = ",\"text\":\"";
    if body.len() < LONG {
        return None;
    }
    let find = |from: usize, what: &str| {
        let found = memchr::memmem::find(body.as_bytes().get(from..)?, what.as_bytes())?;
        Some(from + found + what.len())
    };
    // A comma before the quote: inside of a string no such quote is without its backslash.
    let start = find(find(0, KIND)?, TEXT)?;
    let (text, length) = string(body.get(start..)?)?;
    let (before, after) = (body.get(..start)?, body.get(start + length..)?);
    if find(0, WRITTEN_STAND_IN).is_some() {
        return None;
    }
    Some(([before, WRITTEN_STAND_IN, after].concat(), text))
}

#[derive(Deserialize)]
enum Completed {
    #[serde(rename = "completed")]
    Completed,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Counts {
    input_tokens: u64,
    input_tokens_details: InputCounts,
    output_tokens: u64,
    output_tokens_details: OutputCounts,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct InputCounts {
    cached_tokens: u64,
    cache_write_tokens: u64,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct OutputCounts {
    reasoning_tokens: u64,
}

/// The parts of all items.
struct Parts(Vec<Part>);

impl<'de> Deserialize<'de> for Parts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut parts = Vec::new();
        deserializer.deserialize_seq(Items(&mut parts))?;
        Ok(Self(parts))
    }
}

/// Reads a list of items and adds their parts.
struct Items<'p>(&'p mut Vec<Part>);

impl<'de> Visitor<'de> for Items<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of items")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element_seed(Item(self.0))?.is_some() {}
        Ok(())
    }
}

/// Reads one item and adds its parts.
struct Item<'p>(&'p mut Vec<Part>);

impl<'de> DeserializeSeed<'de> for Item<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

/// What an item says of itself in a word, besides its content.
#[derive(Default)]
struct Head<'a> {
    kind: Option<&'a str>,
    id: Option<&'a str>,
    role: Option<&'a str>,
    phase: Option<&'a str>,
    call_id: Option<&'a str>,
    name: Option<&'a str>,
}

impl<'de> Visitor<'de> for Item<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an item")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        /// No item of the usual shape has more fields than these.
        const MOST: usize = 8;
        let start = self.0.len();
        let mut head = Head::default();
        // The fields before the type, which an item of another type needs again.
        let mut before: [(&str, Option<&str>); MOST] = [("", None); MOST];
        let mut arguments: Option<String> = None;
        let mut has_content = false;
        let mut count = 0;
        while let Some(key) = map.next_key::<&'de str>()? {
            let field = match key {
                "content" if !has_content => {
                    has_content = true;
                    map.next_value_seed(Contents(self.0))?;
                    continue;
                }
                "arguments" if arguments.is_none() => {
                    arguments = Some(map.next_value()?);
                    continue;
                }
                "type" => &mut head.kind,
                "id" => &mut head.id,
                "status" => &mut None,
                "role" => &mut head.role,
                "phase" => &mut head.phase,
                "call_id" => &mut head.call_id,
                "name" => &mut head.name,
                _ => return Err(unusual()),
            };
            *field = map.next_value()?;
            if count == MOST {
                return Err(unusual());
            }
            before[count] = (key, *field);
            count += 1;
            let other = head.kind.is_some_and(|kind| kind != "message" && kind != "function_call");
            if other && !has_content && arguments.is_none() {
                let mut item = Object::new();
                item.extend(before[..count].iter().map(|(key, value)| ((*key).to_owned(), Value::from(*value))));
                while let Some((key, value)) = map.next_entry::<String, Value>()? {
                    item.insert(key, value);
                }
                self.0.extend(read_output(Value::Object(item)));
                return Ok(());
            }
        }
        match (head, arguments) {
            (Head { kind: Some("message"), role, phase, call_id: None, name: None, .. }, None) if has_content => {
                // A role that is `null` is told apart from none by the other reader.
                let has_role = before[..count].iter().any(|(key, _)| *key == "role");
                if role != has_role.then_some("assistant") {
                    return Err(unusual());
                }
                match phase {
                    None => Ok(()),
                    Some("final_answer") => {
                        let rest = [("type", "message"), ("phase", "final_answer")];
                        let rest = rest.into_iter().map(|(key, value)| (key.to_owned(), Value::from(value))).collect();
                        self.0.insert(start, Part::Raw(Value::Object(rest)));
                        Ok(())
                    }
                    Some(_) => Err(unusual()),
                }
            }
            (
                Head { kind: Some("function_call"), role: None, phase: None, name: Some(name), call_id, id },
                Some(arguments),
            ) if !has_content => {
                let id = call_id.or(id).ok_or_else(unusual)?;
                self.0.push(Part::ToolCall(ToolCall::new(id, name, arguments)));
                Ok(())
            }
            _ => Err(unusual()),
        }
    }
}

/// Reads the content of a message and adds its parts.
struct Contents<'p>(&'p mut Vec<Part>);

impl<'de> DeserializeSeed<'de> for Contents<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Contents<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the content of a message")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(content) = seq.next_element::<Content<'de>>()? {
            self.0.push(match content {
                Content { kind: "output_text", text: Some(text), refusal: None, .. } => Part::Text(text),
                Content { kind: "refusal", text: None, refusal: Some(text), .. } => Part::Refusal(text),
                _ => return Err(unusual()),
            });
        }
        Ok(())
    }
}

/// A part of a message that has nothing but its words.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Content<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    text: Option<String>,
    refusal: Option<String>,
    #[serde(rename = "annotations")]
    _annotations: Option<[(); 0]>,
    #[serde(rename = "logprobs")]
    _logprobs: Option<[(); 0]>,
}

fn unusual<E: serde::de::Error>() -> E {
    E::custom("not of the usual shape")
}
