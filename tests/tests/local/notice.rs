//! The provider says once per process that it is not a language model. Each case runs in a process of its own.

use std::process::Command;

use codex_ai::provider::local::Local;
use codex_ai::{Message, Provider, Request};

const NOTE: &str = "no language model is in use";

/// What a process that runs only this test writes to stderr.
fn stderr_of(test: &str) -> String {
    let program = std::env::current_exe().expect("the path of this test");
    let output = Command::new(program)
        .args(["--exact", &format!("notice::{test}"), "--ignored", "--nocapture", "--test-threads=1"])
        .output()
        .expect("the test can be started again");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stderr).expect("UTF-8")
}

fn answer_three_times(local: fn() -> Local) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    for _ in 0..3 {
        let request = Request::new(vec![Message::user("The bridge is open.")]);
        runtime.block_on(local().generate(&request)).expect("an answer");
    }
}

#[test]
fn it_is_said_once_on_stderr() {
    let stderr = stderr_of("child_without_subscriber");
    assert_eq!(stderr.matches(NOTE).count(), 1, "{stderr}");
    assert!(stderr.contains("OPENAI_API_KEY"));
}

#[test]
fn it_is_said_once_as_a_warning_where_there_is_a_subscriber() {
    let stderr = stderr_of("child_with_subscriber");
    assert_eq!(stderr.matches(NOTE).count(), 1, "{stderr}");
    assert!(stderr.contains("WARN"), "{stderr}");
}

#[test]
fn a_quiet_one_says_nothing() {
    let stderr = stderr_of("child_that_is_quiet");
    assert!(!stderr.contains(NOTE), "{stderr}");
}

#[test]
#[ignore = "run by the tests above"]
fn child_without_subscriber() {
    answer_three_times(Local::new);
}

#[test]
#[ignore = "run by the tests above"]
fn child_with_subscriber() {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    answer_three_times(Local::new);
}

#[test]
#[ignore = "run by the tests above"]
fn child_that_is_quiet() {
    answer_three_times(Local::quiet);
}
