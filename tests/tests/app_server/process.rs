//! The child process: how it is started, what is said where it cannot be, and that none is left behind.

#![cfg(target_os = "linux")]

use std::path::Path;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use codex_ai::ErrorKind;
use codex_ai::app_server::{Client, ClientOptions, ClosedReason, SpawnOptions};
use serde_json::json;
use tokio::time::{Instant, timeout};

use crate::limit;
use crate::requests::{ask, closed};

/// Answers `initialize`, with the id of the process as its `codexHome`, and then does this.
fn server(then: &str) -> SpawnOptions {
    shell(&format!(
        "read line; printf '{{\"id\":0,\"result\":{{\"userAgent\":\"sh/1.2.3 (test)\",\"codexHome\":\"%s\"}}}}\\n' $$; {then}"
    ))
}

fn shell(script: &str) -> SpawnOptions {
    limit::begins();
    SpawnOptions::new().with_binary("/bin/sh").with_args(["-c", script])
}

/// Reads to the end of its input.
const READS: &str = "while read line; do :; done";

fn pid(client: &Client) -> String {
    client.server().codex_home.clone().unwrap()
}

/// Whether this process is there, as a zombie too.
fn is_there(pid: &str) -> bool {
    Path::new("/proc").join(pid).exists()
}

async fn gone(pid: &str) {
    let look = async {
        while is_there(pid) {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    assert!(timeout(Duration::from_secs(60), look).await.is_ok(), "process {pid} is left behind");
}

#[tokio::test]
async fn a_shutdown_closes_the_input_waits_and_tells_the_status() {
    let client = Client::spawn(server(&format!("{READS}; echo 'that is all' >&2; exit 4"))).await.unwrap();
    let pid = pid(&client);
    assert!(is_there(&pid));
    assert_eq!(client.server().version().unwrap().to_string(), "1.2.3");
    let closed = client.shutdown().await;
    assert_eq!((closed.reason.clone(), closed.status.unwrap().code()), (ClosedReason::ShutDown, Some(4)));
    assert_eq!(closed.stderr, "that is all");
    assert!(!is_there(&pid), "not even as a zombie");
}

/// What it said is kept, and explains nothing where it ended well because it was told to.
#[tokio::test]
async fn the_last_words_of_a_clean_end_are_in_no_later_error() {
    for (status, told) in [(0, false), (4, true)] {
        let client =
            Client::spawn(server(&format!("{READS}; echo 'only a warning' >&2; exit {status}"))).await.unwrap();
        assert_eq!(client.shutdown().await.stderr, "only a warning");
        let error = client.request_raw("model/list", &json!({})).await.unwrap_err();
        assert_eq!(closed(&error).reason, ClosedReason::ShutDown);
        assert_eq!(error.to_string().contains("only a warning"), told, "{error}");
    }
}

/// A server that does not care that its input is closed.
#[tokio::test]
async fn a_stubborn_process_is_killed_after_its_time_of_grace() {
    let quick = ClientOptions::new().with_grace(Duration::from_millis(100));
    let client = Client::spawn(server("while :; do sleep 1; done").with_client(quick)).await.unwrap();
    let (pid, begin) = (pid(&client), Instant::now());
    let closed = client.shutdown().await;
    assert!(begin.elapsed() >= Duration::from_millis(100));
    assert_eq!((closed.reason.clone(), closed.status), (ClosedReason::ShutDown, None));
    assert!(!is_there(&pid));
}

#[tokio::test]
async fn dropping_the_last_handle_ends_the_process() {
    for then in [READS, "while :; do sleep 1; done"] {
        let quick = ClientOptions::new().with_grace(Duration::from_millis(100));
        let client = Client::spawn(server(then).with_client(quick)).await.unwrap();
        let (pid, other) = (pid(&client), client.clone());
        drop(client);
        tokio::task::yield_now().await;
        assert!(other.closed().is_none() && is_there(&pid));
        let begin = Instant::now();
        drop(other);
        assert!(begin.elapsed() < Duration::from_millis(90), "a drop does not wait");
        gone(&pid).await;
    }
}

/// npm's `codex` is a script that holds the server as a child of its own.
#[tokio::test]
async fn what_a_wrapper_has_started_is_ended_with_it() {
    // One that ends with its input, and one that does not, of wrappers that wait and that do not.
    for (inner, wrapper) in
        [(READS, "wait"), ("while :; do sleep 1; done", "wait"), ("while :; do sleep 1; done", "exit 0")]
    {
        let quick = ClientOptions::new().with_grace(Duration::from_millis(100));
        let script = format!(
            "exec 3<&0; ({inner}) <&3 & printf '{{\"method\":\"pid\",\"params\":%s}}\\n' $!; exec 3<&-; {wrapper}"
        );
        let client = Client::spawn(server(&script).with_client(quick)).await.unwrap();
        let (outer, mut events) = (pid(&client), client.events());
        let inner =
            timeout(Duration::from_secs(60), events.next()).await.unwrap().unwrap().unwrap().params().to_owned();
        drop(events);
        drop(client);
        gone(&outer).await;
        gone(&inner).await;
    }
}

#[tokio::test]
async fn a_spawn_that_is_given_up_leaves_no_process() {
    let file = std::env::temp_dir().join(format!("codex-ai-pid-{}", std::process::id()));
    let silent = shell(&format!("echo $$ > '{}'; {READS}", file.display()));
    let spawning = tokio::spawn(Client::spawn(silent));
    let pid = loop {
        match std::fs::read_to_string(&file) {
            Ok(pid) if pid.ends_with('\n') => break pid.trim().to_owned(),
            _ => tokio::time::sleep(Duration::from_millis(2)).await,
        }
    };
    std::fs::remove_file(&file).unwrap();
    assert!(is_there(&pid));
    spawning.abort();
    gone(&pid).await;
}

/// 3.3, 16: what fails in the handshake ends the process, and its last words are in the error.
#[tokio::test]
async fn a_server_that_never_answers_the_handshake_is_ended() {
    let options = ClientOptions::new().with_request_timeout(Duration::from_millis(300));
    let silent = shell(&format!("echo \"pid $$\" >&2; {READS}; exit 9"));
    let error = Client::spawn(silent.with_client(options)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.message().contains("`initialize` got no answer within 300ms"), "{error}");
    assert!(error.message().contains("exit status: 9"), "{error}");
    let pid = error.message().rsplit("pid ").next().unwrap().trim();
    assert!(!is_there(pid), "{pid}");
}

#[tokio::test]
async fn the_end_of_the_runtime_ends_the_process() {
    for (then, multi) in [(READS, false), (READS, true), ("while :; do sleep 1; done", true)] {
        let pid = std::thread::spawn(move || {
            let mut runtime = match multi {
                true => tokio::runtime::Builder::new_multi_thread(),
                false => tokio::runtime::Builder::new_current_thread(),
            };
            let runtime = runtime.enable_all().build().unwrap();
            let quick = ClientOptions::new().with_grace(Duration::from_millis(100));
            let client = runtime.block_on(Client::spawn(server(then).with_client(quick))).unwrap();
            let pid = pid(&client);
            runtime.shutdown_background();
            (pid, client)
        });
        let (pid, client) = pid.join().unwrap();
        gone(&pid).await;
        let error = client.request_raw("model/list", &json!({})).await.unwrap_err();
        assert_eq!(closed(&error).reason, ClosedReason::RuntimeEnded);
    }
}

#[tokio::test]
async fn a_program_that_is_not_there_is_named() {
    let error = Client::spawn(SpawnOptions::new().with_binary("/nowhere/codex")).await.unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Connect, false));
    assert!(error.message().contains("`/nowhere/codex`"), "{error}");
    assert!(error.help().unwrap().contains("with_binary"), "{error}");
    let error = Client::spawn(SpawnOptions::new().with_env("PATH", "/nowhere")).await.unwrap_err();
    assert!(error.message().contains("`codex`: it is not in `PATH`"), "{error}");
    let error = Client::spawn(SpawnOptions::new().with_binary(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")))
        .await
        .unwrap_err();
    assert!(error.message().contains("ermission denied"), "{error}");
    let error = Client::spawn(shell("exit").with_cwd("/nowhere/to/be")).await.unwrap_err();
    assert!(error.message().contains("its working folder `/nowhere/to/be` is not there"), "{error}");
}

#[tokio::test]
async fn a_program_that_ends_at_once_says_why() {
    let script = "printf '\\033[31mError:\\033[0m \\033]0;title\\007unknown key `no_such_key`\\n' >&2; exit 1";
    let error = Client::spawn(shell(script)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    let closed = closed(&error);
    assert_eq!((&*closed.stderr, closed.status.unwrap().code()), ("Error: unknown key `no_such_key`", Some(1)));
    assert!(error.message().contains("exit status: 1"), "{error}");
    assert!(error.message().contains("Error: unknown key `no_such_key`"), "{error}");
    assert!(!error.to_string().contains('\x1b'));
}

#[tokio::test]
async fn of_much_standard_error_the_last_whole_lines_are_kept() {
    let script = "i=0; while [ $i -lt 5000 ]; do echo \"line $i\" >&2; i=$((i+1)); done; exit 1";
    let error = Client::spawn(shell(script)).await.unwrap_err();
    let stderr = &closed(&error).stderr;
    assert!((8000..=8192).contains(&stderr.len()), "{}", stderr.len());
    assert!(stderr.starts_with("line ") && stderr.ends_with("line 4999"), "{stderr}");
}

#[tokio::test]
async fn a_process_that_dies_is_told_with_its_status() {
    let client = Client::spawn(server("read line; read line; echo 'panicked' >&2; kill -9 $$")).await.unwrap();
    let error = ask(&client, "model/list").await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(error.message().contains("signal: 9"), "{error}");
    assert_eq!(closed(&error).stderr, "panicked");
}

#[tokio::test]
async fn a_server_that_closes_its_output_but_lives_is_ended() {
    let quick = ClientOptions::new().with_grace(Duration::from_millis(100));
    let then = "read line; read line; exec 1>&-; while :; do sleep 1; done";
    let client = Client::spawn(server(then).with_client(quick)).await.unwrap();
    let pid = pid(&client);
    let error = ask(&client, "model/list").await.unwrap().unwrap_err();
    assert_eq!((closed(&error).reason.clone(), closed(&error).status), (ClosedReason::ServerClosed, None));
    assert!(!is_there(&pid));
}

#[tokio::test]
async fn a_server_that_closes_its_input_but_lives_is_ended() {
    let quick =
        ClientOptions::new().with_grace(Duration::from_millis(100)).with_request_timeout(Duration::from_secs(5));
    let then = "read line; exec 0<&-; while :; do sleep 1; done";
    let client = Client::spawn(server(then).with_client(quick)).await.unwrap();
    let pid = pid(&client);
    let closed = loop {
        // The first lines may still find the pipe open.
        let _ = ask(&client, "model/list").await.unwrap().unwrap_err();
        if let Some(closed) = client.closed() {
            break closed;
        }
    };
    let ClosedReason::Transport(failed) = &closed.reason else { panic!("{closed}") };
    assert!(failed.contains("roken pipe"), "{failed}");
    assert!(!is_there(&pid));
}

/// The server is gone, and something that it has started holds its output open.
#[tokio::test]
async fn an_output_that_somebody_else_holds_does_not_hold_up_the_end() {
    let client = Client::spawn(server("read line; read line; sleep 300 & exit 5")).await.unwrap();
    let error = timeout(Duration::from_secs(60), ask(&client, "model/list")).await.unwrap().unwrap().unwrap_err();
    assert_eq!(
        (closed(&error).reason.clone(), closed(&error).status.unwrap().code()),
        (ClosedReason::ServerClosed, Some(5))
    );
}

/// 3.3, 18: the exact list of arguments; values as TOML.
#[tokio::test]
async fn the_program_gets_exactly_these_arguments() {
    let arguments = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/app_server/show_arguments.sh");
    let options = SpawnOptions::new().with_binary(arguments);
    let shown = async |options| {
        let error = Client::spawn(options).await.unwrap_err();
        closed(&error).stderr.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(shown(options.clone()).await, ["app-server", "--listen", "stdio://"]);
    let configured = options
        .clone()
        .with_config("model", "gpt \"5\"\\\n\u{7f}ß")
        .with_config("features.shell_tool", false)
        .with_config("n", 7)
        .with_config("f", 1e300)
        .with_config("list", ["a", "b"])
        .with_config("table", json!({ "a b": { "c": [1, 2.5] } }))
        .with_arg("--strict-config");
    let expected = [
        "--config",
        r#"model="gpt \"5\"\\\n\u007Fß""#,
        "--config",
        "features.shell_tool=false",
        "--config",
        "n=7",
        "--config",
        "f=1e+300",
        "--config",
        r#"list=["a", "b"]"#,
        "--config",
        r#"table={"a b" = {"c" = [1, 2.5]}}"#,
        "app-server",
        "--listen",
        "stdio://",
        "--strict-config",
    ];
    assert_eq!(shown(configured).await, expected);
    assert_eq!(shown(options.with_args(["a", "b c"])).await, ["a", "b c"]);
}

#[tokio::test]
async fn a_configuration_that_toml_does_not_have_is_refused() {
    for options in [
        SpawnOptions::new().with_config("model", None::<u8>),
        SpawnOptions::new().with_config("", 1),
        SpawnOptions::new().with_config("a=b", 1),
        SpawnOptions::new().with_config("a", u64::MAX),
        SpawnOptions::new().with_config("a", f64::NAN),
        SpawnOptions::new().with_config("a", [Some(1), None]),
    ] {
        let error = Client::spawn(options).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.help().unwrap().contains("with_config"), "{error}");
    }
}

#[tokio::test]
async fn the_environment_and_the_folder_are_those_that_were_given() {
    let show = shell(
        "printf '%s|%s|%s|%s\\n' \"$GIVEN\" \"${HOME:+set}\" \"${CARGO_MANIFEST_DIR:+set}\" \"$PWD\" >&2; exit 1",
    );
    let shown = async |options| closed(&Client::spawn(options).await.unwrap_err()).stderr.clone();
    let show = show.with_env("GIVEN", "a b").with_env("HOME", "/h").with_cwd("/");
    assert_eq!(shown(show.clone()).await, "a b|set|set|/");
    assert_eq!(shown(show.clone().with_env_removed("CARGO_MANIFEST_DIR")).await, "a b|set||/");
    assert_eq!(shown(show.with_clear_env().with_env_removed("HOME")).await, "a b|||/");
}

#[tokio::test]
async fn no_secret_is_in_debug_or_in_an_error() {
    const SECRET: &str = "sk-very-secret";
    let options = shell("exit 1")
        .with_config("model_providers.mine.experimental_bearer_token", SECRET)
        .with_env("OPENAI_API_KEY", SECRET)
        .with_arg(SECRET);
    let debug = format!("{options:?}");
    assert!(!debug.contains(SECRET), "{debug}");
    assert!(debug.contains("OPENAI_API_KEY") && debug.contains("experimental_bearer_token"), "{debug}");
    let nowhere = options.clone().with_binary("/nowhere/codex");
    let ends = options.with_binary("/bin/false");
    for options in [nowhere, ends] {
        let error = Client::spawn(options).await.unwrap_err();
        assert!(!format!("{error} {error:?}").contains(SECRET), "{error}");
    }
}

/// Where tokio would panic.
#[test]
fn outside_of_a_runtime_there_is_a_clear_error() {
    let (reader, writer) = tokio::io::split(tokio::io::duplex(64).0);
    let mut cx = Context::from_waker(Waker::noop());
    let spawn = pin!(Client::spawn(shell("exit"))).poll(&mut cx);
    let connect = pin!(Client::connect(reader, writer, ClientOptions::new())).poll(&mut cx);
    for client in [spawn, connect] {
        let Poll::Ready(Err(error)) = client else { panic!("an error at once") };
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.message().contains("outside of a tokio runtime"), "{error}");
    }
}
