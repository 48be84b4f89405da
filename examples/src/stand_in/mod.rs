//! A small stand-in for `codex app-server`, over a pipe in memory: the lines of the protocol, with the built-in provider
//! as the model. So the examples run without a key and without the program `codex`.
//!
//! It knows what the examples need: threads with their history, turns with their deltas, the form of an answer,
//! interrupts, and approvals, which a turn asks for whose text begins with `run: ` or `patch: `. Everything else is
//! refused as the program refuses it. It runs no command and changes no file.

mod turn;

use std::collections::HashMap;
use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use codex_ai::Message;
use codex_ai::app_server::{Client, ClientOptions, SpawnOptions};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream};
use tokio::sync::mpsc::{self, UnboundedSender};
use tokio::sync::{Notify, oneshot};

use self::turn::Turn;
use crate::Failure;

/// A client of the program that is named, or else of the stand-in; says on the screen which one it is.
///
/// # Errors
/// Where the program does not start.
pub async fn client(program: Option<&str>, options: ClientOptions, out: &mut impl Write) -> Result<Client, Failure> {
    match program {
        Some(program) => {
            let client = Client::spawn(SpawnOptions::new().with_binary(program).with_client(options)).await?;
            let version = client.server().version().map_or_else(|| "unknown".to_owned(), |version| version.to_string());
            writeln!(out, "App server: {program}, version {version}\n")?;
            Ok(client)
        }
        None => {
            writeln!(out, "App server: a stand-in (built in: it answers by rules and is neither Codex nor a model)\n")?;
            Ok(connect(options).await?)
        }
    }
}

/// A client of a stand-in.
///
/// # Errors
/// None that the stand-in makes.
pub async fn connect(options: ClientOptions) -> codex_ai::Result<Client> {
    let (ours, theirs) = tokio::io::duplex(64 << 10);
    tokio::spawn(serve(theirs));
    let (reader, writer) = tokio::io::split(ours);
    Client::connect(reader, writer, options).await
}

/// What the server holds.
struct Server {
    lines: UnboundedSender<Value>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    threads: HashMap<String, Conversation>,
    /// The turns that run, by id.
    running: HashMap<String, Arc<Notify>>,
    /// What the client was asked and has not answered.
    asked: HashMap<u64, Question>,
    last_question: u64,
    last_id: u64,
}

/// A request of the server, and the turn that it belongs to.
struct Question {
    turn: String,
    answer: oneshot::Sender<Value>,
}

/// What a thread holds.
#[derive(Default)]
struct Conversation {
    system: String,
    messages: Vec<Message>,
}

async fn serve(pipe: DuplexStream) {
    let (reader, mut writer) = tokio::io::split(pipe);
    let (lines, mut queue) = mpsc::unbounded_channel::<Value>();
    tokio::spawn(async move {
        while let Some(line) = queue.recv().await {
            if writer.write_all(format!("{line}\n").as_bytes()).await.is_err() {
                return;
            }
        }
    });
    let server = Arc::new(Server { lines, state: Mutex::default() });
    let mut lines = BufReader::new(reader).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        // As the program does: what is no message gets no answer.
        let Ok(mut message) = serde_json::from_str::<Value>(&line) else { continue };
        let (id, params) = (message["id"].take(), message["params"].take());
        match message["method"].as_str() {
            Some(method) if !id.is_null() => server.request(&id, method, &params),
            Some(_) => {}
            None => server.answered(&id, message["result"].take()),
        }
    }
}

impl Server {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn send(&self, line: Value) {
        // Who reads may be gone.
        let _ = self.lines.send(line);
    }

    fn notify(&self, method: &str, params: &Value) {
        self.send(json!({ "method": method, "params": params }));
    }

    fn new_id(&self, kind: &str) -> String {
        let mut state = self.state();
        state.last_id += 1;
        format!("{kind}-{}", state.last_id)
    }

    fn request(self: &Arc<Self>, id: &Value, method: &str, params: &Value) {
        let thread = params["threadId"].as_str().unwrap_or_default();
        let result = match method {
            // The version whose protocol it speaks.
            "initialize" => Ok(json!({ "userAgent": "stand-in/0.169.0" })),
            "thread/start" => Ok(self.start_thread(params)),
            "thread/inject_items" => self.inject(thread, &params["items"]),
            "thread/unsubscribe" => Ok(json!({ "status": "unsubscribed" })),
            "turn/start" => return self.start_turn(id, thread, params),
            "turn/interrupt" => self.interrupt(params["turnId"].as_str().unwrap_or_default()),
            _ => Err(format!("the stand-in knows no method `{method}`")),
        };
        self.send(match result {
            Ok(result) => json!({ "id": id, "result": result }),
            Err(message) => refusal(id, &message),
        });
    }

    fn answered(&self, id: &Value, result: Value) {
        let asked = id.as_u64().and_then(|id| self.state().asked.remove(&id));
        if let Some(asked) = asked {
            let _ = asked.answer.send(result);
        }
    }

    fn start_thread(&self, params: &Value) -> Value {
        let id = self.new_id("thread");
        let system = params["baseInstructions"].as_str().unwrap_or_default().to_owned();
        self.state().threads.insert(id.clone(), Conversation { system, messages: Vec::new() });
        let model = codex_ai::provider::local::MODEL;
        json!({
            "thread": { "id": id, "preview": "", "ephemeral": params["ephemeral"], "model": model },
            "model": model, "modelProvider": "local", "cwd": "/",
        })
    }

    fn inject(&self, thread: &str, items: &Value) -> Result<Value, String> {
        let mut state = self.state();
        let conversation = state.threads.get_mut(thread).ok_or_else(|| no_thread(thread))?;
        for item in items.as_array().into_iter().flatten() {
            let text = turn::text_of(&item["content"]);
            conversation.messages.push(match item["role"].as_str() {
                Some("assistant") => Message::assistant(text),
                Some("developer") => Message::system(text),
                _ => Message::user(text),
            });
        }
        Ok(json!({}))
    }

    fn start_turn(self: &Arc<Self>, id: &Value, thread: &str, params: &Value) {
        let turn = self.new_id("turn");
        let stop = Arc::new(Notify::new());
        let asked = {
            let mut state = self.state();
            let Some(conversation) = state.threads.get_mut(thread) else {
                drop(state);
                return self.send(refusal(id, &no_thread(thread)));
            };
            let text = turn::text_of(&params["input"]);
            if !text.is_empty() {
                conversation.messages.push(Message::user(text));
            }
            let asked = turn::asked(&conversation.system, &conversation.messages, &params["outputSchema"]);
            state.running.insert(turn.clone(), Arc::clone(&stop));
            asked
        };
        self.send(json!({ "id": id, "result": { "turn": turn::info(&turn, "inProgress", &Value::Null) } }));
        let turn = Turn { server: Arc::clone(self), thread: thread.to_owned(), id: turn, stop };
        tokio::spawn(turn.run(asked));
    }

    fn interrupt(&self, turn: &str) -> Result<Value, String> {
        let state = self.state();
        let stop = state.running.get(turn).ok_or_else(|| "no active turn to interrupt".to_owned())?;
        stop.notify_one();
        Ok(json!({}))
    }
}

fn no_thread(thread: &str) -> String {
    format!("thread not found: {thread}")
}

/// Nearly every refusal of the program has this code.
fn refusal(id: &Value, message: &str) -> Value {
    json!({ "id": id, "error": { "code": -32600, "message": message } })
}
