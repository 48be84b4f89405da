//! Tools of the client.

use codex_ai::app_server::{ClientOptions, DynamicTool, ServerRequest, ThreadOptions, handler_fn};
use serde_json::{Value, json};

use crate::codex::{Codex, Config};
use crate::turn::run;

#[tokio::test]
async fn the_model_calls_a_tool_and_gets_what_it_gives() {
    let Some(codex) = Codex::new(&Config::default()) else { return };
    let handler = handler_fn(|request: ServerRequest| async move {
        let ServerRequest::Tool(request) = request else { panic!("another request: {request:?}") };
        let arguments: Value = request.read().unwrap();
        let answered = match arguments["city"].as_str() {
            Some("Rome") => request.answer("29 degrees"),
            _ => request.fail("no such city"),
        };
        answered.unwrap();
    });
    let client = codex.client_with(ClientOptions::new().with_handler(handler)).await;
    let schema = json!({ "type": "object", "properties": { "city": { "type": "string" } }, "required": ["city"] });
    let tool = DynamicTool::new("weather", "The weather of a city", schema.clone());
    let thread = client.start_thread(ThreadOptions::new().with_tool(tool)).await.unwrap();
    let seen = run(&thread, r#"call weather {"city":"Rome"}"#).await;
    assert_eq!((seen.status(), seen.said()), ("completed", "result: 29 degrees"));
    let item = seen.item("dynamicToolCall");
    assert_eq!((&item["status"], &item["success"]), (&json!("completed"), &json!(true)), "{item}");
    // What the tool says of its failure reaches the model, too.
    let seen = run(&thread, r#"call weather {"city":"Atlantis"}"#).await;
    assert_eq!((seen.status(), seen.said()), ("completed", "result: no such city"));
    assert_eq!(seen.item("dynamicToolCall")["status"], "failed");

    let body = codex.asked()[0].json();
    let sent = body["tools"].as_array().unwrap().iter().find(|tool| tool["name"] == "weather").unwrap();
    assert_eq!(
        (&sent["description"], &sent["parameters"]["required"]),
        (&json!("The weather of a city"), &schema["required"])
    );
    client.shutdown().await;
    codex.emptied().await;
}
