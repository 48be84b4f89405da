//! A recording, and what plain JSON reading assigns to whom.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

/// What was said, and which notifications are whose.
pub(crate) struct Recording {
    pub(crate) lines: Vec<Line>,
    pub(crate) turns: BTreeMap<String, Vec<Noted>>,
    pub(crate) threads: BTreeMap<String, Vec<Noted>>,
    /// Those of no turn, and those of a turn that is over.
    pub(crate) global: Vec<Noted>,
    /// The answers and their lines, by the id of what was asked.
    pub(crate) answers: BTreeMap<String, (usize, Value)>,
    /// The turns that answers to `turn/start` name.
    pub(crate) started: BTreeSet<String>,
}

/// One line: when, counted from the first, and what.
pub(crate) struct Line {
    pub(crate) at: Duration,
    pub(crate) said: Said,
}

pub(crate) enum Said {
    /// The client asks.
    Ask { id: String, method: String, params: Value },
    /// The client answers what the server asked.
    Answer { id: String },
    /// The client tells.
    Tell { method: String },
    /// The server answers.
    ServerAnswer { id: String, message: Value },
    /// The server says anything else: its text, and the turn that it tells of.
    Server { text: String, turn: Option<String> },
    /// The server is gone, with this as its last bytes.
    End { rest: String },
}

/// A notification, as the recording has it.
#[derive(Debug, Clone)]
pub(crate) struct Noted {
    /// Its line.
    pub(crate) line: usize,
    pub(crate) method: String,
    pub(crate) params: Value,
    pub(crate) emitted_at_ms: Option<u64>,
}

#[derive(Deserialize)]
struct Raw<'a> {
    #[serde(default)]
    t_ms: f64,
    #[serde(default)]
    dir: String,
    #[serde(borrow, default)]
    msg: Option<&'a RawValue>,
    #[serde(default)]
    raw: Option<String>,
}

impl Recording {
    pub(crate) fn read(file: &Path) -> Result<Self, String> {
        let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", crate::shown(file)))?;
        let mut recording = Self {
            lines: Vec::new(),
            turns: BTreeMap::new(),
            threads: BTreeMap::new(),
            global: Vec::new(),
            answers: BTreeMap::new(),
            started: BTreeSet::new(),
        };
        for (number, line) in text.lines().enumerate() {
            let raw: Raw<'_> = serde_json::from_str(line).map_err(|error| format!("line {}: {error}", number + 1))?;
            recording.line(raw).map_err(|error| format!("line {}: {error}", number + 1))?;
        }
        let asked = recording.lines.iter().filter_map(|line| match &line.said {
            Said::Ask { id, method, .. } if method == "turn/start" => recording.answers.get(id),
            _ => None,
        });
        recording.started =
            asked.filter_map(|(_, answer)| answer.pointer("/result/turn/id")?.as_str()).map(str::to_owned).collect();
        Ok(recording)
    }

    fn line(&mut self, raw: Raw<'_>) -> Result<(), String> {
        let value = match raw.msg {
            Some(msg) => serde_json::from_str::<Value>(msg.get()).map_err(|error| error.to_string())?,
            None => Value::Null,
        };
        let id = value.get("id").filter(|id| !id.is_null()).map(Value::to_string);
        let method = value.get("method").and_then(Value::as_str).map(str::to_owned);
        let text = raw.msg.map(|msg| msg.get().to_owned()).or(raw.raw).unwrap_or_default();
        let said = match (&*raw.dir, id, method) {
            ("c2s", Some(id), Some(method)) => Said::Ask { id, method, params: value["params"].clone() },
            ("c2s", None, Some(method)) => Said::Tell { method },
            ("c2s", Some(id), None) => Said::Answer { id },
            ("s2c", Some(id), None) if value.get("result").is_some() || value.get("error").is_some() => {
                self.answers.entry(id.clone()).or_insert_with(|| (self.lines.len(), value.clone()));
                Said::ServerAnswer { id, message: value }
            }
            ("s2c", None, Some(method)) => Said::Server { turn: self.note(method, &value), text },
            ("s2c", ..) => Said::Server { text, turn: None },
            ("eof", ..) => Said::End { rest: text },
            // The first line tells of the recording itself.
            _ => return Ok(()),
        };
        self.lines.push(Line { at: Duration::from_secs_f64((raw.t_ms / 1e3).max(0.0)), said });
        Ok(())
    }

    /// Whether the turn's end came: what comes later is the client's.
    fn is_complete(&self, turn: &str) -> bool {
        let last = self.turns.get(turn).and_then(|noted| noted.last());
        last.is_some_and(|noted| noted.method == "turn/completed")
    }

    /// Notes whose a notification is, and gives its turn.
    fn note(&mut self, method: String, message: &Value) -> Option<String> {
        let params = params(message.get("params").cloned());
        let text = |at: &str| params.pointer(at).and_then(Value::as_str).map(str::to_owned);
        let turn = text("/turnId").or_else(|| text("/turn/id"));
        let thread = text("/threadId").or_else(|| text("/thread/id"));
        let emitted_at_ms = message.get("emittedAtMs").and_then(Value::as_u64);
        let noted = Noted { line: self.lines.len(), method, params, emitted_at_ms };
        if let Some(thread) = thread {
            self.threads.entry(thread).or_default().push(noted.clone());
        }
        match &turn {
            Some(turn) if self.is_complete(turn) => self.global.push(noted),
            Some(turn) => self.turns.entry(turn.clone()).or_default().push(noted),
            None => self.global.push(noted),
        }
        turn
    }
}

/// Parameters as they are compared: `null` and none are the same as an object without members.
pub(crate) fn params(params: Option<Value>) -> Value {
    params.filter(|params| !params.is_null()).unwrap_or_else(|| json!({}))
}
