//! Calls of the Gemini API over a real socket.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use codex_ai::image::{GenerateImage, GenerateImagen, ImageRequest};
use codex_ai::provider::gemini::{DEFAULT_IMAGEN_MODEL, DEFAULT_MODEL, Gemini};
use codex_ai::{Chunk, ErrorKind, FinishReason, Message, Options, Provider, Request};
use serde_json::{Value, json};

const KEY: &str = "AIza-test-0123456789";

/// A server that gives one answer after the other, each on a connection of its own.
struct Server {
    url: String,
    got: Arc<Mutex<Vec<Got>>>,
}

/// A request as it came: the head in lower case but for its first line, and the body.
#[derive(Clone)]
struct Got {
    line: String,
    head: String,
    body: Value,
}

impl Server {
    fn new(answers: Vec<(u16, &str, String)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let got = Arc::new(Mutex::new(Vec::new()));
        let answers: Vec<_> = answers.into_iter().map(|(status, kind, body)| (status, kind.to_owned(), body)).collect();
        let kept = Arc::clone(&got);
        std::thread::spawn(move || {
            for (status, kind, body) in answers {
                let (mut socket, _) = listener.accept().unwrap();
                kept.lock().unwrap().push(read(&mut socket));
                // Without a length the end is that of the connection, as it is for Google's streams.
                let length = if kind == "text/event-stream" {
                    String::new()
                } else {
                    format!("content-length: {}\r\n", body.len())
                };
                let head = format!("HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\n{length}connection: close\r\n\r\n");
                let _ = socket.write_all(head.as_bytes());
                let _ = socket.write_all(body.as_bytes());
            }
        });
        Self { url, got }
    }

    fn json(status: u16, body: &Value) -> Self {
        Self::new(vec![(status, "application/json", body.to_string())])
    }

    fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }

    fn client(&self) -> Gemini {
        Gemini::builder().key(KEY).base_url(&self.url).build().unwrap()
    }
}

fn read(socket: &mut impl Read) -> Got {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let line = head.lines().next().unwrap().to_owned();
            let head = head.to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap_or("0");
            if body.len() >= length.parse::<usize>().unwrap() {
                return Got { line, head, body: serde_json::from_str(body).unwrap() };
            }
        }
        let count = socket.read(&mut piece).unwrap();
        assert!(count > 0, "the request ended early");
        bytes.extend_from_slice(&piece[..count]);
    }
}

fn hi() -> Request {
    Request::new(vec![Message::user("Hi")])
}

fn answer(text: &str) -> Value {
    json!({
        "candidates": [{ "content": { "role": "model", "parts": [{ "text": text }] }, "finishReason": "STOP", "index": 0 }],
        "usageMetadata": { "promptTokenCount": 5, "candidatesTokenCount": 6 }, "modelVersion": "m-1", "responseId": "r1",
        "groundingMetadata": { "a": 1 }
    })
}

fn picture(mime_type: &str) -> Value {
    json!({ "candidates": [{ "content": { "parts": [{ "inlineData": { "mimeType": mime_type, "data": "AAEC" } }] },
        "finishReason": "STOP" }] })
}

#[tokio::test]
async fn a_text_goes_out_and_an_answer_comes_back() {
    let server = Server::json(200, &answer("Hello"));
    let reply = server.client().generate(&hi()).await.unwrap();
    assert_eq!(reply.text(), "Hello");
    assert_eq!((reply.model.as_str(), reply.id.as_deref()), ("m-1", Some("r1")));
    assert_eq!(reply.raw_json()["groundingMetadata"]["a"], 1);
    let got = server.got().remove(0);
    assert_eq!(got.line, format!("POST /v1beta/models/{DEFAULT_MODEL}:generateContent HTTP/1.1"));
    assert!(got.head.contains(&format!("x-goog-api-key: {}", KEY.to_ascii_lowercase())));
    assert!(!got.line.contains(KEY) && !got.head.contains("authorization"));
    assert_eq!(got.body, json!({ "contents": [{ "role": "user", "parts": [{ "text": "Hi" }] }] }));
}

