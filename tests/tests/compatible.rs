//! Servers that speak Chat Completions, over real sockets: addresses, keys, errors and what to do about them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]
#![allow(clippy::print_stdout, reason = "a child process tells its parent what it read")]

#[allow(dead_code, reason = "shared by several tests")]
mod one_answer;

use codex_ai::provider::compatible::{Compatible, Profile};
use codex_ai::provider::openai::OpenAi;
use codex_ai::{Chunk, Error, ErrorKind, FinishReason, Message, Options, Output, Provider, Request, Usage};
use one_answer::{Asked, Server, answer, says, stream};
use serde_json::{Value, json};

const KEY: &str = "test-key-0123456789";

fn hi() -> Request {
    Request::new(vec![Message::user("Hi")])
}

fn to(model: &'static str) -> Request {
    hi().with_options(Options::new().with_model(model))
}

/// Asks a server of this profile that answers so.
async fn fails(profile: Profile, request: &Request, with: String) -> Error {
    let server = Server::new([with]);
    let provider = Compatible::builder(profile).key(KEY).base_url(&server.url).build().unwrap();
    let error = provider.generate(request).await.unwrap_err();
    server.requests();
    assert!(!error.to_string().contains(KEY), "{error}");
    error
}

/// What a server of this profile is sent.
async fn sent(profile: Profile, path: &str, request: &Request) -> Asked {
    let server = Server::new([says("ok")]);
    let url = format!("{}{path}", server.url);
    let provider = Compatible::builder(profile).key(KEY).base_url(url).build().unwrap();
    assert_eq!(provider.generate(request).await.unwrap().text(), "ok");
    server.requests().remove(0)
}

#[tokio::test]
async fn any_server_is_asked_by_its_url_and_without_a_key() {
    let server = Server::new([says("Hello")]);
    let provider = Compatible::at(format!("{}/v1/", server.url)).default_model("small").build().unwrap();
    let reply = provider.generate(&hi()).await.unwrap();
    assert_eq!((reply.text().as_ref(), reply.finish_reason.clone()), ("Hello", FinishReason::Stop));
    assert!(reply.raw.is_some());
    let asked = server.requests().remove(0);
    assert_eq!(asked.path, "/v1/chat/completions");
    assert_eq!(asked.header("authorization"), None);
    assert_eq!(asked.json(), json!({ "model": "small", "messages": [{ "role": "user", "content": "Hi" }] }));
}

#[tokio::test]
async fn names_lose_the_route_once() {
    for (asked, sent_as) in [
        ("groq/openai/gpt-oss-20b", "openai/gpt-oss-20b"),
        ("openai/gpt-oss-20b", "openai/gpt-oss-20b"),
        ("groq/groq/compound", "groq/compound"),
    ] {
        let request = sent(Profile::GROQ, "/openai/v1", &to(asked)).await;
        assert_eq!(request.json()["model"], sent_as);
        assert_eq!(request.header("authorization"), Some(format!("Bearer {KEY}").as_str()));
    }
    assert_eq!(sent(Profile::GROQ, "", &hi()).await.json()["model"], "openai/gpt-oss-120b");
}

