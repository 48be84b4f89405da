//! The examples of the app server, on the stand-in that ships with them.

use crate::ARTICLE;
use crate::programs::{printed, run};

const STAND_IN: &str = "App server: a stand-in (built in: it answers by rules and is neither Codex nor a model)\n\n";

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn codex_turns_shows_turns_that_stream_at_once() {
    let out = printed("codex_turns", &[]);
    let lines = out.strip_prefix(STAND_IN).unwrap_or_else(|| panic!("{out}"));
    let lines: Vec<(&str, &str)> =
        lines.lines().map(|line| line.strip_prefix('[').unwrap().split_once("] ").unwrap()).collect();
    for name in ["gist", "points", "title"] {
        let mut own: Vec<&str> = lines.iter().filter(|(of, _)| *of == name).map(|(_, line)| *line).collect();
        let end = own.pop().unwrap();
        assert!(end.starts_with("completed after "), "{name}: {out}");
        // Each stream is whole and in order, whatever came between.
        for sentence in words(&own.join(" ")).split(". ") {
            let sentence = sentence.trim_start_matches("- ").split(" - ").next().unwrap();
            assert!(words(ARTICLE).contains(sentence.trim_end_matches('.')), "{name}: {sentence}");
        }
    }
    let changes = lines.windows(2).filter(|pair| pair[0].0 != pair[1].0).count();
    assert!(changes > 3, "the turns take their time one after the other: {out}");
}

#[test]
fn codex_prompt_gives_typed_answers() {
    let out = printed("codex_prompt", &[]);
    let rest = out.strip_prefix(STAND_IN).unwrap_or_else(|| panic!("{out}"));
    let mut lines = rest.lines();
    assert!(ARTICLE.contains(lines.next().unwrap()), "{out}");
    let points: Vec<&str> = lines.by_ref().map_while(|line| line.strip_prefix("- ")).collect();
    assert!((1..=3).contains(&points.len()) && points.iter().all(|point| ARTICLE.contains(point)), "{out}");
    assert!(out.contains("(model local-extractive-1, asked 1 time(s))"), "{out}");
    for name in ["article: ", "invoice: ", "tickets: "] {
        assert_eq!(rest.lines().filter(|line| line.starts_with(name)).count(), 1, "{out}");
    }
    let last = rest.lines().last().unwrap();
    let (partials, rest) = last.split_once(" partial values, then ").unwrap();
    assert!(partials.parse::<usize>().unwrap() > 10, "{last}");
    assert_eq!(rest, format!("{} points", points.len()));
}

/// One command is accepted, one declined, and the change of a file is decided on after both.
#[test]
fn codex_approvals_decides_at_once_and_later() {
    let out = printed("codex_approvals", &[]);
    let rest = out.strip_prefix(STAND_IN).unwrap_or_else(|| panic!("{out}"));
    let expected = "\
asked to change a file: parked
asked to run `date`: accepted
asked to run `rm -r notes`: declined

run: date -> ran: date (not really: this is the stand-in)
run: rm -r notes -> not run: rm -r notes
later: the change was accepted
patch: notes.txt -> wrote: notes.txt (not really: this is the stand-in)
";
    assert_eq!(rest, expected);
}

#[test]
fn a_program_that_is_no_app_server_is_a_clear_error() {
    for name in ["codex_turns", "codex_prompt", "codex_approvals"] {
        let failed = run(name, &["/no/such/codex"]);
        assert_eq!((failed.code, failed.out.as_str()), (Some(1), ""), "{name}");
        assert!(failed.err.contains("/no/such/codex") && failed.err.contains("= help: "), "{}", failed.err);
        let failed = run(name, &["--colour"]);
        assert_eq!(failed.code, Some(2));
        assert!(failed.err.starts_with(&format!("usage: {name} [CODEX]")), "{}", failed.err);
    }
}
