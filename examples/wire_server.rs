//! Serves the built-in provider on loopback in the formats of OpenAI, Anthropic and Gemini.
//!
//! ```text
//! cargo run --example wire_server -- --port 8080
//! OPENAI_API_KEY=x OPENAI_BASE_URL=http://127.0.0.1:8080/v1 cargo run --example quickstart
//! ```
//!
//! Clients of OpenAI's formats take the address as it is printed; those of Anthropic and Gemini take it without `/v1`.
//! Without `--port` it takes a free one. It prints its address, then a line for each request, and runs until it is
//! stopped with ctrl-c.
//!
//! A model whose name begins with `scenario-` is a fault, to see what a client makes of it; `--scenarios` lists them.
//! Pictures are patterns made by rule.

use std::io::{Write, stdout};
use std::process::ExitCode;

use codex_ai::provider::Local;
use codex_ai::testing::{SCENARIOS, TestImages, WireServer};
use codex_ai::{BoxFuture, GenerateImage, GenerateImagen, Output, Provider, Reply, ReplyStream, Request, Result};
use codex_ai_examples::{Failure, finish};

/// A provider around another, which tells what it is asked.
struct Told(TestImages);

impl Provider for Told {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn generate<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Reply>> {
        tell(request, "");
        self.0.generate(request)
    }

    fn stream<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<ReplyStream>> {
        tell(request, " as a stream");
        self.0.stream(request)
    }

    fn images(&self) -> Option<&dyn GenerateImage> {
        self.0.images()
    }

    fn imagen(&self) -> Option<&dyn GenerateImagen> {
        self.0.imagen()
    }
}

fn tell(request: &Request, how: &str) {
    let messages = request.messages.len();
    let form = match &request.output {
        Output::Schema(schema) => format!("JSON of `{}`", schema.name()),
        Output::Json => "JSON".to_owned(),
        _ => "text".to_owned(),
    };
    // Who reads the lines may be gone; the server goes on.
    drop(writeln!(stdout(), "request: {messages} message(s), asks for {form}{how}"));
}

fn main() -> ExitCode {
    finish(run())
}

fn run() -> std::result::Result<(), Failure> {
    let Some(port) = port()? else { return list() };
    let server = WireServer::with_scenarios(port, Told(TestImages::new(Local::quiet())))?;
    writeln!(stdout(), "{}", server.url())?;
    stdout().flush()?;
    loop {
        std::thread::park();
    }
}

/// The port of the command line, 0 for any free one; `None` where the scenarios are to be listed.
fn port() -> std::result::Result<Option<u16>, Failure> {
    let arguments: Vec<String> = std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    let usage = || Failure::Usage("wire_server [--port N | --scenarios]".to_owned());
    match arguments.as_slice() {
        [] => Ok(Some(0)),
        [option] if option == "--scenarios" => Ok(None),
        [option, port] if option == "--port" => port.parse().map(Some).map_err(|_| usage()),
        _ => Err(usage()),
    }
}

fn list() -> std::result::Result<(), Failure> {
    for (name, what) in SCENARIOS {
        writeln!(stdout(), "{name:26} {what}")?;
    }
    Ok(())
}
