//! Pictures in every format that has them.

use codex_ai::provider::Local;
use codex_ai::testing::{Step, TestImages, WireServer};
use codex_ai::{Error, ErrorKind, GenerateImage, GeneratedImage, ImageRequest, Reply};
use serde_json::{Value, json};

use crate::{FORMATS, exchange, local};

#[test]
fn pictures_come_in_every_format_that_has_them() {
    use base64_of_test::decode;
    let server = local();
    let key = FORMATS[0].key;
    let google = FORMATS[3].key;
    let ask = |path: &str, headers: &[&str], body: &[u8], place: &str| {
        let answer = exchange(&server, "POST", path, headers, body);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        let value = answer.json();
        let data = value.pointer(place).and_then(Value::as_str).unwrap_or_else(|| panic!("{value}"));
        let png = decode(data);
        assert!(png.starts_with(b"\x89PNG\r\n\x1a\n") && png.ends_with(b"IEND\xaeB`\x82"), "{path}");
        png
    };
    let generation = |prompt: &str| {
        let body = json!({ "model": "gpt-image-2", "prompt": prompt, "size": "1024x1024" }).to_string();
        ask("/v1/images/generations", &[key, "Content-Type: application/json"], body.as_bytes(), "/data/0/b64_json")
    };
    let fox = generation("a red fox");
    assert_eq!(fox, generation("a red fox"));
    assert_ne!(fox, generation("a blue fox"));

    let mut form = b"--b\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\na red fox\r\n".to_vec();
    form.extend(b"--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\ngpt-image-2\r\n");
    form.extend(
        b"--b\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n",
    );
    form.extend(&fox);
    form.extend(b"\r\n--b--\r\n");
    let multipart = "Content-Type: multipart/form-data; boundary=b";
    assert_eq!(ask("/v1/images/edits", &[key, multipart], &form, "/data/0/b64_json"), fox);
    let none = exchange(&server, "POST", "/v1/images/edits", &[key, multipart], b"--b--\r\n");
    assert_eq!(none.status, 400, "{}", none.text());

    let body = json!({ "instances": [{ "prompt": "a red fox" }], "parameters": { "sampleCount": 1 } }).to_string();
    for path in ["/v1beta/models/imagen-4:predict", "/v1beta1/publishers/google/models/imagen-4:predict"] {
        assert_eq!(ask(path, &[google], body.as_bytes(), "/predictions/0/bytesBase64Encoded"), fox);
    }
    let contents = json!([{ "role": "user", "parts": [{ "text": "a red fox" }] }]);
    let body = json!({ "contents": contents, "generationConfig": { "responseModalities": ["IMAGE"] } }).to_string();
    let place = "/candidates/0/content/parts/0/inlineData/data";
    assert_eq!(ask("/v1beta/models/gemini-3-pro-image:generateContent", &[google], body.as_bytes(), place), fox);

    // A provider without pictures says so; a script gives the one that it has.
    let server = WireServer::new(Local::quiet()).unwrap();
    let answer = exchange(&server, "POST", "/v1/images/generations", &[key], b"{\"model\":\"m\",\"prompt\":\"x\"}");
    assert!(answer.status == 400 && answer.text().contains("makes no pictures"), "{}", answer.text());
    let gif = || GeneratedImage::new(&b"GIF89a"[..], "image/gif");
    let steps = [
        Step::image(gif()),
        Step::reply(Reply::from_text("m", "x")),
        Step::failure(Error::new(ErrorKind::Filtered, "not that")),
    ];
    let server = WireServer::script(steps).unwrap();
    let next = || exchange(&server, "POST", "/v1/images/generations", &[key], b"{\"model\":\"m\",\"prompt\":\"x\"}");
    assert_eq!(decode(next().json()["data"][0]["b64_json"].as_str().unwrap()), b"GIF89a");
    assert!(next().text().contains("a picture was asked for"));
    assert_eq!(next().status, 400);
}

/// Base64 without a crate for it.
mod base64_of_test {
    pub(super) fn decode(text: &str) -> Vec<u8> {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let digits: Vec<u32> = text
            .bytes()
            .filter(|byte| *byte != b'=')
            .map(|byte| LETTERS.iter().position(|letter| *letter == byte).unwrap() as u32)
            .collect();
        let bytes = digits.chunks(4).flat_map(|four| {
            let bits = four.iter().fold(0, |bits, digit| bits << 6 | digit) << (6 * (4 - four.len()));
            bits.to_be_bytes()[1..four.len()].to_vec()
        });
        bytes.collect()
    }
}

#[tokio::test]
async fn a_picture_of_nothing_is_refused() {
    let error = TestImages::default().generate_image(&ImageRequest::new(" ")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
}
