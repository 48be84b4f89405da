//! What the examples say to files, input and command lines that are no good.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use crate::programs::{Run, command, file, piped, root, run};

/// The examples that read one text, and so share what they say to bad ones.
const READERS: &[&str] =
    &["quickstart", "text", "classify", "extract", "templates", "live_form", "by_name", "library", "blocking"];

#[test]
fn bad_files_are_clear_errors() {
    let big = Path::new(env!("CARGO_TARGET_TMPDIR")).join("big.txt");
    fs::File::create(&big).unwrap().set_len(50 << 20).unwrap();
    let cases = [
        (root().join("no-such-file.txt"), "No such file"),
        (root().join("examples"), "is a directory"),
        (file("latin1.txt", b"caf\xe9 au lait"), "is not text in UTF-8 (byte 3 is wrong)"),
        (file("empty.txt", b""), "is empty"),
        (file("blank.txt", b" \n\t\n"), "is empty"),
        (big, "is larger than 10 MiB"),
    ];
    for name in READERS {
        for (path, expected) in &cases {
            let path = path.to_str().unwrap();
            let run = run(name, &[path]);
            assert_eq!((run.code, run.out.as_str()), (Some(1), ""), "{name} {path}");
            assert!(run.err.contains(path) && run.err.contains(expected), "{name} {path}: {}", run.err);
            assert!(run.err.contains("= help: "), "{name} {path}: {}", run.err);
        }
    }
}

#[test]
fn bad_standard_input_is_a_clear_error() {
    let big = vec![b'a'; 50 << 20];
    for (arguments, input, expected) in [
        (&["-"][..], &b""[..], "standard input is empty"),
        (&["-"], b"\xff\xfe", "standard input is not text in UTF-8"),
        (&[], b"\xff\xfe", "standard input is not text in UTF-8"),
        (&["-"], &big, "standard input is larger than 10 MiB"),
        (&[], &big, "standard input is larger than 10 MiB"),
    ] {
        let run = piped("quickstart", arguments, input);
        assert_eq!((run.code, run.out.as_str()), (Some(1), ""), "{expected}");
        assert!(run.err.contains(expected), "{}", run.err);
    }
}

#[test]
fn a_command_line_that_is_not_understood_shows_the_usage() {
    for name in READERS.iter().chain(&["registry", "wire_server"]) {
        let run = run(name, &["--colour"]);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{name}");
        assert!(run.err.starts_with(&format!("usage: {name} [")), "{name}: {}", run.err);
    }
    assert_eq!(run("quickstart", &["a.txt", "b.txt"]).code, Some(2));
    assert_eq!(run("wire_server", &["--port", "70000"]).code, Some(2));
}

#[test]
fn output_that_nobody_reads_is_no_error() {
    let mut command = command("registry", &["--json"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let run: Run = child.wait_with_output().unwrap().into();
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
}
