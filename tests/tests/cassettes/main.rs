//! Answers that real vendors gave, served by a raw socket and read by the real providers: what comes out is what plain
//! walks through the recorded JSON find, whole and in pieces, and writing it again loses nothing.

mod ask;
mod case;
mod compare;
mod expect;
mod laws;
mod prefix;
mod serve;
mod sse;

use std::process::ExitCode;

use codex_ai_tests::data::{Suite, suite};
use codex_ai_tests::exchange::text;
use serde_json::Value;

use ask::Asker;
use case::Case;

const FOLDER: &str = "cassettes";

const EXCEPTIONS: &[(&str, &str)] = &[];

fn main() -> ExitCode {
    suite("cassettes", &[FOLDER], EXCEPTIONS, |suite| {
        let asker = match Asker::new() {
            Ok(asker) => asker,
            Err(error) => return suite.case("start", Err(error)),
        };
        for file in suite.files(FOLDER, "json") {
            let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let name = format!("{FOLDER}/{name}");
            let content = suite.json(&name);
            let Value::Array(list) = content else {
                suite.case(&name, Err("is no list of exchanges".to_owned()));
                continue;
            };
            for exchange in &list {
                check(suite, &asker, &name, exchange);
            }
            suite.subtotal(&name);
        }
    })
}

/// One exchange; the first thing that is wrong with it is told.
fn check(suite: &mut Suite, asker: &Asker, file: &str, exchange: &Value) {
    let name = format!("{file} {} {}", text(exchange, "/name"), exchange["seq"]);
    let case = match Case::read(exchange, &name) {
        Ok(case) => case,
        Err(reason) => return suite.skip(reason),
    };
    let expected = match expect::outcome(&case) {
        Ok(expected) => expected,
        Err(wrong) => return suite.case(&name, Err(format!("the recording cannot be understood: {wrong}"))),
    };
    let result = compare::codec(&case, &expected)
        .and_then(|()| laws::check(&case, &expected))
        .and_then(|()| prefix::check(&case))
        .and_then(|()| asker.check(&case, &expected));
    suite.case(&name, result);
}
