//! What clients leave behind: no file, no thread, no process, and no memory of a long line.
//!
//! One test, as it counts what its whole process has.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::time::Duration;

use codex_ai::app_server::{Client, ClientOptions, SpawnOptions};
use serde_json::json;

/// Answers the greeting with its process, and reads to the end.
const SERVER: &str = r#"read line; printf '{"id":0,"result":{"userAgent":"sh/0.169.0 (test)","codexHome":"%s"}}\n' $$
while read line; do :; done"#;

/// Answers one request with a line of this many mebibytes, then reads to the end.
fn long(mebibytes: usize) -> String {
    format!(
        r#"read line; printf '{{"id":0,"result":{{"userAgent":"sh/0.169.0 (test)"}}}}\n'; read line; read line
        printf '{{"id":1,"result":"'; head -c {mebibytes}M /dev/zero | tr '\0' x; printf '"}}\n'
        while read line; do :; done"#
    )
}

fn entries(folder: &str) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}

/// The memory of this process, in KiB.
fn memory(field: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(field)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

async fn until(what: &str, is: impl Fn() -> bool) {
    let look = async {
        while !is() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(20), look).await.is_ok(), "{what}");
}

async fn client(script: &str) -> Client {
    let options = SpawnOptions::new().with_client(ClientOptions::new().with_max_line(64 << 20));
    Client::spawn(options.with_binary("/bin/sh").with_args(["-c", script])).await.unwrap()
}

#[test]
fn nothing_is_left_of_a_client() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        client(SERVER).await.shutdown().await;
        let before = (entries("/proc/self/fd"), entries("/proc/self/task"));
        let mut pids = Vec::new();
        for at in 0..50 {
            let client = client(SERVER).await;
            pids.push(client.server().codex_home.clone().unwrap());
            if at % 2 == 0 {
                client.shutdown().await;
            }
        }
        until("a process is left", || pids.iter().all(|pid| !std::path::Path::new("/proc").join(pid).exists())).await;
        let now = || (entries("/proc/self/fd"), entries("/proc/self/task"));
        until("a file or a thread is left", || now() <= before).await;

        let before = memory("VmRSS");
        let client = client(&long(48)).await;
        let answer = client.request_raw("model/list", &json!({})).await.unwrap();
        assert!(answer.get().len() > 48 << 20);
        let most = memory("VmHWM");
        assert!(most > before + (90 << 10), "the answer and the line were there: {before} and {most} KiB");
        drop(answer);
        // The connection lives on, and has given the memory of the line back.
        until("the memory of a line is kept", || memory("VmRSS") < before + (16 << 10)).await;
        assert!(client.closed().is_none());
        client.shutdown().await;
    });
}
