//! Providers behind the server, the built-in one and its stream, and the faults by the name of a model.

use std::collections::HashSet;

use codex_ai::provider::Local;
use codex_ai::testing::{SCENARIOS, Scripted, WireServer};
use codex_ai::{Chunk, Error, ErrorKind, Message, Options, Output, Part, Provider, Reply, Request, Schema};
use serde_json::json;

use crate::{FORMATS, local};

#[test]
fn every_scenario_is_what_its_name_says() {
    let server = local();
    for format in &FORMATS {
        for stream in [false, true] {
            let ask = |name: &str| format.ask(&server, name, stream);
            for (name, status) in [
                ("scenario-401", 401),
                ("scenario-403", 403),
                ("scenario-404", 404),
                ("scenario-429-then-ok", 429),
                ("scenario-429-then-ok", 200),
                ("scenario-500", 500),
                ("scenario-html", 502),
                ("scenario-slow-tokens", 200),
                ("scenario-bytes", 200),
                ("scenario-wrong-type", 200),
                ("scenario-length", 200),
                ("scenario-empty", 200),
                ("scenario-invalid-json", 200),
                ("scenario-wrong-json", 200),
                ("scenario-tool-call", 200),
                ("scenario-error-event", if stream { 200 } else { 500 }),
                ("scenario-of-nobody", 404),
            ] {
                let answer = ask(name);
                assert_eq!(answer.status, status, "{} {name} {stream}: {}", format.name, answer.text());
                assert!(answer.is_whole, "{} {name}", format.name);
            }
            assert!(matches!(ask("scenario-529").status, 503 | 529));
            assert!(matches!(ask("scenario-quota").status, 402 | 403 | 429));
            assert!(!ask("scenario-cut").is_whole, "{}", format.name);
            assert!(std::str::from_utf8(&ask("scenario-invalid-utf8").body).is_err(), "{}", format.name);
            assert_eq!(ask("scenario-wrong-type").header("content-type"), Some("text/html; charset=utf-8"));
            let no_end = ask("scenario-no-end");
            let with_end = ask("scenario-bytes").body.len();
            let missing = with_end - no_end.body.len();
            assert!(no_end.is_whole && if stream { missing > 20 } else { missing < 5 }, "{} {missing}", format.name);
        }
    }
    let names: HashSet<_> = SCENARIOS.iter().map(|(name, _)| *name).collect();
    assert_eq!(names.len(), SCENARIOS.len());
    assert!(names.iter().all(|name| name.starts_with("scenario-")));
}

#[tokio::test]
async fn the_built_in_provider_streams_what_it_answers() {
    let text = "Rain fell all night.\n\n  Two roads  are closed, says Anna M\u{fc}ller. 東京では橋が月曜日に開通しましたと市長が述べました。";
    let schema = json!({ "type": "object", "properties": { "who": { "type": "string" }, "all": { "type": "array", "items": { "type": "string" } } }, "required": ["who", "all"] });
    let schema = Output::Schema(std::sync::Arc::new(Schema::new("S", schema).unwrap()));
    for output in [Output::Text, Output::Json, schema] {
        for limit in [None, Some(3)] {
            let mut options = Options::new();
            options.max_tokens = limit;
            let request = Request::new(vec![Message::user(text)]).with_output(output.clone()).with_options(options);
            let whole = Local::quiet().generate(&request).await.unwrap();
            let mut stream = Local::quiet().stream(&request).await.unwrap();
            let (mut pieces, mut finish) = (Vec::new(), None);
            while let Some(chunk) = stream.next().await {
                match chunk.unwrap() {
                    Chunk::Text(piece) => pieces.push(piece),
                    Chunk::Finish { reason, .. } => finish = Some(reason),
                    other => panic!("{other:?}"),
                }
            }
            assert_eq!(pieces.concat(), whole.text());
            assert!(pieces.iter().all(|piece| (1..=16).contains(&piece.chars().count())), "{pieces:?}");
            assert!(limit.is_some() || pieces.len() > 3, "{pieces:?}");
            assert_eq!(finish.as_ref(), Some(&whole.finish_reason));
            assert_eq!(stream.finish().await.unwrap(), whole);
        }
    }
    let picture =
        Message::new(codex_ai::Role::User, vec![Part::Image(codex_ai::Image::url("https://example.com/a.png"))]);
    let error = Local::quiet().stream(&Request::new(vec![picture])).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[tokio::test]
async fn a_provider_behind_the_server_may_fail_on_the_way() {
    let errors = || [Err(Error::new(ErrorKind::Quota, "no credit")), Ok(Reply::from_text("m", "fine"))];
    for format in &FORMATS {
        for stream in [false, true] {
            let server = WireServer::new(Scripted::new(errors())).unwrap();
            let failed = format.ask(&server, "m", stream);
            assert!(matches!(failed.status, 402 | 403 | 429), "{}: {}", format.name, failed.status);
            assert!(failed.text().contains("no credit"), "{}", failed.text());
            assert!(format.ask(&server, "m", stream).text().contains("fine"), "{}", format.name);
        }
    }
}
