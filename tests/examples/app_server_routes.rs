//! Prints `codex-ai/src/app_server/core/routes.rs`: the routing table of the client of `codex app-server`.
//!
//! ```text
//! cargo run -p codex-ai-tests --example app-server-routes -- FILE > codex-ai/src/app_server/core/routes.rs
//! ```
//!
//! FILE is `routing_table.json`, which is derived from what `codex app-server generate-json-schema --experimental` writes.
//! A test (`app_server`, module `contract`) runs the same over the stored table and compares with the file.

use std::io::Write as _;
use std::process::ExitCode;

#[expect(clippy::print_stderr, reason = "a program tells its errors")]
fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("app-server-routes: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(file), None) = (arguments.next(), arguments.next()) else {
        return Err("expected one argument, the file `routing_table.json`".to_owned());
    };
    let text = std::fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let table = serde_json::from_slice(&text).map_err(|error| format!("{}: {error}", file.display()))?;
    let rust = codex_ai_tests::app_server_routes::render(&table)?;
    std::io::stdout().write_all(rust.as_bytes()).map_err(|error| error.to_string())
}
