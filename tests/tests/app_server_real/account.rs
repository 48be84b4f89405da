//! The account.

use codex_ai::app_server::{Client, ThreadOptions};
use serde_json::{Value, json};

use crate::codex::{Codex, Config, within};
use crate::turn::run;

async fn account(client: &Client) -> Value {
    let answer = within("the account", client.request_raw("account/read", &json!({}))).await.unwrap();
    serde_json::from_str::<Value>(answer.get()).unwrap()["account"].take()
}

/// 3.3, 22.
#[tokio::test]
async fn a_key_is_logged_in_used_and_logged_out() {
    let Some(codex) = Codex::new(&Config { login: true, ..Config::default() }) else { return };
    let client = codex.client().await;
    assert_eq!(account(&client).await, Value::Null);
    let login = json!({ "type": "apiKey", "apiKey": "sk-test-of-the-login" });
    within("the login", client.request_raw("account/login/start", &login)).await.unwrap();
    assert_eq!(account(&client).await, json!({ "type": "apiKey" }));
    let thread = client.start_thread(ThreadOptions::new()).await.unwrap();
    assert_eq!(run(&thread, "say hello").await.text, "hello");
    let asked = codex.asked().pop().unwrap();
    assert!(asked.has_key("sk-test-of-the-login"));
    within("the logout", client.request_raw("account/logout", &json!({}))).await.unwrap();
    assert_eq!(account(&client).await, Value::Null);
    client.shutdown().await;
    codex.emptied().await;
}
