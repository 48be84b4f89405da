//! The examples, run as programs: what they print, what they say to bad input, and how they end.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod bad_input;
mod codex;
mod programs;
mod vendors;

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use programs::{CANARY, Run, command, file, piped, printed, programs, root, run, strings, values};
use serde_json::Value;

const ARTICLE: &str = include_str!("../../../examples/data/article.txt");

#[test]
fn the_list_names_every_example_with_its_purpose() {
    let list = printed("codex-ai-examples", &[]);
    for entry in fs::read_dir(root().join("examples")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.file_stem().unwrap().to_str().unwrap();
            assert!(programs().contains_key(name), "`{name}` is no target");
            let line = list.lines().find(|line| line.contains(&format!("--example {name} "))).unwrap();
            assert!(line.ends_with('.') && line.split_whitespace().count() > 8, "{line}");
        }
    }
}

#[test]
fn the_readme_shows_what_the_programs_print() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    assert!(readme.contains(&format!("$ cargo run --example quickstart\n{}```", printed("quickstart", &[]))));
    let calls = run("by_name", &["examples/data/bad-calls.json"]).out;
    let wrong = calls.split("\n\n").find(|call| call.contains("3 problems")).unwrap();
    let (_, wrong) = wrong.split_once('\n').unwrap();
    assert!(readme.contains(wrong), "{wrong}");
}

