//! What a prompt costs at compile time: a crate of 100 prompts against the same crate of 100 plain async functions.
//!
//! Both are compiled as debug builds, several times in turn, and the fastest of each counts: the machine's other work can
//! only add.
#![allow(clippy::print_stdout, reason = "a bench prints its figures")]

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const PROMPTS: u32 = 100;
const ROUNDS: u32 = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    // Beside the other build output, so that the dependencies are compiled once and not for every run.
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/build-cost");
    for (name, attribute) in [("plain", ""), ("prompts", "#[codex_ai::prompt]")] {
        write_crate(&folder.path().join(name), name, attribute)?;
    }
    let mut best = [Duration::MAX; 2];
    for _ in 0..=ROUNDS {
        for (name, best) in ["plain", "prompts"].into_iter().zip(&mut best) {
            *best = (*best).min(compile(&folder.path().join(name), &target)?);
        }
    }
    let [plain, prompts] = best.map(|time| time.as_secs_f64() * 1000.0);
    println!("build cost: {PROMPTS} plain functions {plain:.0} ms, {PROMPTS} prompts {prompts:.0} ms");
    println!("build cost: {:.2} ms a prompt (the bar is 3 ms)", (prompts - plain) / f64::from(PROMPTS));
    Ok(())
}

/// A crate of [`PROMPTS`] functions; both crates use the same types.
fn write_crate(folder: &Path, name: &str, attribute: &str) -> Result<(), Box<dyn Error>> {
    let library = Path::new(env!("CARGO_MANIFEST_DIR")).join("../codex-ai").canonicalize()?;
    std::fs::create_dir_all(folder.join("src"))?;
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
         codex-ai = {{ path = {library:?} }}\nserde = {{ version = \"1\", features = [\"derive\"] }}\n\n[workspace]\n"
    );
    std::fs::write(folder.join("Cargo.toml"), manifest)?;
    std::fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock"), folder.join("Cargo.lock"))?;
    let mut source = String::from(
        "#![allow(dead_code)]\nuse codex_ai::{LlmSchema, Prompt};\n\n\
         #[derive(serde::Deserialize, LlmSchema)]\npub struct Summary {\n    headline: String,\n    points: Vec<String>,\n}\n",
    );
    for number in 0..PROMPTS {
        write!(
            source,
            "\n/// Summarises a text.\n{attribute}\npub async fn summarize_{number}(text: &str, max_points: u8) -> Prompt<Summary> {{\n    \
             Prompt::new().system(\"You are a careful editor.\").user(format!(\"At most {{max_points}} points.\\n\\n{{text}}\"))\n}}\n"
        )?;
    }
    std::fs::write(folder.join("src/lib.rs"), source)?;
    Ok(())
}

/// Compiles the crate alone and tells how long it took; dependencies are there after the first time.
fn compile(folder: &Path, target: &Path) -> Result<Duration, Box<dyn Error>> {
    let source = folder.join("src/lib.rs");
    let text = std::fs::read_to_string(&source)?;
    // The file's time must move for cargo to compile again.
    std::fs::write(&source, text)?;
    let start = Instant::now();
    let output = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--offline"])
        .env("CARGO_TARGET_DIR", target)
        .current_dir(folder)
        .output()?;
    let time = start.elapsed();
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    Ok(time)
}