#[tokio::test]
async fn azure_has_its_own_header_and_two_forms_of_address() {
    for path in ["", "/openai", "/openai/v1", "/openai/v1/"] {
        let asked = sent(Profile::AZURE, path, &to("azure/my-deployment")).await;
        assert_eq!(asked.path, "/openai/v1/chat/completions");
        assert_eq!((asked.header("api-key"), asked.header("authorization")), (Some(KEY), None));
        assert_eq!(asked.json()["model"], "my-deployment");
    }
    let server = Server::new([says("ok")]);
    let azure = Compatible::builder(Profile::AZURE).key(KEY).base_url(&server.url).api_version("2024-10-21");
    let azure = azure.build().unwrap();
    azure.generate(&to("d.1")).await.unwrap();
    assert_eq!(server.requests().remove(0).path, "/openai/deployments/d.1/chat/completions?api-version=2024-10-21");
    let error = azure.generate(&to("../../secret?x=1")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{error}");
}

#[tokio::test]
async fn dialects_name_fields_as_the_servers_do() {
    let options = Options::new().with_model("m").with_max_tokens(9).with_seed(7);
    let request = hi().with_options(options);
    let body = sent(Profile::MISTRAL, "", &request).await.json();
    assert_eq!((&body["max_tokens"], &body["random_seed"], &body["seed"]), (&json!(9), &json!(7), &Value::Null));
    let body = sent(Profile::AZURE, "", &request).await.json();
    assert_eq!((&body["max_completion_tokens"], &body["seed"]), (&json!(9), &json!(7)));
}

#[tokio::test]
async fn any_json_is_asked_for_as_the_server_takes_it() {
    let request = to("m").with_output(Output::Json);
    let body = sent(Profile::VLLM, "", &request).await.json();
    assert_eq!(body["response_format"], json!({ "type": "json_object" }));
    let body = sent(Profile::LM_STUDIO, "", &request).await.json();
    let any = json!({ "type": "json_schema", "json_schema": { "name": "json", "schema": {} } });
    assert_eq!(body["response_format"], any);
}

#[tokio::test]
async fn settings_that_are_missing_are_told_with_what_to_do() {
    let groq = Compatible::builder(Profile::GROQ).build().unwrap_err();
    assert_eq!(groq.kind(), ErrorKind::Config);
    assert!(groq.help().unwrap().contains("GROQ_API_KEY"), "{groq}");
    let azure = Compatible::builder(Profile::AZURE).key(KEY).build().unwrap_err();
    assert!(azure.help().unwrap().contains("AZURE_OPENAI_ENDPOINT"), "{azure}");
    let error = Compatible::ollama().unwrap().generate(&hi()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.message().contains("no model"), "{error}");
    assert!(Compatible::builder(Profile::VLLM).api_version("1").build().is_err());
}

#[tokio::test]
async fn a_server_that_does_not_run_is_told_how_to_start() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let ollama = Compatible::builder(Profile::OLLAMA).base_url(format!("http://127.0.0.1:{port}/v1")).build().unwrap();
    for error in [ollama.generate(&to("m")).await.unwrap_err(), ollama.stream(&to("m")).await.unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::Connect);
        assert!(error.help().unwrap().contains("ollama serve"), "{error}");
        assert_eq!(error.route(), Some("ollama/m"));
    }
}

