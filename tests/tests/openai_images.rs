//! OpenAI's images: the codec without a socket, and calls over one.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use codex_ai::message::Image;
use codex_ai::provider::openai::{DEFAULT_IMAGE_MODEL, OpenAi};
use codex_ai::wire::openai_images::{ImageBody, decode_reply, decode_request, encode_reply, encode_request};
use codex_ai::{ErrorKind, GenerateImage, GeneratedImage, ImageRequest, Provider, Usage};
use proptest::prelude::*;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const KEY: &str = "sk-test-0123456789";

fn fox() -> ImageRequest {
    ImageRequest::new("A red fox")
}

fn body(request: &ImageRequest) -> ImageBody {
    encode_request(request, "m").unwrap()
}

fn through_the_wire(request: &ImageRequest) -> ImageRequest {
    let ImageBody { content_type, body, .. } = body(request);
    let mut read = decode_request(&content_type, &body).unwrap();
    assert_eq!(read.model.take().as_deref(), Some("m"));
    read
}

/// Answers one request with a status and JSON, and gives back what it got: the head, and the body.
async fn served(status: &str, answer: Value, call: impl AsyncFnOnce(OpenAi)) -> (String, Vec<u8>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let answer = answer.to_string();
    let head = format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\nx-request-id: req_1\r\n");
    let response = format!("{head}content-length: {}\r\nconnection: close\r\n\r\n{answer}", answer.len());
    let server = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut got = Vec::new();
        loop {
            let text = String::from_utf8_lossy(&got).to_ascii_lowercase();
            if let Some((head, _)) = text.split_once("\r\n\r\n") {
                let length = head.split("content-length: ").nth(1).unwrap().split("\r\n").next().unwrap();
                let start = got.windows(4).position(|w| w == b"\r\n\r\n").unwrap() + 4;
                if got.len() >= start + length.parse::<usize>().unwrap() {
                    socket.write_all(response.as_bytes()).await.unwrap();
                    return (String::from_utf8(got[..start].to_vec()).unwrap(), got[start..].to_vec());
                }
            }
            assert!(socket.read_buf(&mut got).await.unwrap() > 0);
        }
    });
    call(OpenAi::builder().key(KEY).base_url(url).build().unwrap()).await;
    server.await.unwrap()
}

#[tokio::test]
async fn an_image_is_asked_for_and_comes_back() {
    let answer = json!({
        "created": 1, "output_format": "webp", "data": [{ "b64_json": "AQID+g==", "revised_prompt": "A very red fox" }],
        "usage": { "input_tokens": 5, "output_tokens": 70, "total_tokens": 75, "input_tokens_details": { "text_tokens": 5, "image_tokens": 0 } },
    });
    let (head, body) = served("200 OK", answer, async |openai| {
        let request = fox().with_size("1024x1024").with_quality("low").with_background("opaque");
        let request = request.with_mime_type("image/webp").with_extra("moderation", "low").with_extra("n", 1);
        let image = openai.images().unwrap().generate_image(&request).await.unwrap();
        assert_eq!((&image.bytes[..], image.mime_type.as_str()), (&[1_u8, 2, 3, 250][..], "image/webp"));
        assert_eq!(image.revised_prompt.as_deref(), Some("A very red fox"));
        assert_eq!(image.usage, Some(Usage::new(5, 70)));
    })
    .await;
    assert!(head.starts_with("POST /v1/images/generations HTTP/1.1\r\n"), "{head}");
    assert!(head.contains("content-type: application/json\r\n"), "{head}");
    assert!(head.contains(&format!("authorization: Bearer {KEY}\r\n")), "{head}");
    let expected = json!({
        "prompt": "A red fox", "model": DEFAULT_IMAGE_MODEL, "size": "1024x1024", "quality": "low",
        "background": "opaque", "output_format": "webp", "moderation": "low", "n": 1,
    });
    assert_eq!(serde_json::from_slice::<Value>(&body).unwrap(), expected);
}

