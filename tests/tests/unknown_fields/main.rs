//! What vendors have not thought of yet, put into what was recorded: a field more in some object, a part of a new sort. Of
//! a request it comes back or is refused by its name; of an answer what is known is read as before. Nothing is lost silently.

mod answers;
#[path = "../cassettes/case.rs"]
#[allow(dead_code, reason = "not all of the other suite is needed")]
mod case;
#[path = "../cassettes/compare.rs"]
#[allow(dead_code, reason = "not all of the other suite is needed")]
mod compare;
#[path = "../cassettes/expect/mod.rs"]
#[allow(dead_code, reason = "not all of the other suite is needed")]
mod expect;
#[path = "../wire_requests/images.rs"]
#[allow(dead_code, reason = "not all of the other suite is needed")]
mod images;
#[path = "../cassettes/laws.rs"]
mod laws;
#[path = "../wire_requests/normalise/mod.rs"]
mod normalise;
mod requests;
#[path = "../wire_requests/round_trip.rs"]
mod round_trip;
#[path = "../cassettes/sse.rs"]
mod sse;

use std::process::ExitCode;

use codex_ai_tests::data::{Suite, suite};
use codex_ai_tests::exchange::{endpoint, text};
use serde_json::Value;

use answers::Strange;
use case::Case;
use requests::Unknown;

const GOLDEN: &str = "wire/requests";
const RECORDED: &str = "cassettes";

const EXCEPTIONS: &[(&str, &str)] = &[(
    "request, `.instances[]`",
    "an instance of Imagen has its `prompt` and, in calls that are not made here, pictures: what else is in it is refused",
)];

fn main() -> ExitCode {
    suite("unknown_fields", &[GOLDEN, RECORDED], EXCEPTIONS, |suite| {
        let (mut unknown, mut strange) = (Unknown::default(), Strange::default());
        for folder in [GOLDEN, RECORDED] {
            for file in suite.files(folder, "json") {
                let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
                let name = format!("{folder}/{name}");
                let content = suite.json(&name);
                let (list, key) = if folder == GOLDEN { (&content["cases"], "case") } else { (&content, "name") };
                for case in list.as_array().into_iter().flatten() {
                    let name = format!("{name} {} {}", text(case, &format!("/{key}")), case["seq"]);
                    request(suite, &mut unknown, &case["request"], &name);
                    answer(suite, &mut strange, case, &name);
                }
                suite.subtotal(&name);
            }
        }
    })
}

/// A request that does not come back as it is belongs to the suite `wire_requests`.
fn request(suite: &mut Suite, unknown: &mut Unknown, request: &Value, name: &str) {
    let Ok(endpoint) = endpoint(text(request, "/method"), text(request, "/path")) else { return };
    let body = &request["body"];
    if !body.is_object() || round_trip::check(&endpoint, body).is_err() {
        return;
    }
    for (place, result) in unknown.check(&endpoint, body) {
        suite.case(&format!("request, `{place}`, {name}"), result);
    }
}

/// An answer that is not read as it should be belongs to the suite `cassettes`.
fn answer(suite: &mut Suite, strange: &mut Strange, exchange: &Value, name: &str) {
    let Ok(case) = Case::read(exchange, name) else { return };
    let Ok(expected) = expect::outcome(&case) else { return };
    if compare::codec(&case, &expected).and_then(|()| laws::check(&case, &expected)).is_err() {
        return;
    }
    for (place, result) in strange.check(&case) {
        suite.case(&format!("answer, `{place}`, {name}"), result);
    }
}
