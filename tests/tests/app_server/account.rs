//! The account: who is logged in, the ways to log in, and what is left of the plan.

use codex_ai::ErrorKind;
use codex_ai::app_server::{Account, Client, ClientOptions, Closed, Login, PlanType, RpcError};
use serde_json::{Value, json};

use crate::peer::Peer;

const KEY: &str = "sk-test-0123456789";

async fn ended(peer: &mut Peer, login: &str, success: bool, error: Option<&str>) {
    let params = json!({ "loginId": login, "success": success, "error": error, "onboardingEntrypoint": null });
    peer.notify("account/login/completed", params).await;
}

/// A login in a browser that the server calls `id`.
async fn begin(client: &Client, peer: &mut Peer, id: &str) -> Login {
    let (login, ()) = tokio::join!(client.login_chatgpt(), async {
        let (asked, params) = peer.asked("account/login/start").await;
        assert_eq!(params, json!({ "type": "chatgpt" }));
        let url = format!("https://auth.example/{id}");
        peer.answer(&asked, json!({ "type": "chatgpt", "loginId": id, "authUrl": url })).await;
    });
    login.unwrap()
}

async fn cancelled(peer: &mut Peer, login: &str) -> Value {
    let (asked, params) = peer.asked("account/login/cancel").await;
    assert_eq!(params, json!({ "loginId": login }));
    asked
}

/// 3.3, 22: log in with a key, look, log out.
#[tokio::test]
async fn login_with_a_key_and_logout() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let server = async {
        let (id, params) = peer.asked("account/login/start").await;
        assert_eq!(params, json!({ "type": "apiKey", "apiKey": KEY }));
        peer.answer(&id, json!({ "type": "apiKey" })).await;
        // As Codex does: the end of a login without an id.
        let params = json!({ "loginId": null, "success": true, "error": null, "onboardingEntrypoint": null });
        peer.notify("account/login/completed", params).await;
        let (id, params) = peer.asked("account/read").await;
        assert_eq!(params, json!({ "refreshToken": false }));
        peer.answer(&id, json!({ "account": { "type": "apiKey" }, "requiresOpenaiAuth": true, "userId": null })).await;
        let (id, params) = peer.asked("account/logout").await;
        assert_eq!(params, json!({}));
        peer.answer(&id, json!({})).await;
        let (id, params) = peer.asked("account/read").await;
        assert_eq!(params, json!({ "refreshToken": true }));
        peer.answer(&id, json!({ "account": null, "requiresOpenaiAuth": true })).await;
    };
    let user = async {
        client.login_api_key(KEY).await.unwrap();
        let info = client.account().await.unwrap();
        assert_eq!((info.account, info.requires_openai_auth), (Some(Account::ApiKey), true));
        client.logout().await.unwrap();
        assert_eq!(client.refresh_account().await.unwrap().account, None);
    };
    tokio::join!(user, server);
}

#[tokio::test]
async fn accounts_of_all_sorts_are_read() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let accounts = [
        json!({ "type": "chatgpt", "email": "ada@example.org", "planType": "plus", "workspaceName": null }),
        json!({ "type": "amazonBedrock", "usesCodexManagedCredentials": true }),
        json!({ "type": "amazonBedrock" }),
        json!({ "type": "carrierPigeon", "wings": 2 }),
    ];
    let mut read = Vec::new();
    for account in &accounts {
        let (info, ()) = tokio::join!(client.account(), async {
            let (id, _) = peer.asked("account/read").await;
            peer.answer(&id, json!({ "account": account, "requiresOpenaiAuth": false })).await;
        });
        read.extend(info.unwrap().account);
    }
    let email = Some("ada@example.org".to_owned());
    assert_eq!(read[0], Account::ChatGpt { email, plan_type: PlanType::Plus, workspace_name: None });
    assert_eq!(read[1], Account::AmazonBedrock { uses_codex_managed_credentials: true });
    assert_eq!(read[2], Account::AmazonBedrock { uses_codex_managed_credentials: false });
    assert_eq!(read[3], Account::Unknown(accounts[3].clone()));
}

#[tokio::test]
async fn a_key_is_in_no_error_even_where_the_server_repeats_it() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let (refused, ()) = tokio::join!(client.login_api_key(KEY), async {
        let (id, _) = peer.asked("account/login/start").await;
        let error = json!({ "code": -32600, "message": format!("bad key {KEY}"), "data": { "given": [KEY] } });
        peer.send(&json!({ "id": id, "error": error })).await;
    });
    let error = refused.unwrap_err();
    let rpc = std::error::Error::source(&error).unwrap().downcast_ref::<RpcError>().unwrap();
    assert_eq!(rpc.message, "bad key [REDACTED]");
    assert_eq!(rpc.data, Some(json!({ "given": ["[REDACTED]"] })));
    for text in [format!("{error}"), format!("{error:?}"), format!("{error:#?}"), format!("{client:?}")] {
        assert!(!text.contains(KEY), "{text}");
    }
}

