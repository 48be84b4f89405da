//! The examples that ask vendors, run against the wire server.

use std::fs;

use crate::programs::{CANARY, Run, command, file, printed, run};
use crate::{ARTICLE, Server};

#[test]
fn stream_shows_the_pieces_and_reads_the_value() {
    let out = printed("stream", &[]);
    let (text, rest) = out.split_once("\n(").unwrap();
    assert!(ARTICLE.replace('\n', " ").contains(text.trim_end_matches('.')), "{out}");
    let (pieces, rest) = rest.split_once(" pieces, ended with Stop)\n\n").unwrap();
    assert!(pieces.parse::<u32>().unwrap() > 5, "{out}");
    assert_eq!(rest.lines().filter(|line| line.starts_with("- ")).count(), 3, "{out}");
}

#[test]
fn stream_and_quickstart_ask_every_vendor_over_a_socket() {
    let server = Server::start(&[]);
    let origin = server.url.trim_end_matches("/v1");
    let vendors = [
        ("openai", "OPENAI_API_KEY", "OPENAI_BASE_URL", server.url.as_str()),
        ("anthropic", "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", origin),
        ("gemini", "GEMINI_API_KEY", "GOOGLE_GEMINI_BASE_URL", origin),
        ("openrouter", "OPENROUTER_API_KEY", "OPENROUTER_BASE_URL", &server.url),
    ];
    let [streamed, answered] = ["stream", "quickstart"].map(|name| printed(name, &[]));
    for (vendor, key, address, url) in vendors {
        let asked = |name: &str| -> Run {
            let run: Run = command(name, &[]).env(key, CANARY).env(address, url).output().unwrap().into();
            assert_eq!(run.code, Some(0), "{vendor}: {}", run.err);
            assert!(!run.err.contains("no language model is in use"), "{vendor}: {}", run.err);
            run
        };
        assert_eq!(asked("stream").out.lines().next(), streamed.lines().next(), "{vendor}");
        let run = asked("quickstart");
        assert!(run.out.contains(&format!("Answered by: {vendor}, model local-")), "{vendor}: {}", run.out);
        assert_eq!(crate::values(&run.out), crate::values(&answered), "{vendor}");
    }
}

#[test]
fn failover_moves_on_from_an_overloaded_server() {
    let out = printed("failover", &[]);
    assert!(out.contains("The footbridge at Harrow Lock"), "{out}");
    // Two tries of the first, one of the second; whole and streamed.
    assert!(out.contains(", attempt 3)") && out.contains("characters, attempt 3\n"), "{out}");
    assert!(out.ends_with("Requests: 4 to the first server, 2 to the second\n"), "{out}");
}

#[test]
fn tools_answers_the_call_of_a_tool() {
    let out = printed("tools", &["Bergen"]);
    assert!(out.starts_with("calls weather with {\"city\":\"Bergen\"}\ngets Bergen: 4 degrees"), "{out}");
    assert!(out.contains("\ncalls weekday with {}\nfails: the calendar is not at hand\n"), "{out}");
    assert!(out.ends_with("Bergen: 4 degrees, rain until the evening\n"), "{out}");
    let server = Server::start(&[]);
    let run: Run = command("tools", &[])
        .env("OPENAI_API_KEY", CANARY)
        .env("OPENAI_BASE_URL", &server.url)
        .env("CODEX_AI_MODEL", "scenario-tool-call")
        .output()
        .unwrap()
        .into();
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(run.out.starts_with("calls weather with"), "{}", run.out);
}

#[test]
fn reask_shows_each_question_and_what_they_took() {
    let out = printed("reask", &["Dune"]);
    assert!(out.contains("\nstars | too large | 11 | at most 5\n"), "{out}");
    assert!(out.contains("nobody recommends a book of 1 stars"), "{out}");
    assert!(out.contains("\nDune: 4 of 5, witty; long\nrecommended\n"), "{out}");
    assert!(
        out.contains("\n3 questions, 978 tokens\n  1: no review, 2 problems\n  2: no review, 1 problems\n"),
        "{out}"
    );
    assert!(out.contains("put right: `stars`: "), "{out}");
}

#[test]
fn images_writes_a_picture() {
    let server = Server::start(&[]);
    let origin = server.url.trim_end_matches("/v1").to_owned();
    let cases: [(&str, &[(&str, &str)]); 3] = [
        ("gemini", &[]),
        ("gemini", &[("GEMINI_API_KEY", CANARY), ("GOOGLE_GEMINI_BASE_URL", &origin)]),
        ("openai", &[("OPENAI_API_KEY", CANARY), ("OPENAI_BASE_URL", &server.url)]),
    ];
    for (number, (vendor, settings)) in cases.into_iter().enumerate() {
        let path = file(&format!("fox-{number}.png"), b"");
        let path = path.to_str().unwrap();
        let mut command = command("images", &[path, "a red fox"]);
        let run: Run = command.envs(settings.iter().copied()).output().unwrap().into();
        assert_eq!(run.code, Some(0), "{settings:?}: {}", run.err);
        let bytes = fs::read(path).unwrap();
        assert!(bytes.starts_with(b"\x89PNG\r\n\x1a\n"));
        let line = format!("{path}: image/png, {} bytes, from {vendor}\n", bytes.len());
        assert!(run.out.ends_with(&line), "{}", run.out);
    }
    assert_eq!(run("images", &[]).code, Some(2));
    let nowhere = run("images", &["/nowhere/at/all.png"]);
    assert!(nowhere.code == Some(1) && nowhere.err.contains("cannot write `/nowhere/at/all.png`"), "{}", nowhere.err);
}

#[test]
fn openai_compatible_reads_a_ticket() {
    let own = printed("openai_compatible", &[]);
    assert!(own.starts_with("Urgent: The export stopped working this morning"), "{own}");
    let run = run("openai_compatible", &["http://127.0.0.1:1/v1", "some-model"]);
    assert!(run.code == Some(1) && run.err.contains("no connection"), "{}", run.err);
}
