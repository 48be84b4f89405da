//! Serves the built-in provider on loopback in OpenAI's format.
//!
//! ```text
//! cargo run --example wire_server -- --port 8080
//! OPENAI_API_KEY=x OPENAI_BASE_URL=http://127.0.0.1:8080/v1 cargo run --example quickstart
//! ```
//!
//! Without `--port` it takes a free one. It prints its address, then a line for each request, and runs until it is
//! stopped with ctrl-c.

use std::io::{Write, stdout};
use std::process::ExitCode;

use codex_ai::testing::WireServer;
use codex_ai::{BoxFuture, Output, Provider, Reply, Request, Result, provider::Local};
use codex_ai_examples::{Failure, finish};

/// A provider around another, which tells what it is asked.
struct Told(Local);

impl Provider for Told {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn generate<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Reply>> {
        Box::pin(async move {
            let messages = request.messages.len();
            let form = match &request.output {
                Output::Schema(schema) => format!("JSON of `{}`", schema.name()),
                Output::Json => "JSON".to_owned(),
                _ => "text".to_owned(),
            };
            // Who reads the lines may be gone; the server goes on.
            drop(writeln!(stdout(), "request: {messages} message(s), asks for {form}"));
            self.0.generate(request).await
        })
    }
}

fn main() -> ExitCode {
    finish(run())
}

fn run() -> std::result::Result<(), Failure> {
    let server = WireServer::bind(port()?, Told(Local::quiet()))?;
    writeln!(stdout(), "{}", server.url())?;
    loop {
        std::thread::park();
    }
}

/// The port of the command line; 0 is any free one.
fn port() -> std::result::Result<u16, Failure> {
    let arguments: Vec<String> = std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    let usage = || Failure::Usage("wire_server [--port N]".to_owned());
    match arguments.as_slice() {
        [] => Ok(0),
        [option, port] if option == "--port" => port.parse().map_err(|_| usage()),
        _ => Err(usage()),
    }
}