#[tokio::test]
async fn images_to_start_from_go_out_as_a_form() {
    let picture = Image::bytes(&b"\x89PNG\r\n--codex-ai-form-0\r\ncodex-ai-form-12"[..], "image/png");
    let request = fox().with_model("openai/gpt-image-9").with_input_image(picture);
    let answer = json!({ "data": [{ "b64_json": "iVBORw==" }] });
    let (head, body) = served("200 OK", answer, async |openai| {
        let image = openai.generate_image(&request).await.unwrap();
        assert_eq!(image.mime_type, "image/png");
    })
    .await;
    assert!(head.starts_with("POST /v1/images/edits HTTP/1.1\r\n"), "{head}");
    // Neither 0 nor 1 nor 12 is free.
    assert!(head.contains("content-type: multipart/form-data; boundary=codex-ai-form-2\r\n"), "{head}");
    assert_eq!(head.matches("content-type").count(), 1);
    let expected = b"--codex-ai-form-2\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\nA red fox\r\n\
        --codex-ai-form-2\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\ngpt-image-9\r\n\
        --codex-ai-form-2\r\nContent-Disposition: form-data; name=\"image\"; filename=\"image-1.png\"\r\n\
        Content-Type: image/png\r\n\r\n\x89PNG\r\n--codex-ai-form-0\r\ncodex-ai-form-12\r\n--codex-ai-form-2--\r\n";
    assert_eq!(String::from_utf8_lossy(&body), String::from_utf8_lossy(expected));
    let read = decode_request("multipart/form-data; boundary=\"codex-ai-form-2\"", &body).unwrap();
    assert_eq!(read, request.with_model("gpt-image-9"));
}

#[tokio::test]
async fn a_blocked_prompt_is_filtered_and_an_address_is_no_image() {
    let blocked =
        json!({ "error": { "code": "moderation_blocked", "message": "No.", "type": "image_generation_user_error" } });
    served("400 Bad Request", blocked, async |openai| {
        let error = openai.generate_image(&fox()).await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Filtered, Some("moderation_blocked")));
        assert_eq!((error.route(), error.request_id()), (Some("openai/gpt-image-2"), Some("req_1")));
    })
    .await;
    let address = json!({ "data": [{ "url": "https://example.com/a.png" }], "usage": { "input_tokens": 3 } });
    served("200 OK", address, async |openai| {
        let error = openai.generate_image(&fox()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Protocol);
        assert!(error.help().unwrap().contains("`response_format`"), "{error}");
        assert!(!error.to_string().contains("example.com"), "{error}");
        assert!(error.answer().unwrap().contains("https://example.com/a.png"));
        assert_eq!(error.usage(), Some(&Usage::new(3, 0)));
    })
    .await;
    served("401 Unauthorized", json!({ "error": { "message": "no" } }), async |openai| {
        let error = openai.generate_image(&fox()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Authentication);
        assert!(error.help().unwrap().contains("`OPENAI_API_KEY`"));
    })
    .await;
}

#[test]
fn what_cannot_be_sent_is_told_with_its_path() {
    let told = |request: ImageRequest| {
        let error = encode_request(&request, "m").unwrap_err();
        let paths: Vec<_> = error.problems().iter().map(|problem| problem.path.clone()).collect();
        (error.kind(), paths)
    };
    let unsupported = |path: &str| (ErrorKind::Unsupported, vec![path.to_owned()]);
    let invalid = |path: &str| (ErrorKind::InvalidRequest, vec![path.to_owned()]);
    let png = || Image::bytes(&[1_u8][..], "image/png");
    assert_eq!(told(fox().with_aspect_ratio("16:9")), unsupported("aspect_ratio"));
    assert_eq!(told(fox().with_aspect_ratio("1:1").with_size("auto")), invalid("aspect_ratio"));
    assert_eq!(told(fox().with_mime_type("text/plain")), unsupported("mime_type"));
    assert_eq!(told(fox().with_input_image(Image::url("https://example.com"))), unsupported("input_images[0]"));
    assert_eq!(told(fox().with_input_image(Image::bytes(&[1_u8][..], "a/b\r\nx: y"))), unsupported("input_images[0]"));
    assert_eq!(told(fox().with_extra("n", 2)), unsupported("extra.n"));
    assert_eq!(told(fox().with_extra("stream", true)), unsupported("extra.stream"));
    assert_eq!(told(fox().with_extra("prompt", "x")), invalid("extra.prompt"));
    assert_eq!(told(fox().with_input_image(png()).with_extra("x", json!({}))), unsupported("extra.x"));
    let all = told(fox().with_aspect_ratio("5:4").with_extra("n", 3).with_extra("model", "x"));
    assert_eq!(all, (ErrorKind::InvalidRequest, vec!["extra.model".into(), "aspect_ratio".into(), "extra.n".into()]));
}

#[test]
fn a_ratio_that_is_one_of_the_vendors_sizes_becomes_it() {
    for (ratio, size) in [("1:1", "1024x1024"), ("3:2", "1536x1024"), ("2:3", "1024x1536")] {
        assert_eq!(through_the_wire(&fox().with_aspect_ratio(ratio)), fox().with_size(size));
    }
}