#[tokio::test]
async fn a_login_in_a_browser_is_waited_for() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let login = begin(&client, &mut peer, "one").await;
    assert_eq!((login.id(), login.url(), login.user_code()), ("one", "https://auth.example/one", None));
    let waiting = tokio::spawn({
        let login = login.clone();
        async move { login.wait().await }
    });
    // The end of another login is not its own.
    ended(&mut peer, "other", true, None).await;
    ended(&mut peer, "one", true, None).await;
    let outcome = waiting.await.unwrap().unwrap();
    assert_eq!((outcome.success, outcome.login_id.as_deref(), outcome.error), (true, Some("one"), None));
    assert!(login.wait().await.unwrap().success, "it can be asked again");
    assert!(!format!("{login:?}").contains("auth.example"));
}

#[tokio::test]
async fn a_login_with_a_code_tells_the_code() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let (login, ()) = tokio::join!(client.login_device_code(), async {
        let (id, params) = peer.asked("account/login/start").await;
        assert_eq!(params, json!({ "type": "chatgptDeviceCode" }));
        let url = "https://auth.example/device";
        let answer =
            json!({ "type": "chatgptDeviceCode", "loginId": "d", "verificationUrl": url, "userCode": "ABCD-1234" });
        peer.answer(&id, answer).await;
    });
    let login = login.unwrap();
    assert_eq!((login.url(), login.user_code()), ("https://auth.example/device", Some("ABCD-1234")));
    assert!(!format!("{login:?}").contains("ABCD"));
    ended(&mut peer, "d", false, Some("code expired")).await;
    let outcome = login.wait().await.unwrap();
    assert_eq!((outcome.success, outcome.error.as_deref()), (false, Some("code expired")));
}

/// 3.3, 22: a cancelled login ends its own wait, without success.
#[tokio::test]
async fn a_cancelled_login_ends_its_own_wait() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let one = begin(&client, &mut peer, "one").await;
    let two = begin(&client, &mut peer, "two").await;
    let waiting = tokio::spawn({
        let (one, two) = (one.clone(), two.clone());
        async move { tokio::join!(one.wait(), two.wait()) }
    });
    let (cancel, ()) = tokio::join!(one.cancel(), async {
        let asked = cancelled(&mut peer, "one").await;
        ended(&mut peer, "one", false, Some("Login server error: Login was not completed")).await;
        peer.answer(&asked, json!({ "status": "canceled" })).await;
    });
    assert!(cancel.unwrap());
    assert!(!one.wait().await.unwrap().success);
    assert!(!waiting.is_finished(), "the other one goes on");
    ended(&mut peer, "two", true, None).await;
    let (first, second) = waiting.await.unwrap();
    assert_eq!((first.unwrap().success, second.unwrap().success), (false, true));
    let (again, ()) = tokio::join!(one.cancel(), async {
        let asked = cancelled(&mut peer, "one").await;
        peer.answer(&asked, json!({ "status": "notFound" })).await;
    });
    assert!(!again.unwrap());
}

#[tokio::test]
async fn the_end_of_a_login_may_come_before_its_beginning_is_told() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let (login, ()) = tokio::join!(client.login_chatgpt(), async {
        let (id, _) = peer.asked("account/login/start").await;
        ended(&mut peer, "stranger", true, None).await;
        ended(&mut peer, "early", false, Some("port in use")).await;
        peer.answer(&id, json!({ "type": "chatgpt", "loginId": "early", "authUrl": "u" })).await;
    });
    assert_eq!(login.unwrap().wait().await.unwrap().error.as_deref(), Some("port in use"));
}

/// Several are begun at once, all end before they are named, and their answers come in another order.
#[tokio::test]
async fn logins_that_begin_at_once_have_their_own_ends() {
    const LOGINS: usize = 8;
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let begun: Vec<_> = (0..LOGINS)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.login_chatgpt().await.unwrap() })
        })
        .collect();
    let mut asked = Vec::new();
    for _ in 0..LOGINS {
        asked.push(peer.asked("account/login/start").await.0);
    }
    for n in 0..LOGINS {
        ended(&mut peer, &format!("login-{n}"), n % 2 == 0, Some(&n.to_string())).await;
    }
    for (n, id) in asked.iter().enumerate().rev() {
        peer.answer(id, json!({ "type": "chatgpt", "loginId": format!("login-{n}"), "authUrl": "u" })).await;
    }
    let mut seen = Vec::new();
    for login in begun {
        let login = login.await.unwrap();
        let outcome = login.wait().await.unwrap();
        assert_eq!(outcome.login_id.as_deref(), Some(login.id()));
        assert_eq!(login.id(), format!("login-{}", outcome.error.unwrap()));
        seen.push(login.id().to_owned());
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), LOGINS);
}

