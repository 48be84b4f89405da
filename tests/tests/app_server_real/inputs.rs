//! What a turn is given besides text.

use codex_ai::app_server::{Input, ThreadOptions, TurnOptions};
use serde_json::{Value, json};

use crate::codex::{Codex, Config, within};
use crate::turn::{read, run};

#[tokio::test]
async fn an_output_schema_reaches_the_model_for_that_turn_alone() {
    let Some(codex) = Codex::new(&Config::default()) else { return };
    let client = codex.client().await;
    let thread = client.start_thread(ThreadOptions::new()).await.unwrap();
    let schema = json!({
        "type": "object",
        "properties": { "city": { "type": "string" } },
        "required": ["city"],
        "additionalProperties": false,
    });
    let options = TurnOptions::default().with_output_schema(schema.clone());
    let turn = within("the start", thread.turn(r#"say {"city":"Rome"}"#, options)).await.unwrap();
    let finished = within("the turn", turn.run()).await.unwrap();
    let value: Value = serde_json::from_str(finished.final_text.as_deref().unwrap()).unwrap();
    assert_eq!(value, json!({ "city": "Rome" }));
    run(&thread, "say done").await;
    let formats: Vec<Value> = codex.asked().iter().map(|asked| asked.json()["text"]["format"].take()).collect();
    assert_eq!(
        (&formats[0]["type"], &formats[0]["strict"], &formats[0]["schema"]),
        (&json!("json_schema"), &json!(true), &schema)
    );
    assert_eq!(formats[1..], [Value::Null]);
    client.shutdown().await;
}

/// A PNG of one pixel.
const PICTURE: &[u8] = b"\
    \x89PNG\x0d\x0a\x1a\x0a\x00\x00\x00\x0dIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\
    \x15\xc4\x89\x00\x00\x00\x0dIDATx\xdacd\xf8\xcfP\x0f\x00\x03\x86\x01\x80Z4}k\x00\x00\x00\x00IEND\xae\
    B`\x82";

/// 3.3, 21.
#[tokio::test]
async fn a_local_image_reaches_the_model() {
    let Some(codex) = Codex::new(&Config::default()) else { return };
    let client = codex.client().await;
    let thread = client.start_thread(ThreadOptions::new()).await.unwrap();
    let path = codex.workspace().join("picture.png");
    std::fs::write(&path, PICTURE).unwrap();
    let input = [Input::text("say seen"), Input::local_image(&path)];
    let turn = within("the start", thread.turn(input, TurnOptions::default())).await.unwrap();
    assert_eq!(read(turn).await.status(), "completed");
    let body = codex.asked()[0].json();
    let newest = body["input"].as_array().unwrap().last().unwrap();
    let image = newest["content"].as_array().unwrap().iter().find(|part| part["type"] == "input_image");
    let url = image.and_then(|image| image["image_url"].as_str()).unwrap_or_else(|| panic!("no image in {newest}"));
    assert!(url.starts_with("data:image/png;base64,iVBOR"), "{url}");
    client.shutdown().await;
}

/// 3.3, 21: the model is given what a skill says, not only its name.
#[tokio::test]
async fn the_text_of_a_skill_reaches_the_model() {
    let Some(codex) = Codex::new(&Config::default()) else { return };
    let file = codex.workspace().join("../codex-home/skills/greeting/SKILL.md");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, "---\nname: greeting\ndescription: How to greet\n---\nBow three times.\n").unwrap();
    let file = file.canonicalize().unwrap();
    let client = codex.client().await;
    let thread = client.start_thread(ThreadOptions::new()).await.unwrap();
    let input = [Input::text("say hello"), Input::skill("greeting", &file)];
    let turn = within("the start", thread.turn(input, TurnOptions::default())).await.unwrap();
    assert_eq!(read(turn).await.status(), "completed");
    let body = codex.asked()[0].json().to_string();
    assert!(body.contains("Bow three times."), "{body}");
    client.shutdown().await;
}