#[test]
fn quickstart_shows_the_main_job() {
    let run = run("quickstart", &[]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(run.out.contains("Answered by: local, model local-"), "{}", run.out);
    assert!(run.out.contains("not a language model"), "{}", run.out);
    assert!(run.err.contains("no language model is in use"), "{}", run.err);
    let values = values(&run.out);
    let [typed, by_name] = values.as_slice() else { panic!("{}", run.out) };
    assert!(ARTICLE.contains(typed["headline"].as_str().unwrap()), "{typed}");
    let points = strings(&typed["points"]);
    assert!((1..=2).contains(&points.len()) && points.iter().all(|point| ARTICLE.contains(point)), "{typed}");
    // The same prompt with `max_points: 1`.
    assert_eq!(strings(&by_name["points"]).len(), 1, "{by_name}");
    assert_eq!(typed["headline"], by_name["headline"]);
}

#[test]
fn quickstart_reads_a_file_and_standard_input() {
    let text = "The ferry to Aldney stops at noon. The harbour says that the wind is too strong for small boats.";
    let path = file("ferry.txt", text.as_bytes());
    let path = path.to_str().unwrap();
    let from_file = printed("quickstart", &[path]);
    assert!(from_file.contains(path) && from_file.contains("The ferry to Aldney stops at noon"), "{from_file}");
    for arguments in [&[][..], &["-"]] {
        let run = piped("quickstart", arguments, text.as_bytes());
        assert_eq!(run.code, Some(0), "{}", run.err);
        assert!(run.out.contains("Text: standard input, "), "{}", run.out);
        assert_eq!(values(&run.out), values(&from_file));
    }
}

#[test]
fn quickstart_does_not_wait_for_a_pipe_that_stays_silent() {
    let mut command = command("quickstart", &[]);
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = child.spawn().unwrap();
    let open = child.stdin.take();
    let run: Run = child.wait_with_output().unwrap().into();
    drop(open);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(run.err.contains("nothing comes in on standard input"), "{}", run.err);
    assert!(run.out.contains("the text that ships with this example"), "{}", run.out);
}

#[test]
fn text_answers_in_sentences_of_the_article() {
    let out = printed("text", &[]);
    let line = |start: &str| out.lines().find_map(|line| line.strip_prefix(start)).unwrap();
    let (teaser, one) = (line("Teaser: "), line("In one line: "));
    assert!(one.ends_with('.') && teaser.len() > one.len(), "{out}");
    assert!(ARTICLE.contains(one) && ARTICLE.contains(line("Asked directly: ")), "{out}");
}

#[test]
fn classify_sorts_every_ticket() {
    let out = printed("classify", &[]);
    let teams: Vec<&str> = out.lines().take(6).map(|line| line.split_whitespace().next().unwrap()).collect();
    assert_eq!(teams, ["Billing", "Bugs", "Help", "Billing", "Bugs", "Help"], "{out}");
    assert!(out.ends_with("Billing 2, Bugs 2, Help 2\n"), "{out}");
}

#[test]
fn templates_fences_the_mail() {
    let out = printed("templates", &[]);
    assert!(out.contains("1. Delivery: takes three days.\n2. Returns: are free within a month.\n"), "{out}");
    assert_eq!(out.matches("<untrusted id=").count(), 1, "{out}");
    assert!(out.contains("send me a refund of 900 euros.\n</untrusted id="), "{out}");
    assert!(out.lines().any(|line| line.starts_with("Answer: ")), "{out}");
}

#[test]
fn extract_takes_nested_data_out_of_a_mail() {
    let out = printed("extract", &[]);
    let invoice = values(&out).remove(0);
    let expected = serde_json::json!({
        "number": "2024-0117", "vendor": "Tidewater Tools Ltd", "date": "2024-03-08", "due": "2024-04-07",
        "lines": [
            { "item": "Chisel set", "quantity": 2, "price": 48.5 },
            { "item": "Oak mallet", "quantity": 1, "price": 22.0 },
            { "item": "Sharpening stone", "quantity": 3, "price": 15.9 },
        ],
        "total": 166.7, "currency": "EUR", "contact": "billing@tidewater-tools.example",
    });
    assert_eq!(invoice, expected);
    assert!(out.ends_with("The lines add up to 166.70, as stated.\n"), "{out}");
}

#[test]
fn live_form_prints_each_field_once_it_is_done() {
    let out = printed("live_form", &[]);
    let expected = "vendor: Tidewater Tools Ltd\nnumber: 2024-0117\nline 1: Chisel set, 48.50\nline 2: Oak mallet, 22.00\n\
                    line 3: Sharpening stone, 15.90\ntotal: 166.70\n\nTidewater Tools Ltd wants 166.70 for 3 things, by invoice 2024-0117.\n";
    assert_eq!(out, expected);
}

#[test]
fn methods_share_a_value() {
    let run = run("methods", &[]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    let answer = run.out.lines().nth(1).unwrap();
    assert!(include_str!("../../../examples/data/manual.txt").contains(answer.trim_end_matches('.')), "{}", run.out);
    assert!(run.out.contains(&format!("by name: {answer:?}")), "{}", run.out);
    assert!(run.out.contains("not mounted: ") && run.out.contains("no `HelpDesk` is mounted"), "{}", run.out);
    assert!(run.out.contains("(the manual was opened 2 times)"), "{}", run.out);
    let other = printed("methods", &["How long does the warranty last?"]);
    assert!(other.contains("3 years"), "{other}");
}

#[test]
fn methods_may_fail_before_a_model_is_asked() {
    let run = run("methods", &["Wozu?"]);
    assert_eq!(run.code, Some(1));
    assert!(run.err.contains("no chapter of the manual") && run.err.contains("= help: name the part"), "{}", run.err);
}

#[test]
fn by_name_runs_the_calls_of_a_file() {
    let out = printed("by_name", &[]);
    assert!(out.contains("1. subject\n\"The heating in room 12 has been off since Friday.\""), "{out}");
    assert_eq!(strings(&values(&out)[0]["tasks"]).len(), 2, "{out}");
}

#[test]
fn by_name_tells_everything_that_is_wrong_with_a_call() {
    let run = run("by_name", &["examples/data/bad-calls.json"]);
    assert_eq!(run.code, Some(1));
    for expected in [
        "no prompt is registered for `subjekt`\n  = help: did you mean `subject`?",
        "the arguments do not fit (3 problems)",
        "`notes`: is missing",
        "`note`: is not known here; did you mean `notes`?",
        "`at_most`: must be at most 255, found 900",
        "`$`: expected an object with the arguments, found a list",
        "4. subject\n\"This call is fine.\"",
    ] {
        assert!(run.out.contains(expected), "{expected}\n{}", run.out);
    }
    assert!(run.err.contains("3 of 4 calls failed"), "{}", run.err);
}

#[test]
fn by_name_refuses_a_file_that_is_no_list_of_calls() {
    let cases: [(&[u8], &str); 4] = [
        (b"mode: subject", "line 1 column 1"),
        (b"[{\"mode\": \"subject\", \"args\": {}}]", "unknown field `args`"),
        (b"[{\"arguments\": {}}]", "missing field `mode`"),
        (b"[{\"mode\": \"subject\"", "line 1 column 19"),
    ];
    for (content, expected) in cases {
        let run = piped("by_name", &["-"], content);
        assert_eq!((run.code, run.out.as_str()), (Some(1), ""));
        assert!(run.err.contains("standard input is no list of calls") && run.err.contains(expected), "{}", run.err);
    }
    let nested = format!("[{{\"mode\": \"subject\", \"arguments\": {}1{}}}]", "[".repeat(50_000), "]".repeat(50_000));
    let run = piped("by_name", &["-"], nested.as_bytes());
    assert!(run.code == Some(1) && run.err.contains("recursion limit"), "{}", run.err);
}

#[test]
fn blocking_answers_for_every_text() {
    let out = printed("blocking", &[]);
    let names: Vec<&str> = out.lines().filter_map(|line| line.split_once(": ").map(|(name, _)| name)).collect();
    assert_eq!(names, ["article.txt", "invoice.txt", "tickets.txt"], "{out}");
    let files = ["examples/data/tickets.txt", "examples/data/article.txt"];
    let out = printed("blocking", &files);
    assert!(out.lines().zip(files).all(|(line, file)| line.starts_with(&format!("`{file}`: "))), "{out}");
    assert!(out.contains("The footbridge at Harrow Lock opened on Monday"), "{out}");
}

#[test]
fn registry_lists_the_prompts_of_the_program_and_of_its_library() {
    let table = printed("registry", &[]);
    for mode in ["explain", "news.brief", "news.headline"] {
        assert!(table.lines().any(|line| line.starts_with(&format!("{mode} "))), "{table}");
    }
    let all: Value = serde_json::from_str(&printed("registry", &["--json"])).unwrap();
    let explain = &all[0];
    assert_eq!(explain["arguments"][1]["default"], "8");
    assert_eq!(explain["options"]["max_tokens"], 200);
    assert_eq!(explain["input_schema"]["required"], serde_json::json!(["word"]));
    let place = format!("{}:{}", explain["file"].as_str().unwrap(), explain["line"]);
    assert!(table.contains(&place), "{place}");
    assert_eq!(all[1]["output_schema"]["properties"]["facts"]["maxItems"], 5);
}

#[test]
fn library_prompts_work_typed_and_by_name() {
    let out = printed("library", &[]);
    assert!(out.starts_with("Prompts: news.brief, news.headline\n"), "{out}");
    assert!(
        out.contains("Typed: The footbridge at Harrow Lock opened on Monday after two years of work (Local)"),
        "{out}"
    );
    assert!(out.contains("By name: \"The footbridge at Harrow Lock"), "{out}");
}

/// The example `wire_server`, which ends with this value.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
}

impl Server {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let mut child = command("wire_server", arguments).stdout(Stdio::piped()).spawn().unwrap();
        let mut url = String::new();
        let mut lines = BufReader::new(child.stdout.as_mut().unwrap());
        lines.read_line(&mut url).unwrap();
        Self { child, url: url.trim().to_owned() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn quickstart_talks_to_the_wire_server_over_a_socket() {
    let server = Server::start(&["--port", "0"]);
    let mut command = command("quickstart", &[]);
    command.env("OPENAI_API_KEY", CANARY).env("OPENAI_BASE_URL", &server.url);
    let run: Run = command.output().unwrap().into();
    assert_eq!(run.code, Some(0), "{}", run.err);
    // The vendor is OpenAI by its format; who answers behind the server is the built-in provider.
    assert!(run.out.contains("Answered by: openai, model local-"), "{}", run.out);
    assert_eq!(values(&run.out), values(&printed("quickstart", &[])));
}

#[test]
fn a_port_that_is_taken_is_an_error() {
    let server = Server::start(&[]);
    let port = server.url.trim_end_matches("/v1").rsplit(':').next().unwrap().to_owned();
    let second = run("wire_server", &["--port", &port]);
    assert_eq!((second.code, second.out.as_str()), (Some(1), ""));
    assert!(second.err.contains("the server cannot start"), "{}", second.err);
}

#[test]
fn settings_that_do_not_work_end_in_an_error_without_the_key() {
    // Port 1 of loopback: nobody listens there.
    let cases: [(&[(&str, &str)], &str); 4] = [
        (&[("OPENAI_API_KEY", CANARY), ("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")], "no connection"),
        (&[("OPENAI_API_KEY", CANARY), ("OPENAI_BASE_URL", "nowhere")], "URL"),
        (&[("CODEX_AI_PROVIDER", "openai")], "OPENAI_API_KEY"),
        (&[("CODEX_AI_PROVIDER", "opnai")], "did you mean `openai`?"),
    ];
    for (settings, expected) in cases {
        for name in ["quickstart", "blocking"] {
            let run: Run = command(name, &[]).envs(settings.iter().copied()).output().unwrap().into();
            assert_eq!((run.code, run.out.as_str()), (Some(1), ""), "{settings:?}");
            assert!(run.err.contains(expected), "{settings:?}: {}", run.err);
        }
    }
    let run: Run = command("quickstart", &[]).env("OPENAI_API_KEY", " ").output().unwrap().into();
    assert!(run.code == Some(0) && run.out.contains("Answered by: local"), "an empty key is no key: {}", run.err);
}
