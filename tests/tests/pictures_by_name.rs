//! Pictures as arguments in JSON: of prompts that are called by name, and of tools.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use codex_ai::testing::Scripted;
use codex_ai::{
    Dispatcher, ErrorKind, FinishReason, Image, Part, Prompt, PromptDef, Reply, ToolCall, ToolDef, prompt, tool,
};
use serde_json::{Value, json};

#[prompt]
async fn compare(picture: &Image, others: &[Image], last: Option<Image>) -> Prompt {
    others.iter().chain(&last).cloned().fold(Prompt::new().user("What differs?").image(picture.clone()), Prompt::image)
}

/// Measures a picture.
#[tool]
async fn measure(picture: Image) -> String {
    match picture {
        Image::Bytes { data, mime_type } => format!("{} bytes of {mime_type}", data.len()),
        Image::Url(url) => format!("the picture at {url}"),
        _ => "unknown".to_owned(),
    }
}

#[prompt(tools(measure))]
async fn ask() -> String {
    "How large is it?".to_owned()
}

#[tokio::test]
async fn a_prompt_takes_pictures_by_name() {
    let provider = Scripted::new([Ok(Reply::from_text("m", "nothing"))]);
    let dispatcher = Dispatcher::new(provider.clone()).unwrap();
    let arguments = json!({
        "picture": { "url": "https://example.com/a.png" },
        "others": [{ "data": "AQID", "mime_type": "image/png" }],
    });
    assert_eq!(dispatcher.process("compare", arguments).await.unwrap(), "nothing");
    let request = &provider.requests()[0];
    let images: Vec<&Image> =
        request.messages[0].parts.iter().filter_map(|p| if let Part::Image(i) = p { Some(i) } else { None }).collect();
    assert_eq!(images, [&Image::url("https://example.com/a.png"), &Image::bytes(&[1_u8, 2, 3][..], "image/png")]);

    for (picture, path, told) in [
        (json!({ "data": "%", "mime_type": "image/png" }), "picture", "the content of the picture is not base64"),
        (json!({ "data": "AQID" }), "picture", ""),
        (json!({ "url": "https://example.com", "data": "AQID", "mime_type": "image/png" }), "picture", ""),
        (json!("https://example.com"), "picture", ""),
    ] {
        let arguments = json!({ "picture": picture, "others": [] });
        let error = dispatcher.process("compare", arguments).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArguments, "{error}");
        let problem = error.problems().first().unwrap();
        assert!(problem.path.starts_with(path) && problem.message.contains(told), "{error}");
    }
    assert_eq!(provider.requests().len(), 1);
    assert!(Compare::ENTRY.input_schema().unwrap().validate(&json!({ "picture": {}, "others": [] })).is_err());
}

#[tokio::test]
async fn a_tool_takes_pictures() {
    let call = |arguments: Value| Part::ToolCall(ToolCall::new("1", "measure", arguments.to_string()));
    let calls = vec![
        call(json!({ "picture": { "data": "AQID", "mime_type": "image/png" } })),
        call(json!({ "picture": { "url": "x.png" } })),
        call(json!({ "picture": {} })),
    ];
    let first = Reply::new("m", calls).with_finish_reason(FinishReason::ToolCalls);
    let provider = Scripted::new([Ok(first), Ok(Reply::from_text("m", "small"))]);
    let dispatcher = Dispatcher::new(provider.clone()).unwrap();
    dispatcher.call::<Ask>(AskArgs {}).await.unwrap();
    let request = &provider.requests()[1];
    let told: Vec<(&str, bool)> = request.messages[2]
        .parts
        .iter()
        .filter_map(|p| if let Part::ToolResult(r) = p { Some((&*r.output, r.is_error)) } else { None })
        .collect();
    assert_eq!(told[..2], [("3 bytes of image/png", false), ("the picture at x.png", false)]);
    assert!(told[2].1 && told[2].0.starts_with("the arguments do not fit the tool `measure`"), "{}", told[2].0);
    let schema = <measure as ToolDef>::TOOL.input_schema().unwrap().as_value().to_string();
    assert!(schema.contains("The file in base64."), "{schema}");
}
