//! Makes a picture and writes it into a file.
//!
//! ```text
//! cargo run --example images -- fox.png "a red fox in the snow"
//! GEMINI_API_KEY=.. cargo run --example images -- fox.png "a red fox in the snow"
//! ```
//!
//! With a key of Gemini or OpenAI their image models draw. Without one a server on this machine stands in: its pictures
//! are patterns made by rule.

use std::io::{Write, stdout};
use std::process::ExitCode;

use codex_ai::provider::Local;
use codex_ai::provider::gemini::Gemini;
use codex_ai::provider::openai::OpenAi;
use codex_ai::testing::{TestImages, WireServer};
use codex_ai::{Dispatcher, Error, ErrorKind, GenerateImage, ImageRequest, Provider};
use codex_ai_examples::{Failure, finish, input};

#[tokio::main]
async fn main() -> ExitCode {
    finish(run().await)
}

async fn run() -> Result<(), Failure> {
    let usage = "images FILE [PROMPT]";
    let arguments = input::arguments(usage)?;
    let (file, prompt) = match arguments.as_slice() {
        [file] => (file, "a red fox in the snow"),
        [file, prompt] => (file, prompt.as_str()),
        _ => return Err(Failure::Usage(usage.to_owned())),
    };
    let has = |name| std::env::var(name).is_ok_and(|value| !value.trim().is_empty());
    if has("GEMINI_API_KEY") || has("GOOGLE_API_KEY") {
        return draw(Gemini::from_env()?, file, prompt).await;
    }
    if has("OPENAI_API_KEY") {
        return draw(OpenAi::from_env()?, file, prompt).await;
    }
    let server = WireServer::new(TestImages::new(Local::quiet()))?;
    writeln!(stdout(), "No key of a vendor with images is set: a server on this machine makes a pattern.")?;
    draw(Gemini::builder().key("no-real-key").base_url(server.origin()).build()?, file, prompt).await
}

/// Takes providers that make images only; with another one this does not compile.
async fn draw(provider: impl Provider + GenerateImage, file: &str, prompt: &str) -> Result<(), Failure> {
    let dispatcher = Dispatcher::new(provider)?;
    let image = dispatcher.generate_image(ImageRequest::new(prompt)).await?;
    std::fs::write(file, &image.bytes)
        .map_err(|error| Error::new(ErrorKind::Other, format!("cannot write `{file}`: {error}")).with_source(error))?;
    writeln!(
        stdout(),
        "{file}: {}, {} bytes, from {}",
        image.mime_type,
        image.bytes.len(),
        dispatcher.provider().name()
    )?;
    Ok(())
}
