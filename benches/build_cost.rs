//! What a prompt and a derived type cost at compile time: a crate of prompts against the same crate of plain async
//! functions, and a crate of structs of ten fields with `LlmSchema` against the same crate with serde's derive alone. All
//! are debug builds by `cargo build`; a hundred also after an edit.
//!
//! A plain async function that nobody calls is hardly compiled at all, and a prompt can be called by its name. So there is
//! a floor beside: the same functions, each in a table as one that returns a boxed future. A prompt cannot cost less.
//!
//! Programs have prompts with an output type each, and call them. They are measured against functions with such types, of
//! which each is read by `serde_json` once.
//!
//! After an edit that moves bytes, rustc checks anew all that macros of any sort wrote behind it.
//!
//! The crates are compiled several times in turn, and the fastest of each counts: the machine's other work can only add.
//! `cargo bench --bench build_cost -- --long` compiles them more often.
#![allow(clippy::print_stdout, reason = "a bench prints its figures")]

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// How many prompts or structs, whether compiled anew or after an edit, and how often behind the first time.
const SHORT: [(u32, Build, u32); 3] = [(100, Build::Anew, 3), (100, Build::Edited, 3), (1000, Build::Anew, 0)];
const LONG: [(u32, Build, u32); 4] =
    [(100, Build::Anew, 8), (100, Build::Edited, 8), (1000, Build::Anew, 3), (1000, Build::Edited, 3)];

#[derive(Clone, Copy)]
enum Build {
    Anew,
    Edited,
}

/// What is compiled: with the macro, or the same without it.
#[derive(Clone, Copy)]
enum Source {
    Functions {
        attribute: &'static str,
    },
    /// Plain functions that a table can call.
    Table,
    Structs {
        derive: &'static str,
    },
    /// Functions with an output type each.
    Own(Use),
}

/// What becomes of a function with an output type of its own.
#[derive(Clone, Copy)]
enum Use {
    /// It is no prompt, and a text is read as the type.
    Read,
    Called,
    Streamed,
}

/// What is measured: without the macro first, with it last.
const MEASURED: [(&str, &[Source]); 3] = [
    (
        "prompt",
        &[Source::Functions { attribute: "" }, Source::Table, Source::Functions { attribute: "#[codex_ai::prompt]" }],
    ),
    ("derived struct", &[Source::Structs { derive: "" }, Source::Structs { derive: ", codex_ai::LlmSchema" }]),
    ("prompt with its type", &[Source::Own(Use::Read), Source::Own(Use::Called), Source::Own(Use::Streamed)]),
];

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    // Beside the other build output, so that the dependencies are compiled once and not for every run.
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/build-cost");
    let long = std::env::args().any(|argument| argument == "--long");
    let runs: &[_] = if long { &LONG } else { &SHORT };
    // The first one compiles the dependencies.
    let first = folder.path().join("first");
    write_crate(&first, Source::Table, 1)?;
    for build in [Build::Anew, Build::Edited] {
        compile(&first, &target, build, 0)?;
    }
    for &(count, build, rounds) in runs {
        let how = match build {
            Build::Anew => "from nothing",
            Build::Edited => "after an edit",
        };
        for (what, sources) in MEASURED {
            // A thousand types take minutes.
            if count > 100 && matches!(sources, [Source::Own(_), ..]) {
                continue;
            }
            let mut best = vec![f64::MAX; sources.len()];
            for round in 0..=rounds {
                for (source, best) in sources.iter().zip(&mut best) {
                    let folder = folder.path().join(source.name());
                    if round == 0 {
                        write_crate(&folder, *source, count)?;
                        if matches!(build, Build::Edited) {
                            compile(&folder, &target, build, 0)?;
                        }
                    }
                    *best = best.min(compile(&folder, &target, build, round + 1)?.as_secs_f64() * 1000.0);
                }
            }
            let mut without = None;
            for (source, time) in sources.iter().zip(best) {
                let name = source.name();
                let each = (time - *without.get_or_insert(time)) / f64::from(count);
                println!("build cost {how}, {count} of each, {name}: {time:.0} ms, {each:.2} ms more a {what}");
            }
        }
    }
    Ok(())
}