#[tokio::test]
async fn names_of_models_stand_in_the_path_or_are_refused() {
    for (asked, path) in [
        ("gemini/gemini-x", "/v1/models/gemini-x"),
        ("google/gemini-x", "/v1/models/gemini-x"),
        ("models/gemini-x", "/v1/models/gemini-x"),
        ("gemini/tunedModels/mine", "/v1/tunedModels/mine"),
        ("publishers/google/models/x", "/v1/publishers/google/models/x"),
    ] {
        let server = Server::json(200, &answer("ok"));
        let client = Gemini::builder().key(KEY).base_url(&server.url).api_version("v1").build().unwrap();
        client.generate(&hi().with_options(Options::new().with_model(asked))).await.unwrap();
        assert_eq!(server.got()[0].line, format!("POST {path}:generateContent HTTP/1.1"));
    }
    let client = Gemini::new(KEY).unwrap();
    for asked in
        ["", "a/../b", "models/../x", "a?key=1", "a&b", "a#b", "a b", "a/b", "models//x", "x:predict", "gemini/"]
    {
        let error = client.generate(&hi().with_options(Options::new().with_model(asked))).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{asked}: {error}");
    }
    let error = client.generate(&hi().with_options(Options::new().with_model("openai/gpt"))).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[tokio::test]
async fn a_stream_comes_in_pieces_and_ends_with_the_connection() {
    let frame = |value: Value| format!("data: {value}\r\n\r\n");
    let first = json!({ "candidates": [{ "content": { "parts": [{ "text": "Hel" }] } }], "modelVersion": "m-1" });
    let whole = frame(first.clone()) + &frame(answer("lo"));
    let server = Server::new(vec![(200, "text/event-stream", whole)]);
    let mut stream = server.client().stream(&hi()).await.unwrap();
    let mut texts = Vec::new();
    while let Some(chunk) = stream.next().await {
        if let Chunk::Text(text) = chunk.unwrap() {
            texts.push(text);
        }
    }
    assert_eq!(texts, ["Hel", "lo"]);
    let reply = stream.finish().await.unwrap();
    assert_eq!((reply.text().as_ref(), reply.finish_reason.clone()), ("Hello", FinishReason::Stop));
    assert_eq!(reply.raw_json()["groundingMetadata"]["a"], 1);
    assert_eq!(
        server.got()[0].line,
        format!("POST /v1beta/models/{DEFAULT_MODEL}:streamGenerateContent?alt=sse HTTP/1.1")
    );

    let server = Server::new(vec![(200, "text/event-stream", frame(first.clone()))]);
    let error = server.client().stream(&hi()).await.unwrap().finish().await.unwrap_err();
    assert_eq!((error.kind(), error.answer()), (ErrorKind::Incomplete, Some("Hel")));

    // An error as plain JSON, over several lines and in a list.
    let told = json!([{ "error": { "code": 429, "message": "slow down", "status": "RESOURCE_EXHAUSTED" } }]);
    let body = frame(first) + &serde_json::to_string_pretty(&told).unwrap();
    let server = Server::new(vec![(200, "text/event-stream", body)]);
    let error = server.client().stream(&hi()).await.unwrap().finish().await.unwrap_err();
    assert_eq!((error.kind(), error.answer()), (ErrorKind::RateLimit, Some("Hel")));
}

#[tokio::test]
async fn an_error_of_google_is_told_with_what_to_do() {
    let body = json!({ "error": { "code": 400, "message": format!("API key {KEY} not valid"), "status": "INVALID_ARGUMENT",
        "details": [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID" }] } });
    let error = Server::json(400, &body).client().generate(&hi()).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Authentication, Some(400)));
    assert!(error.help().unwrap().contains("GEMINI_API_KEY"));
    assert!(!error.to_string().contains(KEY), "{error}");
    assert_eq!(error.route(), Some(format!("gemini/{DEFAULT_MODEL}").as_str()));
}

#[tokio::test]
async fn a_picture_is_made_and_keeps_its_own_type() {
    let server = Server::json(200, &picture("image/jpeg"));
    let client = server.client();
    let request = ImageRequest::new("A map").with_model("gemini/some-image").with_mime_type("image/webp");
    let image = client.images().unwrap().generate_image(&request).await.unwrap();
    assert_eq!((image.bytes.as_ref(), image.mime_type.as_str()), (&[0, 1, 2][..], "image/jpeg"));
    assert_eq!(server.got()[0].line, "POST /v1beta/models/some-image:generateContent HTTP/1.1");
}

#[tokio::test]
async fn only_a_4k_request_that_failed_is_sent_once_more_for_2k() {
    let refused = json!({ "error": { "code": 400, "message": "no 4K", "status": "INVALID_ARGUMENT" } }).to_string();
    let json = "application/json";
    let size = |got: &Got| got.body["generationConfig"]["imageConfig"]["imageSize"].clone();
    let big = ImageRequest::new("A map").with_size("4K");

    let server = Server::new(vec![(400, json, refused.clone()), (200, json, picture("image/png").to_string())]);
    server.client().generate_image(&big).await.unwrap();
    let sizes: Vec<_> = server.got().iter().map(size).collect();
    assert_eq!(sizes, ["4K", "2K"]);

    let server =
        Server::new(vec![(400, json, refused.clone()), (400, json, refused.clone()), (200, json, String::new())]);
    let error = server.client().generate_image(&big).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts().len(), server.got().len()), (ErrorKind::InvalidRequest, 2, 2));

    let none = json!({ "promptFeedback": { "blockReason": "IMAGE_SAFETY" } }).to_string();
    let server = Server::new(vec![(200, json, none), (200, json, String::new())]);
    let error = server.client().generate_image(&big).await.unwrap_err();
    assert_eq!((error.kind(), error.code(), server.got().len()), (ErrorKind::Filtered, Some("IMAGE_SAFETY"), 1));

    let server = Server::new(vec![(400, json, refused), (200, json, String::new())]);
    server.client().generate_image(&ImageRequest::new("A map").with_size("2K")).await.unwrap_err();
    assert_eq!(server.got().len(), 1);
}

#[tokio::test]
async fn imagen_is_asked_by_its_own_call_on_both_paths() {
    let predictions = json!({ "predictions": [{ "raiFilteredReason": "blocked" }, { "bytesBase64Encoded": "AAEC" }] });
    for (model, path) in [
        (None, format!("/v1beta/models/{DEFAULT_IMAGEN_MODEL}:predict")),
        (Some("publishers/google/models/imagen-9"), "/v1beta/publishers/google/models/imagen-9:predict".to_owned()),
        (Some("imagen/imagen-9"), "/v1beta/models/imagen-9:predict".to_owned()),
    ] {
        let server = Server::json(200, &predictions);
        let mut request = ImageRequest::new("A banner").with_mime_type("image/jpeg");
        request.model = model.map(Into::into);
        let client = server.client();
        let image = client.imagen().unwrap().generate_imagen(&request).await.unwrap();
        assert_eq!((image.bytes.as_ref(), image.mime_type.as_str()), (&[0, 1, 2][..], "image/jpeg"));
        let got = server.got().remove(0);
        assert_eq!(got.line, format!("POST {path} HTTP/1.1"));
        assert_eq!(got.body["instances"], json!([{ "prompt": "A banner" }]));
        assert_eq!(got.body["parameters"]["outputOptions"], json!({ "mimeType": "image/jpeg" }));
    }
    let server = Server::json(200, &json!({ "predictions": [{ "raiFilteredReason": "blocked: faces" }] }));
    let error = server.client().generate_imagen(&ImageRequest::new("A banner")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Filtered);
    assert!(error.message().contains("blocked: faces"));
}

#[test]
fn two_keys_are_never_chosen_between() {
    // The environment belongs to the whole process: it is set for a process of its own.
    let run = |vars: &[(&str, &str)]| {
        let mut command = std::process::Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "reads_the_environment", "--ignored", "--nocapture"]);
        for name in ["GOOGLE_API_KEY", "GEMINI_API_KEY", "GOOGLE_GEMINI_BASE_URL"] {
            command.env_remove(name);
        }
        let output = command.envs(vars.iter().copied()).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let both = run(&[("GOOGLE_API_KEY", "google-key-1"), ("GEMINI_API_KEY", "gemini-key-2")]);
    assert!(both.contains("hold different keys") && both.contains("unset one"), "{both}");
    assert!(!both.contains("key-1") && !both.contains("key-2"), "{both}");
    let same = run(&[("GOOGLE_API_KEY", "same-key-1"), ("GEMINI_API_KEY", "same-key-1")]);
    assert!(same.contains("made") && !same.contains("same-key"), "{same}");
    assert!(run(&[("GEMINI_API_KEY", "only-key-1"), ("GOOGLE_API_KEY", " ")]).contains("made"));
    assert!(run(&[]).contains("GEMINI_API_KEY"));
    assert!(run(&[("GEMINI_API_KEY", "only-key-1"), ("GOOGLE_GEMINI_BASE_URL", "ftp://x")]).contains("neither `http`"));
}

#[allow(clippy::print_stdout, reason = "the other test reads it")]
#[test]
#[ignore = "run by `two_keys_are_never_chosen_between`"]
fn reads_the_environment() {
    match Gemini::from_env() {
        Ok(gemini) => println!("made {gemini:?}"),
        Err(error) => println!("{error}"),
    }
}
