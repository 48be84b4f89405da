//! One turn of the stand-in.

use std::sync::Arc;
use std::time::Duration;

use codex_ai::provider::Local;
use codex_ai::{Chunk, Error, Message, Output, Provider, Request, Schema};
use serde_json::{Value, json};
use tokio::sync::{Notify, oneshot};

use super::{Question, Server};

/// The pause between two pieces, so that turns that run at once can be seen to.
const PACE: Duration = Duration::from_millis(3);

/// What of a text asks for an approval, and of what.
fn wanted(text: &str) -> Option<(Wanted, &str)> {
    let command = text.strip_prefix("run: ").map(|rest| (Wanted::Command, rest));
    command.or_else(|| text.strip_prefix("patch: ").map(|rest| (Wanted::FileChange, rest)))
}

#[derive(Clone, Copy)]
enum Wanted {
    Command,
    FileChange,
}

pub(super) struct Turn {
    pub(super) server: Arc<Server>,
    pub(super) thread: String,
    pub(super) id: String,
    pub(super) stop: Arc<Notify>,
}

/// What a turn asks the model.
pub(super) fn asked(system: &str, messages: &[Message], schema: &Value) -> codex_ai::Result<Request> {
    let mut request = Request::new(messages.to_vec());
    if !system.is_empty() {
        request = request.with_system(system);
    }
    if !schema.is_null() {
        request = request.with_output(Output::Schema(Arc::new(Schema::new("answer", schema.clone())?)));
    }
    Ok(request)
}

/// The texts of a list of inputs, or of the content of an item.
pub(super) fn text_of(parts: &Value) -> String {
    let texts = parts.as_array().into_iter().flatten().filter_map(|part| part["text"].as_str());
    texts.collect::<Vec<_>>().join("\n")
}

pub(super) fn info(id: &str, status: &str, error: &Value) -> Value {
    json!({ "id": id, "items": [], "itemsView": "notLoaded", "status": status, "error": error })
}

impl Turn {
    pub(super) async fn run(self, asked: codex_ai::Result<Request>) {
        self.notify("turn/started", json!({ "turn": info(&self.id, "inProgress", &Value::Null) }));
        let ended = tokio::select! {
            biased;
            () = self.stop.notified() => Ok("interrupted"),
            answered = self.answer(asked) => answered.map(|completed| if completed { "completed" } else { "interrupted" }),
        };
        self.server.state().running.remove(&self.id);
        let turn = match ended {
            Ok(status) => info(&self.id, status, &Value::Null),
            Err(error) => {
                info(&self.id, "failed", &json!({ "message": error.to_string(), "codexErrorInfo": "badRequest" }))
            }
        };
        self.notify("turn/completed", json!({ "turn": turn }));
        // What it had asked needs no answer any more, and is told after its end, as the program does.
        let mut open = Vec::new();
        self.server.state().asked.retain(|id, question| {
            let own = question.turn == self.id;
            if own {
                open.push(*id);
            }
            !own
        });
        for id in open {
            self.notify("serverRequest/resolved", json!({ "requestId": id }));
        }
    }

    /// Answers; `false` where the client wants the turn to end.
    async fn answer(&self, asked: codex_ai::Result<Request>) -> Result<bool, Error> {
        let request = asked?;
        let last = request.messages.last().and_then(Message::text).unwrap_or_default();
        if let Some((wanted, of)) = wanted(&last) {
            return Ok(self.ask(wanted, of).await);
        }
        let item = self.server.new_id("message");
        let mut stream = Local::quiet().stream(&request).await?;
        self.item("item/started", &json!({ "type": "agentMessage", "id": item, "text": "", "phase": "final_answer" }));
        let mut text = String::new();
        while let Some(chunk) = stream.next().await {
            if let Chunk::Text(piece) = chunk? {
                tokio::time::sleep(PACE).await;
                text.push_str(&piece);
                self.notify("item/agentMessage/delta", json!({ "itemId": item, "delta": piece }));
            }
        }
        self.item(
            "item/completed",
            &json!({ "type": "agentMessage", "id": item, "text": text, "phase": "final_answer" }),
        );
        let mut server = self.server.state();
        if let Some(conversation) = server.threads.get_mut(&self.thread) {
            conversation.messages.push(Message::assistant(text));
        }
        Ok(true)
    }

    /// Asks for an approval and tells what came of it: nothing is done, whatever the answer. `false` for `cancel`.
    async fn ask(&self, wanted: Wanted, of: &str) -> bool {
        let id = self.server.new_id("item");
        let item = |status: &str| match wanted {
            Wanted::Command => json!({
                "type": "commandExecution", "id": id, "command": of, "cwd": "/", "status": status, "commandActions": [],
            }),
            Wanted::FileChange => json!({
                "type": "fileChange", "id": id, "status": status,
                "changes": [{ "path": of, "kind": { "type": "add" }, "diff": "a line\n" }],
            }),
        };
        self.item("item/started", &item("inProgress"));
        let mut params = json!({
            "threadId": self.thread, "turnId": self.id, "itemId": id, "startedAtMs": 0, "reason": "the text asks for it",
        });
        let method = match wanted {
            Wanted::Command => {
                params["kind"] = json!("command");
                params["command"] = json!(of);
                params["cwd"] = json!("/");
                params["availableDecisions"] = json!(["accept", "cancel"]);
                "item/commandExecution/requestApproval"
            }
            Wanted::FileChange => {
                params["grantRoot"] = Value::Null;
                "item/fileChange/requestApproval"
            }
        };
        let (answer, answered) = oneshot::channel();
        let number = {
            let mut state = self.server.state();
            let number = state.last_question;
            state.last_question += 1;
            state.asked.insert(number, Question { turn: self.id.clone(), answer });
            number
        };
        self.server.send(json!({ "id": number, "method": method, "params": params }));
        let answer = answered.await.unwrap_or_default();
        self.notify("serverRequest/resolved", json!({ "requestId": number }));
        let decision = answer["decision"].as_str().unwrap_or_default();
        let accepted = matches!(decision, "accept" | "acceptForSession");
        self.item("item/completed", &item(if accepted { "completed" } else { "declined" }));
        self.say(&match (wanted, accepted) {
            (Wanted::Command, true) => format!("ran: {of} (not really: this is the stand-in)"),
            (Wanted::Command, false) => format!("not run: {of}"),
            (Wanted::FileChange, true) => format!("wrote: {of} (not really: this is the stand-in)"),
            (Wanted::FileChange, false) => format!("not written: {of}"),
        });
        decision != "cancel"
    }

    fn say(&self, text: &str) {
        let item = self.server.new_id("message");
        self.notify("item/agentMessage/delta", json!({ "itemId": item, "delta": text }));
        self.item(
            "item/completed",
            &json!({ "type": "agentMessage", "id": item, "text": text, "phase": "final_answer" }),
        );
    }

    fn item(&self, method: &str, item: &Value) {
        self.notify(method, json!({ "item": item }));
    }

    /// Tells something of this turn.
    fn notify(&self, method: &str, mut params: Value) {
        params["threadId"] = json!(self.thread);
        if params.get("turn").is_none() {
            params["turnId"] = json!(self.id);
        }
        self.server.notify(method, &params);
    }
}
