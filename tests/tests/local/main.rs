//! The built-in provider `local`, through its public face.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]
#![allow(clippy::print_stdout, reason = "the suites print their figures")]
#![allow(clippy::needless_pass_by_value, reason = "schemas are written in place with `json!`")]

mod examples;
mod notice;
mod requests;
mod schemas;
mod shapes;
mod texts;
mod tools;

use std::sync::Arc;

use codex_ai::provider::local::Local;
use codex_ai::{Error, Message, Output, Provider, Reply, Request, Schema};
use serde_json::Value;

/// The answer to a request.
fn ask(request: &Request) -> Result<Reply, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(Local::quiet().generate(request))
}

/// The answer in free text to one user message.
fn text(user: &str) -> String {
    ask(&Request::new(vec![Message::user(user)])).expect("an answer").text().into_owned()
}

/// The request of one user message for a value of the schema.
fn request(user: &str, schema: Value) -> Request {
    let schema = Schema::new("T", schema).expect("a usable schema");
    Request::new(vec![Message::user(user)]).with_output(Output::Schema(Arc::new(schema)))
}

/// The value that one user message and a schema give.
fn fill(user: &str, schema: Value) -> Value {
    let reply = ask(&request(user, schema)).expect("a value");
    serde_json::from_str(&reply.text()).expect("JSON")
}

/// What an independent validator finds wrong with a value; formats are checked too.
fn problems(schema: &Value, value: &Value) -> Vec<String> {
    let validator =
        jsonschema::options().should_validate_formats(true).build(schema).expect("a schema that the oracle reads");
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}
