//! Requests that official SDKs and a large library sent, read and written again: `body -> Request -> body` gives the same
//! JSON, but for what the normalisers of the formats list.

mod images;
mod normalise;
mod round_trip;

use std::process::ExitCode;

use codex_ai_tests::data::{Suite, suite};
use codex_ai_tests::exchange::{Format, endpoint, text};
use serde_json::Value;

const GOLDEN: &str = "wire/requests";
const RECORDED: &str = "cassettes";

const EXCEPTIONS: &[(&str, &str)] = &[];

fn main() -> ExitCode {
    suite("wire_requests", &[GOLDEN, RECORDED], EXCEPTIONS, |suite| {
        for folder in [GOLDEN, RECORDED] {
            for file in suite.files(folder, "json") {
                let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
                let name = format!("{folder}/{name}");
                let content = suite.json(&name);
                let (list, key) = if folder == GOLDEN { (&content["cases"], "case") } else { (&content, "name") };
                let Value::Array(list) = list else {
                    suite.case(&name, Err("holds no list of cases".to_owned()));
                    continue;
                };
                for case in list {
                    check(suite, &name, case, text(case, &format!("/{key}")));
                }
                suite.subtotal(&name);
            }
        }
    })
}

fn check(suite: &mut Suite, file: &str, case: &Value, name: &str) {
    let request = &case["request"];
    let (method, path) = (text(request, "/method"), text(request, "/path"));
    let endpoint = match endpoint(method, path) {
        Ok(endpoint) => endpoint,
        Err(reason) => return suite.skip(reason),
    };
    let body = &request["body"];
    let name = format!("{file} {name} {}", case["seq"]);
    let result = match endpoint.format {
        Format::Images if images::is_streamed(body) => match images::refused(body) {
            Ok(()) => return suite.skip("pictures are not streamed, and such a request is refused by that name"),
            wrong => wrong,
        },
        Format::ImageEdits => images::edits(&request["multipart"]),
        _ if body.is_null() => return suite.skip("the recording has no body"),
        _ if !body.is_object() => return suite.skip("the recording's body is no JSON"),
        _ => round_trip::check(&endpoint, body),
    };
    suite.case(&name, result);
}