/// Its beginning is given up; it ends, and the next one has its own end.
#[tokio::test]
async fn a_login_that_is_dropped_while_it_begins_leaves_nothing() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let other = client.clone();
    let given_up = tokio::spawn(async move { other.login_chatgpt().await.map(drop) });
    let (asked, _) = peer.asked("account/login/start").await;
    given_up.abort();
    assert!(given_up.await.unwrap_err().is_cancelled());
    peer.answer(&asked, json!({ "type": "chatgpt", "loginId": "one", "authUrl": "u" })).await;
    ended(&mut peer, "one", false, Some("replaced")).await;
    let login = begin(&client, &mut peer, "two").await;
    ended(&mut peer, "two", true, None).await;
    assert!(login.wait().await.unwrap().success);
    assert_eq!((client.counts().open_requests, client.counts().unexpected_answers), (0, 1));
}

/// The end of a login that nobody waits for yet outlives any number of other events.
#[tokio::test]
async fn the_end_of_a_login_is_not_lost_among_other_events() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let login = begin(&client, &mut peer, "one").await;
    ended(&mut peer, "one", true, None).await;
    for n in 0..5_000 {
        peer.notify("future/thing", json!({ "n": n, "padding": "x".repeat(200) })).await;
    }
    let (all_read, ()) = tokio::join!(client.request_raw("ping", &()), async {
        let (id, _) = peer.asked("ping").await;
        peer.answer(&id, json!({})).await;
    });
    all_read.unwrap();
    assert!(login.wait().await.unwrap().success);
}

#[tokio::test]
async fn a_closed_connection_ends_the_wait_for_a_login() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let over = begin(&client, &mut peer, "over").await;
    let open = begin(&client, &mut peer, "open").await;
    ended(&mut peer, "over", true, None).await;
    drop(peer);
    let error = open.wait().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(std::error::Error::source(&error).unwrap().is::<Closed>());
    assert!(over.wait().await.unwrap().success, "what came before the end is kept");
}

#[tokio::test]
async fn a_wait_that_is_given_up_loses_nothing() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let login = begin(&client, &mut peer, "one").await;
    tokio::select! {
        biased;
        _ = login.wait() => panic!("it has not ended"),
        () = tokio::task::yield_now() => {}
    }
    ended(&mut peer, "one", true, None).await;
    assert!(login.wait().await.unwrap().success);
}

#[tokio::test]
async fn what_is_left_of_the_plan_is_read() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let answers = async {
        let (id, params) = peer.asked("account/rateLimits/read").await;
        assert_eq!(params, json!({}));
        let limits = json!({
            "limitId": "codex", "limitName": null, "planType": "pro", "rateLimitReachedType": null, "secondary": null,
            "primary": { "usedPercent": 31, "windowDurationMins": 300, "resetsAt": 1_795_280_000 },
            "credits": { "hasCredits": true, "unlimited": false, "balance": "3.50" },
        });
        let answer = json!({
            "rateLimits": limits, "rateLimitsByLimitId": { "codex": limits }, "ordinaryUsageAllowed": true,
            "rateLimitResetCredits": { "availableCount": 2 },
        });
        peer.answer(&id, answer).await;
        let (id, _) = peer.asked("account/usage/read").await;
        let summary = json!({ "lifetimeTokens": 12_000_000_000_u64, "currentStreakDays": null });
        let days = json!([{ "startDate": "2026-11-21", "tokens": 7 }]);
        peer.answer(&id, json!({ "summary": summary, "dailyUsageBuckets": days })).await;
        let (id, _) = peer.asked("account/usage/read").await;
        peer.answer(&id, json!({ "summary": {}, "dailyUsageBuckets": null })).await;
    };
    let user = async {
        let limits = client.rate_limits().await.unwrap();
        let window = limits.rate_limits.primary.unwrap();
        assert_eq!((window.used_percent, window.window_duration_mins), (31, Some(300)));
        assert_eq!(limits.rate_limits_by_limit_id["codex"].plan_type, Some(PlanType::Pro));
        assert_eq!(limits.extra["rateLimitResetCredits"]["availableCount"], 2);
        let usage = client.account_usage().await.unwrap();
        assert_eq!(usage.summary.lifetime_tokens, Some(12_000_000_000));
        assert_eq!((&*usage.daily_usage_buckets[0].start_date, usage.daily_usage_buckets[0].tokens), ("2026-11-21", 7));
        assert!(client.account_usage().await.unwrap().daily_usage_buckets.is_empty());
    };
    tokio::join!(user, answers);
}
