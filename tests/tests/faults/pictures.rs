//! Faults on the calls that make pictures.

use std::time::{Duration, Instant};

use codex_ai::testing::{Step, TestImages, WireServer};
use codex_ai::{BoxFuture, Error, ErrorKind, GenerateImage, GeneratedImage, ImageRequest, Provider, Result};

use crate::{IMPATIENT, KEY, LIMITS, Limits, PATIENCE, VENDORS, Vendor, visible};

/// A way to ask for a picture.
struct Way {
    name: &'static str,
    vendor: &'static str,
    ask: for<'a> fn(&'a dyn Provider, &'a ImageRequest) -> BoxFuture<'a, Result<GeneratedImage>>,
}

const WAYS: &[Way] = &[
    Way {
        name: "openai",
        vendor: "responses",
        ask: |provider, request| provider.images().unwrap().generate_image(request),
    },
    Way {
        name: "gemini",
        vendor: "gemini",
        ask: |provider, request| provider.images().unwrap().generate_image(request),
    },
    Way {
        name: "imagen",
        vendor: "gemini",
        ask: |provider, request| provider.imagen().unwrap().generate_imagen(request),
    },
];

impl Way {
    fn vendor(&self) -> Vendor {
        *VENDORS.iter().find(|vendor| vendor.name == self.vendor).unwrap()
    }

    async fn ask(&self, server: &WireServer, limits: Limits) -> Result<GeneratedImage, Error> {
        let provider = self.vendor().with(server, limits);
        let request = ImageRequest::new("a red fox");
        tokio::time::timeout(PATIENCE, (self.ask)(&*provider, &request)).await.expect("the call hangs")
    }
}

async fn picture() -> GeneratedImage {
    TestImages::default().generate_image(&ImageRequest::new("a red fox")).await.unwrap()
}

#[tokio::test]
async fn a_picture_comes_or_an_error_says_why_not() {
    use ErrorKind::*;
    let good = Step::image(picture().await);
    let failure = |kind| Step::failure(Error::new(kind, "words of the vendor"));
    let json = "application/json";
    let cases = [
        ("401", failure(Authentication), Authentication, LIMITS),
        ("404", failure(NotFound), NotFound, LIMITS),
        ("400", failure(InvalidRequest), InvalidRequest, LIMITS),
        ("429", failure(RateLimit), RateLimit, LIMITS),
        ("500", failure(Server), Server, LIMITS),
        ("a page", Step::bytes(200, "text/html", "<html>Sign in</html>"), Protocol, LIMITS),
        ("an error that is a page", Step::bytes(502, "text/html", "<html>502</html>"), Server, LIMITS),
        ("no JSON", Step::bytes(200, json, "I am sorry"), Protocol, LIMITS),
        ("bytes that are no text", Step::bytes(200, json, &b"\"\xff\xfe\""[..]), Protocol, LIMITS),
        ("a body that breaks off", good.clone().cut_in_half(), Incomplete, LIMITS),
        ("a body that breaks off, of no known length", good.clone().chunked().cut_in_half(), Incomplete, LIMITS),
        ("1 GiB", Step::huge(1 << 30), TooLarge, LIMITS),
        ("1 GiB of no known length", Step::huge(1 << 30).chunked(), TooLarge, LIMITS),
        ("a body that never ends", Step::endless(), TooLarge, LIMITS),
        ("silence", Step::never(), Timeout, IMPATIENT),
        ("a body that stops coming", good.clone().stall_in_half(), Timeout, IMPATIENT),
    ];
    let mut wrong = Vec::new();
    for way in WAYS {
        for step in [good.clone(), good.clone().in_pieces_of(1), good.clone().chunked()] {
            let server = WireServer::script([step]).unwrap();
            let image = way.ask(&server, LIMITS).await.unwrap();
            assert_eq!((image.mime_type.as_str(), &image.bytes), ("image/png", &picture().await.bytes), "{}", way.name);
        }
        for (name, step, kind, limits) in &cases {
            let server = WireServer::script([step.clone()]).unwrap();
            let begun = Instant::now();
            match way.ask(&server, *limits).await {
                Err(error) if error.kind() == *kind && !visible(&error).contains("canary") => {}
                other => wrong.push(format!("{}, {name}: expected {kind:?}, got {other:?}", way.name)),
            }
            let most = limits.bytes as u64 + (24 << 20);
            if server.bytes_sent() > most || begun.elapsed() > Duration::from_secs(5) || server.request_count() != 1 {
                wrong.push(format!("{}, {name}: {} bytes, {:?}", way.name, server.bytes_sent(), begun.elapsed()));
            }
            assert!(server.requests().iter().all(|request| request.has_key(KEY)), "{}", way.name);
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test]
async fn dropping_the_call_for_a_picture_closes_its_connection() {
    for way in WAYS {
        let server = WireServer::script([Step::never()]).unwrap();
        tokio::select! {
            result = way.ask(&server, LIMITS) => panic!("{result:?}"),
            () = async { while server.request_count() < 1 { tokio::task::yield_now().await } } => {}
        }
        crate::left(&server, 1).await;
    }
}
