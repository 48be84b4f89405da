//! Keys are in no error, in no `Debug` and in nothing that is said through `tracing`.

#![cfg(target_os = "linux")]

use std::fmt::Write;

use codex_ai::app_server::{Client, ClientOptions, SpawnOptions, ThreadOptions};
use serde_json::json;

use crate::approvals::Said;

const LOGIN: &str = "sk-login-1234567890";
const ENV: &str = "sk-env-abcdefghijk";

/// A server that repeats every key that it knows, in errors, in events and in its last words.
fn server() -> SpawnOptions {
    let refusal =
        format!(r#"{{"code":-32600,"message":"bad key {LOGIN} {ENV}","data":{{"keys":["{LOGIN}","{ENV}"]}}}}"#);
    let script = format!(
        r#"read line; echo '{{"id":0,"result":{{"userAgent":"sh/0.169.0 (test)"}}}}'; read line
        for id in 1 2 3; do read line; echo '{{"method":"warning","params":{{"message":"{LOGIN}"}}}}'
        echo '{{"id":'$id',"error":{refusal}}}'; done
        echo "panicked with {LOGIN} and $MY_API_KEY in $FOLDER" >&2; exit 3"#
    );
    SpawnOptions::new()
        .with_client(ClientOptions::new())
        .with_binary("/bin/sh")
        .with_args(["-c", &script])
        .with_env("MY_API_KEY", ENV)
        .with_env("FOLDER", "/srv/the-folder")
}

#[tokio::test]
async fn a_session_with_keys_tells_none_of_them() {
    let (said, _guard) = Said::listen();
    let mut shown = String::new();
    let options = server();
    writeln!(shown, "{options:?}").unwrap();
    let client = Client::spawn(options).await.unwrap();
    let mut errors = vec![client.login_api_key(LOGIN).await.unwrap_err()];
    errors.push(client.request_raw("model/list", &json!({})).await.unwrap_err());
    errors.push(client.start_thread(ThreadOptions::new()).await.unwrap_err());
    errors.push(client.request_raw("model/list", &json!({})).await.unwrap_err());
    for error in &errors {
        let mut cause: Option<&dyn std::error::Error> = Some(error);
        while let Some(error) = cause {
            writeln!(shown, "{error} {error:?}").unwrap();
            cause = error.source();
        }
    }
    let mut events = client.events();
    while let Some(event) = events.next().await {
        writeln!(shown, "{event:?}").unwrap();
    }
    let closed = client.shutdown().await;
    writeln!(shown, "{closed} {closed:?} {client:?}").unwrap();
    assert!(closed.stderr.contains("panicked with [REDACTED] and [REDACTED] in"), "{}", closed.stderr);
    assert!(closed.stderr.contains("/srv/the-folder"), "{}", closed.stderr);
    let said = said.lines().join("\n");
    assert!(said.contains("the connection to the app server ends"), "{said}");
    for key in [LOGIN, ENV] {
        assert!(!shown.contains(key), "{key}: {shown}");
        assert!(!said.contains(key), "{key}: {said}");
    }
}

/// The same where it cannot begin.
#[tokio::test]
async fn a_server_that_cannot_begin_tells_no_key() {
    let options = SpawnOptions::new()
        .with_binary("/bin/sh")
        .with_args(["-c", &format!("echo 'no use for {ENV}' >&2; exit 1")])
        .with_env("SERVICE_TOKEN", ENV);
    let error = Client::spawn(options).await.unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(shown.contains("[REDACTED]") && !shown.contains(ENV), "{shown}");
}
