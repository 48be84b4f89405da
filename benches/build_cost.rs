//! What a prompt costs at compile time: a crate of 100 prompts against the same crate of 100 plain async functions, as a
//! debug build from nothing and after an edit of one function.
//!
//! The crates are compiled several times in turn, and the fastest of each counts: the machine's other work can only add.
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
    for (what, incremental) in [("from nothing", "0"), ("after an edit", "1")] {
        let mut best = [Duration::MAX; 2];
        // The first round compiles the dependencies, and is the slowest for it.
        for round in 0..=ROUNDS {
            for (name, best) in ["plain", "prompts"].into_iter().zip(&mut best) {
                *best = (*best).min(compile(&folder.path().join(name), &target, incremental, round)?);
            }
        }
        let [plain, prompts] = best.map(|time| time.as_secs_f64() * 1000.0);
        println!("build cost {what}: {PROMPTS} plain functions {plain:.0} ms, {PROMPTS} prompts {prompts:.0} ms");
        println!("build cost {what}: {:.2} ms a prompt", (prompts - plain) / f64::from(PROMPTS));
    }
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

/// Edits one function, compiles the crate alone, and tells how long that took.
fn compile(folder: &Path, target: &Path, incremental: &str, round: u32) -> Result<Duration, Box<dyn Error>> {
    let source = folder.join("src/lib.rs");
    let text = std::fs::read_to_string(&source)?;
    // Each round makes the text of the first prompt a little longer.
    std::fs::write(&source, text.replacen("At most", &format!("At most {round},"), 1))?;
    let start = Instant::now();
    let output = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--offline"])
        .env("CARGO_TARGET_DIR", target)
        .env("CARGO_INCREMENTAL", incremental)
        .current_dir(folder)
        .output()?;
    let time = start.elapsed();
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    Ok(time)
}