#[test]
fn a_mask_is_a_file_and_other_fields_are_texts() {
    let mask = "data:image/png;base64,AQID";
    let request = fox().with_input_image(Image::bytes(&[1_u8][..], "image/png"));
    let request = request.with_input_image(Image::bytes(&[2_u8][..], "image/jpeg")).with_extra("mask", mask);
    let ImageBody { content_type, body, .. } = body(&request.clone().with_extra("output_compression", 50));
    let text = String::from_utf8_lossy(&body);
    assert!(
        text.contains("name=\"mask\"; filename=\"mask.png\"\r\nContent-Type: image/png\r\n\r\n\u{1}\u{2}\u{3}\r\n")
    );
    assert_eq!(text.matches("name=\"image[]\"").count(), 2);
    let read = decode_request(&content_type, &body).unwrap();
    assert_eq!(read, request.with_extra("output_compression", "50").with_model("m"));
}

#[test]
fn a_server_tells_what_is_wrong_with_a_request() {
    let error = decode_request("application/json", br#"{"model":5,"size":[]}"#).unwrap_err();
    let paths: Vec<_> = error.problems().iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!((error.kind(), paths), (ErrorKind::InvalidRequest, vec!["model", "size", "prompt"]));
    for (kind, body) in [
        ("multipart/form-data", "x"),
        ("multipart/form-data; boundary=", "x"),
        ("multipart/form-data; boundary=b", ""),
        ("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\ncut"),
        ("multipart/form-data; boundary=b", "--b\r\nno: name\r\n\r\nx\r\n--b--"),
        ("text/plain", "[]"),
    ] {
        assert_eq!(
            decode_request(kind, body.as_bytes()).unwrap_err().kind(),
            ErrorKind::InvalidRequest,
            "{kind} {body}"
        );
    }
}

#[test]
fn answers_of_other_servers() {
    let kind = |body: &str| decode_reply(body.as_bytes()).unwrap_err().kind();
    assert_eq!(kind(r#"{"data":[]}"#), ErrorKind::Empty);
    assert_eq!(kind(r#"{"data":[{"b64_json":null}]}"#), ErrorKind::Empty);
    assert_eq!(kind(r#"{"data":[{"b64_json":"%"}]}"#), ErrorKind::Protocol);
    assert_eq!(kind(r#"{"data":5}"#), ErrorKind::Protocol);
    assert_eq!(kind(r#"{"data":["#), ErrorKind::Incomplete);
    assert_eq!(kind(""), ErrorKind::Protocol);
    assert_eq!(kind(r#"{"error":{"code":"insufficient_quota"}}"#), ErrorKind::Quota);
    for (text, kind) in [("/9j\\/", "image/jpeg"), ("data:image/png;base64,R0lGODlh", "image/gif"), ("AQ", "image/png")]
    {
        let image = decode_reply(format!(r#"{{"data":[{{"b64_json":"{text}"}}]}}"#).as_bytes()).unwrap();
        assert_eq!(image.mime_type, kind);
    }
}

proptest! {
    #[test]
    fn a_request_survives_the_client_and_the_server(
        prompt in any::<String>(), quality in prop::option::of("[a-z]{1,5}"), format in prop::option::of("png|jpeg|webp|svg"),
        images in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..3), user in prop::option::of(any::<String>()),
        boundaries in prop::collection::vec(0..5_u8, 0..4),
    ) {
        let mut request = ImageRequest::new(prompt);
        request.quality = quality.map(Into::into);
        request.mime_type = format.map(|format| if format == "svg" { "image/svg+xml".into() } else { format!("image/{format}").into() });
        if let Some(user) = user {
            request = request.with_extra("user", user);
        }
        for mut image in images {
            for number in &boundaries {
                image.extend(format!("\r\n--codex-ai-form-{number}").bytes());
            }
            request = request.with_input_image(Image::bytes(image, "image/png"));
        }
        prop_assert_eq!(through_the_wire(&request), request);
    }

    #[test]
    fn an_image_survives_the_server_and_the_client(bytes in prop::collection::vec(any::<u8>(), 1..60), svg: bool, words in prop::option::of(any::<String>())) {
        let mut image = GeneratedImage::new(bytes, if svg { "image/svg+xml" } else { "image/webp" });
        image.revised_prompt = words;
        image.usage = svg.then(|| Usage::new(3, 4));
        prop_assert_eq!(decode_reply(&encode_reply(&image, 1).unwrap()).unwrap(), image);
    }

    #[test]
    fn no_body_makes_the_codec_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "[-b\r\n:;\"= a-z]{0,60}") {
        for body in [&bytes[..], text.as_bytes()] {
            drop(decode_reply(body));
            for kind in ["application/json", "multipart/form-data; boundary=b", "multipart/form-data; boundary=-", text.as_str()] {
                drop(decode_request(kind, body));
            }
        }
    }
}