impl Source {
    fn name(self) -> &'static str {
        match self {
            Self::Functions { attribute: "" } => "plain",
            Self::Table => "floor",
            Self::Functions { .. } => "prompts",
            Self::Structs { derive: "" } => "read",
            Self::Structs { .. } => "derived",
            Self::Own(Use::Read) => "own-read",
            Self::Own(Use::Called) => "own-called",
            Self::Own(Use::Streamed) => "own-streamed",
        }
    }

    /// The text of one item.
    fn item(self, number: u32) -> String {
        match self {
            Self::Functions { attribute } => format!(
                "\n/// Summarises a text.\n{attribute}\npub async fn summarize_{number}(text: &str, max_points: u8) -> \
                 Prompt<Summary> {{\n    Prompt::new().system(\"You are a careful editor.\")\
                 .user(format!(\"At most {{max_points}} points.\\n\\n{{text}}\"))\n}}\n"
            ),
            Self::Table => {
                let function = Self::Functions { attribute: "" }.item(number);
                format!(
                    "{function}\nfn call_{number}<'a>(text: &'a str, max_points: u8) -> BoxFuture<'a> {{\n    \
                     Box::pin(summarize_{number}(text, max_points))\n}}\n"
                )
            }
            Self::Own(how) => {
                let (derive, attribute) = match how {
                    Use::Read => ("", ""),
                    Use::Called | Use::Streamed => (", LlmSchema", "#[codex_ai::prompt]"),
                };
                let function = Self::Functions { attribute }.item(number);
                let function = function.replace("Prompt<Summary>", &format!("Prompt<Summary{number}>"));
                // The marker of `summarize_1` is `Summarize1`.
                let call = format!("<Summarize{number}>(Summarize{number}Args {{ text: \"a\", max_points: 3 }})");
                let used = match how {
                    Use::Read => format!(
                        "pub fn read_{number}(text: &str) -> Option<Summary{number}> {{\n    \
                         serde_json::from_str(text).ok()\n}}\n"
                    ),
                    Use::Called => format!(
                        "pub fn call_{number}(dispatcher: &Dispatcher) -> Called<'_, Summary{number}> {{\n    \
                         dispatcher.call::{call}\n}}\n"
                    ),
                    Use::Streamed => format!(
                        "pub fn stream_{number}(dispatcher: &Dispatcher) -> Called<'_, Summary{number}> {{\n    \
                         Box::pin(async move {{\n        let mut stream = dispatcher.stream::{call}.await?;\n        \
                         while let Some(partial) = stream.next_partial().await {{\n            partial?;\n        }}\n        \
                         Ok(stream.finish().await?.value)\n    }})\n}}\n"
                    ),
                };
                format!(
                    "\n#[derive(serde::Deserialize{derive})]\npub struct Summary{number} {{\n    headline: String,\n    \
                     points: Vec<String>,\n}}\n{function}\n{used}"
                )
            }
            Self::Structs { derive } => {
                let mut text = format!(
                    "\n/// A report for `At most {number}` readers.\n#[derive(Debug, serde::Deserialize{derive})]\n\
                     pub struct Report{number} {{\n"
                );
                for (field, ty) in FIELDS {
                    let _ = writeln!(text, "    /// The {field} of the report.\n    {field}: {ty},");
                }
                text + "}\n"
            }
        }
    }
}

const FIELDS: [(&str, &str); 10] = [
    ("title", "String"),
    ("body", "String"),
    ("count", "u32"),
    ("amount", "f64"),
    ("urgent", "bool"),
    ("tags", "Vec<String>"),
    ("author", "Option<String>"),
    ("year", "i32"),
    ("scores", "Vec<f64>"),
    ("remark", "Option<String>"),
];

/// A crate of that many items; the crates of a pair use the same types.
fn write_crate(folder: &Path, source: Source, count: u32) -> Result<(), Box<dyn Error>> {
    let library = Path::new(env!("CARGO_MANIFEST_DIR")).join("../codex-ai").canonicalize()?;
    std::fs::create_dir_all(folder.join("src"))?;
    let name = source.name();
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
         codex-ai = {{ path = {library:?} }}\nserde = {{ version = \"1\", features = [\"derive\"] }}\n\
         serde_json = \"1\"\n\n[workspace]\n"
    );
    std::fs::write(folder.join("Cargo.toml"), manifest)?;
    std::fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock"), folder.join("Cargo.lock"))?;
    let mut text = String::from(
        "#![allow(dead_code, unused_imports)]\nuse codex_ai::{Dispatcher, LlmSchema, Prompt};\n\n\
         type Called<'a, T> = std::pin::Pin<Box<dyn Future<Output = codex_ai::Result<T>> + Send + 'a>>;\n\n#[derive(serde::Deserialize, LlmSchema)]\n\
         pub struct Summary {\n    headline: String,\n    points: Vec<String>,\n}\n\n\
         pub fn ask(summary: Prompt<Summary>) -> Prompt<Summary> {\n    summary\n}\n",
    );
    for number in 0..count {
        text.push_str(&source.item(number));
    }
    if let Source::Table = source {
        let _ = write!(
            text,
            "\ntype BoxFuture<'a> = std::pin::Pin<Box<dyn Future<Output = Prompt<Summary>> + Send + 'a>>;\n\
             pub static TABLE: [for<'a> fn(&'a str, u8) -> BoxFuture<'a>; {count}] = [{}];\n",
            (0..count).map(|number| format!("call_{number}, ")).collect::<String>()
        );
    }
    std::fs::write(folder.join("src/lib.rs"), text)?;
    Ok(())
}

/// Edits one item, compiles the crate alone, and tells how long that took.
fn compile(folder: &Path, target: &Path, build: Build, round: u32) -> Result<Duration, Box<dyn Error>> {
    let source = folder.join("src/lib.rs");
    let text = std::fs::read_to_string(&source)?;
    // Each round makes the text of the first one a little longer.
    std::fs::write(&source, text.replacen("At most", &format!("At most {round},"), 1))?;
    let start = Instant::now();
    let output = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--offline"])
        .env("CARGO_TARGET_DIR", target)
        .env("CARGO_INCREMENTAL", if matches!(build, Build::Edited) { "1" } else { "0" })
        .current_dir(folder)
        .output()?;
    let time = start.elapsed();
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    Ok(time)
}