#[tokio::test]
async fn errors_of_every_shape_are_read() {
    let cases = [
        (404, r#"{"error":"model 'm' not found"}"#, ErrorKind::NotFound, "model 'm' not found"),
        (
            404,
            r#"{"object":"error","message":"no such model","type":"NotFoundError","code":404}"#,
            ErrorKind::NotFound,
            "no such model",
        ),
        (
            400,
            r#"{"error":{"code":400,"message":"too long","type":"exceed_context_size_error","n_ctx":4096}}"#,
            ErrorKind::InvalidRequest,
            "too long",
        ),
        (
            503,
            r#"{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}"#,
            ErrorKind::Server,
            "Loading model",
        ),
        (422, r#"{"detail":[{"loc":["body","n"],"msg":"bad n"}]}"#, ErrorKind::InvalidRequest, "bad n"),
        (400, r#"[{"error":{"message":"in a list","code":400}}]"#, ErrorKind::InvalidRequest, "in a list"),
        (200, r#"{"error":{"message":"late","code":429}}"#, ErrorKind::RateLimit, "late"),
        (200, r#"{"object":"error","message":"at the top","code":400}"#, ErrorKind::InvalidRequest, "at the top"),
        (502, "<html><b>Bad</b> gateway</html>", ErrorKind::Server, "Bad gateway"),
    ];
    for (status, body, kind, text) in cases {
        let error = fails(Profile::VLLM, &to("m"), answer(status, "", body)).await;
        assert_eq!(error.kind(), kind, "{body}: {error}");
        assert!(error.message().contains(text), "{body}: {error}");
    }
    let error = fails(Profile::OLLAMA, &to("tiny"), answer(404, "", r#"{"error":"no"}"#)).await;
    assert!(error.help().unwrap().contains("ollama pull tiny"), "{error}");
    let error = fails(Profile::DEEPSEEK, &hi(), answer(401, "", r#"{"error":{"message":"bad"}}"#)).await;
    assert!(error.help().unwrap().contains("DEEPSEEK_API_KEY"), "{error}");
}

#[tokio::test]
async fn a_stream_comes_in_pieces_and_ends_as_a_whole() {
    let events = concat!(
        ": hello\n\n",
        "data: {\"id\":\"c\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n",
        "data: {\"choices\":[{\"delta\":{\"reasoning\":\"hm\"}}]}\n\n",
        "data: {\"choices\":[{\"delta\":{\"content\":\"One\"}}]}\n\n",
        "data: {\"choices\":[{\"delta\":{\"content\":\"\\n\\u00e9\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}\n\n",
    );
    let server = Server::new([stream(events)]);
    let provider = Compatible::at(&server.url).build().unwrap();
    let mut pieces = Vec::new();
    let mut answer = provider.stream(&to("m")).await.unwrap();
    while let Some(piece) = answer.next().await {
        pieces.push(piece.unwrap());
    }
    assert_eq!(pieces[0], Chunk::Reasoning("hm".to_owned()));
    assert_eq!(pieces[1], Chunk::Text("One".to_owned()));
    let reply = answer.finish().await.unwrap();
    assert_eq!((reply.text().as_ref(), reply.usage), ("One\né", Some(Usage::new(1, 2))));
    let body = server.requests().remove(0).json();
    assert_eq!((&body["stream"], &body["stream_options"]), (&json!(true), &json!({ "include_usage": true })));
}

#[tokio::test]
async fn openai_speaks_chat_by_choice() {
    let server = Server::new([says("ok")]);
    let openai = OpenAi::builder().key(KEY).base_url(&server.url).chat().build().unwrap();
    let request = to("openai/gpt-6-luna").with_options(Options::new().with_model("gpt-6-luna").with_stop(["END"]));
    assert_eq!(openai.generate(&request).await.unwrap().text(), "ok");
    let asked = server.requests().remove(0);
    assert_eq!(asked.path, "/chat/completions");
    let messages = json!([{ "role": "user", "content": "Hi" }]);
    assert_eq!(asked.json(), json!({ "model": "gpt-6-luna", "messages": messages, "stop": ["END"] }));
}

/// Runs in a process of its own, whose environment the test below sets.
#[test]
#[ignore = "is run by `the_environment_says_where_and_with_which_key`"]
fn says_where() {
    let (ollama, azure) = (Compatible::from_env(Profile::OLLAMA), Compatible::from_env(Profile::AZURE));
    println!("{ollama:?} {azure:?}");
}

#[test]
fn the_environment_says_where_and_with_which_key() {
    let said = |set: &[(&str, &str)]| {
        let mut command = std::process::Command::new(std::env::current_exe().unwrap());
        for name in ["OLLAMA_HOST", "OLLAMA_API_KEY", "AZURE_OPENAI_ENDPOINT", "AZURE_OPENAI_API_KEY"] {
            command.env_remove(name);
        }
        command.args(["--exact", "says_where", "--ignored", "--nocapture"]).envs(set.iter().copied());
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    for (host, url) in [
        ("", "http://127.0.0.1:11434/v1/"),
        (" ", "http://127.0.0.1:11434/v1/"),
        ("0.0.0.0", "http://127.0.0.1:11434/v1/"),
        ("0.0.0.0:8080", "http://127.0.0.1:8080/v1/"),
        (":8080", "http://127.0.0.1:8080/v1/"),
        ("[::]:8080", "http://[::1]:8080/v1/"),
        ("gpu.example", "http://gpu.example:11434/v1/"),
        ("http://gpu.example/", "http://gpu.example/v1/"),
        ("https://gpu.example/ollama", "https://gpu.example/ollama/v1/"),
        ("https://gpu.example/v1", "https://gpu.example/v1/"),
    ] {
        let said = said(&[("OLLAMA_HOST", host)]);
        assert!(said.contains(&format!("\"{url}chat/completions\"")), "{host}: {said}");
        assert!(said.contains("AZURE_OPENAI_API_KEY"), "{said}");
    }
    let azure = [("AZURE_OPENAI_API_KEY", KEY), ("AZURE_OPENAI_ENDPOINT", "https://r.openai.azure.com")];
    let said = said(&azure);
    assert!(said.contains("https://r.openai.azure.com/openai/v1/chat/completions"), "{said}");
    assert!(!said.contains(KEY), "{said}");
}
