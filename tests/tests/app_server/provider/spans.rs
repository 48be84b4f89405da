//! The spans of a prompt that runs as a turn.

use codex_ai::Dispatcher;
use tracing_subscriber::fmt::format::FmtSpan;

use super::{Greet, GreetArgs, answered, connected};
use crate::approvals::Said;

#[tokio::test]
async fn a_call_is_one_span_with_provider_and_model_and_its_requests_are_within() {
    let said = Said::default();
    let writer = said.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
        .with_ansi(false)
        .with_span_events(FmtSpan::CLOSE)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let (provider, mut peer) = connected().await;
    let dispatcher = Dispatcher::new(provider).unwrap();
    let call = dispatcher.call::<Greet>(GreetArgs { name: "Ada Secret" });
    let (greeting, _) = tokio::join!(call, answered(&mut peer, 1, "Hello, hidden one."));
    assert_eq!(greeting.unwrap(), "Hello, hidden one.");
    let lines = said.lines();
    let chat: Vec<_> = lines.iter().filter(|line| line.contains(" chat{") && !line.contains(":request{")).collect();
    assert!(!chat.is_empty(), "{lines:#?}");
    let chat = chat[chat.len() - 1];
    for field in [
        r#"gen_ai.provider.name="codex""#,
        r#"gen_ai.response.model="gpt-test""#,
        "gen_ai.usage.input_tokens=11",
        "gen_ai.usage.output_tokens=7",
    ] {
        assert!(chat.contains(field), "{field}: {chat}");
    }
    for method in ["thread/start", "turn/start"] {
        let named = format!(r#"rpc.method="{method}""#);
        assert!(lines.iter().any(|line| line.contains("chat{") && line.contains(&named)), "{method}: {lines:#?}");
    }
    let all = lines.join("\n");
    assert!(!all.contains("Ada Secret") && !all.contains("hidden one"), "{all}");
}
