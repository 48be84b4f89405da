//! One item of a streamed answer, as far as it came.

use serde_json::{Value, json};

use super::read_item::read_output;
use crate::message::Part;
use crate::stream::Chunk;
use crate::wire::Chunks;

/// What came of one item.
#[derive(Debug, Default)]
pub(super) struct Streamed {
    /// The item's place in the answer.
    pub(super) index: u64,
    /// Whether it is a message that is no answer; see [`super`].
    pub(super) is_aside: bool,
    pub(super) text: String,
    pub(super) refusal: String,
    pub(super) reasoning: String,
    /// Whether the thinking came as a summary.
    pub(super) is_summary: bool,
    pub(super) call: Option<Call>,
    /// The part with the message's other fields that was handed out before the text.
    head: Option<Part>,
    /// The whole item, as the vendor wrote it.
    done: Option<String>,
}

/// A call that is being written.
#[derive(Debug, Default)]
pub(super) struct Call {
    /// The number of the call, once it was handed out.
    number: Option<usize>,
    id: String,
    name: String,
    arguments: String,
    /// How much of the arguments was handed out.
    sent: usize,
}

impl Streamed {
    pub(super) fn new(index: u64) -> Self {
        Self { index, ..Self::default() }
    }

    /// The item begins.
    pub(super) fn begin(&mut self, item: Value, calls: &mut usize, chunks: &mut Chunks) {
        match item.get("type").and_then(Value::as_str) {
            Some("message") => {
                let phase = item.get("phase").and_then(Value::as_str);
                self.is_aside = phase.is_some_and(|phase| phase != "final_answer");
                if !self.is_aside
                    && let Some(part @ Part::Raw(_)) = read_output(item).into_iter().next()
                    && is_head(&part)
                {
                    chunks.push(Chunk::Part(part.clone()));
                    self.head = Some(part);
                }
            }
            Some("function_call") => self.named_call(&item, calls, chunks),
            _ => {}
        }
    }

    /// Reads a call's id and name, and as much of its arguments as the item has.
    fn named_call(&mut self, item: &Value, calls: &mut usize, chunks: &mut Chunks) {
        let text = |name: &str| item.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let call = self.call.get_or_insert_default();
        if call.name.is_empty() {
            // Compatible servers name the call by `id` alone.
            call.id = text(if item.get("call_id").is_some_and(Value::is_string) { "call_id" } else { "id" });
            call.name = text("name");
        }
        let arguments = match item.get("arguments") {
            Some(Value::String(text)) => text.clone(),
            Some(object @ Value::Object(_)) => object.to_string(),
            _ => String::new(),
        };
        call.whole_arguments(arguments);
        call.hand_out(calls, chunks);
    }

    /// The arguments go on.
    pub(super) fn arguments(&mut self, text: &str, calls: &mut usize, chunks: &mut Chunks) {
        let call = self.call.get_or_insert_default();
        call.arguments.push_str(text);
        call.hand_out(calls, chunks);
    }

    /// The arguments are complete.
    pub(super) fn arguments_done(&mut self, arguments: String, calls: &mut usize, chunks: &mut Chunks) {
        let call = self.call.get_or_insert_default();
        call.whole_arguments(arguments);
        call.hand_out(calls, chunks);
    }

    /// The item is complete: hands out what was not there as a piece before.
    pub(super) fn finish(&mut self, raw: &str, item: Value, calls: &mut usize, chunks: &mut Chunks) {
        self.done = Some(raw.to_owned());
        if item.get("type").and_then(Value::as_str) == Some("function_call") {
            self.named_call(&item, calls, chunks);
        }
        let (mut text, mut refusal, mut reasoning) = (&*self.text, &*self.refusal, &*self.reasoning);
        for part in read_output(item) {
            match part {
                Part::Text(whole) => left_of(&whole, &mut text, Chunk::Text, chunks),
                Part::Refusal(whole) => left_of(&whole, &mut refusal, Chunk::Refusal, chunks),
                Part::Reasoning(whole) => left_of(&whole, &mut reasoning, Chunk::Reasoning, chunks),
                Part::ToolCall(_) => {}
                part if self.head.as_ref() == Some(&part) => {}
                part => chunks.push(Chunk::Part(part)),
            }
        }
    }

    /// The item as a value, from its pieces where the vendor did not give it whole.
    pub(super) fn into_value(self) -> Option<Value> {
        if let Some(raw) = self.done {
            // One that is nested too deeply is kept as its text, as in a whole answer.
            return Some(serde_json::from_str(&raw).unwrap_or(Value::String(raw)));
        }
        if let Some(call) = self.call.filter(|call| !call.name.is_empty()) {
            let Call { id, name, arguments, .. } = call;
            return Some(json!({ "type": "function_call", "call_id": id, "name": name, "arguments": arguments }));
        }
        let mut content = Vec::new();
        if !self.text.is_empty() {
            content.push(json!({ "type": "output_text", "text": self.text }));
        }
        if !self.refusal.is_empty() {
            content.push(json!({ "type": "refusal", "refusal": self.refusal }));
        }
        if !content.is_empty() {
            let mut message = json!({ "type": "message", "role": "assistant", "content": content });
            if self.is_aside {
                message["phase"] = "commentary".into();
            }
            return Some(message);
        }
        let reasoning = self.reasoning;
        match (reasoning.is_empty(), self.is_summary) {
            (true, _) => None,
            (_, true) => {
                Some(json!({ "type": "reasoning", "summary": [{ "type": "summary_text", "text": reasoning }] }))
            }
            (_, false) => {
                Some(json!({ "type": "reasoning", "content": [{ "type": "reasoning_text", "text": reasoning }] }))
            }
        }
    }
}

impl Call {
    /// Takes the arguments as a whole, unless more of them came in pieces.
    fn whole_arguments(&mut self, arguments: String) {
        if arguments.starts_with(&self.arguments) {
            self.arguments = arguments;
        }
    }

    /// Hands out what is known by now; nothing before the name.
    fn hand_out(&mut self, calls: &mut usize, chunks: &mut Chunks) {
        if self.name.is_empty() {
            return;
        }
        let index = *self.number.get_or_insert_with(|| {
            let index = *calls;
            *calls += 1;
            chunks.push(Chunk::ToolCall { index, id: self.id.clone(), name: self.name.clone() });
            index
        });
        if let Some(text) = self.arguments.get(self.sent..).filter(|text| !text.is_empty()) {
            chunks.push(Chunk::ToolArguments { index, text: text.to_owned() });
            self.sent = self.arguments.len();
        }
    }
}

/// Whether a part holds the other fields of a message.
fn is_head(part: &Part) -> bool {
    matches!(part, Part::Raw(raw) if raw.get("type").is_some_and(|kind| kind == "message") && raw.get("content").is_none())
}

/// Hands out what of `whole` is not among the pieces that came.
fn left_of(whole: &str, came: &mut &str, chunk: fn(String) -> Chunk, chunks: &mut Chunks) {
    if let Some(after) = came.strip_prefix(whole) {
        *came = after;
        return;
    }
    if let Some(left) = whole.strip_prefix(*came) {
        chunks.push(chunk(left.to_owned()));
    }
    *came = "";
}
