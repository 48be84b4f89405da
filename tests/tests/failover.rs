//! Which route is asked, for which model, and what the error tells when none answers.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::time::Duration;

use codex_ai::layer::{Failover, Retry};
use codex_ai::provider::openai::OpenAi;
use codex_ai::testing::{Answer, Scripted, Step, WireServer};
use codex_ai::{
    AnyProvider, BoxFuture, Dispatcher, Error, ErrorKind, GenerateImage, GeneratedImage, ImageRequest, Message,
    Options, Provider, Reply, Request, Result,
};
use tokio::time::Instant;

fn hi() -> Request {
    Request::new(vec![Message::user("Hi")])
}

fn asking(model: &'static str) -> Request {
    hi().with_options(Options::new().with_model(model))
}

fn ok(text: &str) -> Result<Reply> {
    Ok(Reply::from_text("m", text))
}

fn fails(kind: ErrorKind) -> Result<Reply> {
    Err(Error::new(kind, "no"))
}

const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// The models that a provider was asked for; an empty one is its own default.
fn models(script: &Scripted) -> Vec<String> {
    script.requests().into_iter().map(|request| request.options.model.unwrap_or_default().into_owned()).collect()
}

#[tokio::test]
async fn every_kind_of_failure_moves_on_or_stops() {
    use ErrorKind::*;
    let on = [
        Connect,
        Timeout,
        RateLimit,
        Quota,
        Server,
        Incomplete,
        Protocol,
        Authentication,
        Permission,
        NotFound,
        Config,
        Unsupported,
        Schema,
        Other,
    ];
    let stop = [
        InvalidRequest,
        InvalidArguments,
        UnknownPrompt,
        Registry,
        Prompt,
        Blocking,
        Refused,
        Filtered,
        Truncated,
        Empty,
        InvalidOutput,
        TooLarge,
    ];
    for (kinds, moves) in [(&on[..], true), (&stop[..], false)] {
        for &kind in kinds {
            let second = Scripted::new([ok("second"), ok("second")]).named("b");
            let first = Scripted::new([fails(kind), fails(kind)]).named("a");
            let chain = Failover::builder().route(first).route(second.clone()).build().unwrap();
            let whole = chain.generate(&hi()).await;
            let streamed = match chain.stream(&hi()).await {
                Ok(stream) => stream.finish().await,
                Err(error) => Err(error),
            };
            for result in [whole, streamed] {
                match result {
                    Ok(reply) => assert_eq!((moves, reply.attempts), (true, 2), "{kind:?}"),
                    Err(error) => {
                        assert_eq!((moves, error.kind(), error.route()), (false, kind, Some("a")));
                        assert!(error.attempts().is_empty());
                    }
                }
            }
            assert_eq!(second.left(), if moves { 0 } else { 2 }, "{kind:?}");
        }
    }
    // The vendor's own word for it: 409 may pass.
    let conflict = Err(Error::new(InvalidRequest, "conflict").with_should_retry(true));
    let chain = Failover::builder().route(Scripted::new([conflict])).route(Scripted::new([ok("b")])).build().unwrap();
    assert_eq!(chain.generate(&hi()).await.unwrap().text(), "b");
}

#[tokio::test]
async fn each_route_is_asked_for_its_own_model() {
    let down = |name| Scripted::new((0..9).map(|_| fails(ErrorKind::Unsupported))).named(name);
    for (asked, first, then) in [
        // Nothing is asked for: their own, and the provider's default.
        (None, [("a", "a-1"), ("b", "")], ("b", "b-2")),
        // A provider's name is the route, tried first.
        (Some("b/other"), [("b", "b/other"), ("a", "a-1")], ("b", "b-2")),
        // So is a model that only one route has.
        (Some("b-2"), [("b", "b-2"), ("a", "a-1")], ("b", "")),
        (Some("b/b-2"), [("b", "b/b-2"), ("a", "a-1")], ("b", "")),
        // Every other name is the first route's, and of no other.
        (Some("gpt-9"), [("a", "gpt-9"), ("b", "")], ("b", "b-2")),
        (Some("meta/llama"), [("a", "meta/llama"), ("b", "")], ("b", "b-2")),
    ] {
        let (a, b) = (down("a"), down("b"));
        let chain = Failover::builder()
            .route_with_model(a.clone(), "a-1")
            .route(b.clone())
            .route_with_model(b.clone(), "b-2")
            .build()
            .unwrap();
        let request = asked.map_or_else(hi, asking);
        let error = chain.generate(&request).await.unwrap_err();
        let order: Vec<&str> = error.attempts().iter().map(|attempt| attempt.route.as_str()).collect();
        let named = |(provider, model): (&str, &str)| match model {
            "" => provider.to_owned(),
            model if model.starts_with(&format!("{provider}/")) => model.to_owned(),
            model => format!("{provider}/{model}"),
        };
        // The model is the route's own wherever the call did not choose that route.
        assert_eq!(order.len(), 3, "{error}");
        assert_eq!(order[0], named(first[0]), "{asked:?}");
        assert!(order.contains(&named(first[1]).as_str()) && order.contains(&named(then).as_str()), "{order:?}");
        assert_eq!(models(&a).len() + models(&b).len(), 3);
    }
}

#[tokio::test]
async fn the_error_lists_every_attempt_and_is_the_most_telling_one() {
    let a = Err(Error::new(ErrorKind::RateLimit, "slow down").with_status(429).with_request_id("req_a"));
    let b = Err(Error::new(ErrorKind::Authentication, "bad key").with_request_id("req_b"));
    let chain = Failover::builder()
        .route_with_model(Scripted::new([a]).named("openai"), "gpt")
        .route_with_model(Scripted::new([b]).named("anthropic"), "claude")
        .build()
        .unwrap();
    let error = chain.generate(&hi()).await.unwrap_err();
    // The one that may pass by itself, so that a retry around the chain makes sense.
    assert_eq!((error.kind(), error.route()), (ErrorKind::RateLimit, Some("openai/gpt")));
    let text = error.to_string();
    for part in ["`openai/gpt`, RateLimit", "req_a", "`anthropic/claude`, Authentication", "bad key", "req_b"] {
        assert!(text.contains(part), "no {part} in {text}");
    }
}

#[tokio::test(start_paused = true)]
async fn retries_inside_of_a_chain_count_too() {
    let a = Retry::new(Scripted::new((0..3).map(|_| fails(ErrorKind::Server))).named("a"));
    let chain = Failover::builder().route(a).route(Scripted::new([ok("b")]).named("b")).build().unwrap();
    assert_eq!(chain.generate(&hi()).await.unwrap().attempts, 4);
}

#[tokio::test(start_paused = true)]
async fn a_route_rests_after_three_failures_and_a_probe_brings_it_back() {
    let a = Scripted::new((0..4).map(|_| fails(ErrorKind::Server)).chain([ok("a"), ok("a")])).named("a");
    let b = Scripted::texts(vec!["b"; 20]).named("b");
    let chain = Failover::builder().route(a.clone()).route(b).rest_after(3, secs(30)).build().unwrap();
    let ask = async || chain.generate(&hi()).await.unwrap().text().into_owned();
    for _ in 0..5 {
        assert_eq!(ask().await, "b");
    }
    assert_eq!(a.requests().len(), 3, "it rests");
    tokio::time::sleep(secs(29)).await;
    ask().await;
    assert_eq!(a.requests().len(), 3);
    tokio::time::sleep(secs(1)).await;
    // The probe fails, and it rests again at once.
    assert_eq!((ask().await, ask().await), ("b".to_owned(), "b".to_owned()));
    assert_eq!(a.requests().len(), 4);
    tokio::time::sleep(secs(30)).await;
    assert_eq!((ask().await, ask().await), ("a".to_owned(), "a".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn one_probe_at_a_time_and_one_that_is_given_up_frees_its_place() {
    let slow = Answer::from(ok("a")).after(secs(5));
    let answers = (0..3).map(|_| Answer::from(fails(ErrorKind::Server))).chain([Answer::never(), slow]);
    let a = Scripted::answers(answers).named("a");
    let b = Scripted::texts(vec!["b"; 20]).named("b");
    let chain = Failover::builder().route(a.clone()).route(b).build().unwrap();
    for _ in 0..3 {
        chain.generate(&hi()).await.unwrap();
    }
    tokio::time::sleep(secs(30)).await;
    let request = hi();
    assert!(tokio::time::timeout(secs(1), chain.generate(&request)).await.is_err());
    let probe = chain.generate(&request);
    let other = async {
        tokio::time::sleep(secs(1)).await;
        chain.generate(&request).await
    };
    let (probe, other) = tokio::join!(probe, other);
    assert_eq!((probe.unwrap().text().into_owned(), other.unwrap().text().into_owned()), ("a".into(), "b".into()));
    assert_eq!(a.requests().len(), 5);
}

#[tokio::test(start_paused = true)]
async fn the_vendors_time_is_a_rest_and_where_all_rest_the_least_bad_is_asked() {
    let limited = |seconds| {
        (0..9).map(move |_| Err(Error::new(ErrorKind::RateLimit, "slow down").with_retry_after(secs(seconds))))
    };
    let (a, b) = (Scripted::new(limited(100)).named("a"), Scripted::new(limited(50)).named("b"));
    let chain = Failover::builder().route(a.clone()).route(b.clone()).build().unwrap();
    for _ in 0..3 {
        chain.generate(&hi()).await.unwrap_err();
    }
    assert_eq!((a.requests().len(), b.requests().len()), (3, 3));
    let error = chain.generate(&hi()).await.unwrap_err();
    assert_eq!((error.route(), a.requests().len(), b.requests().len()), (Some("b"), 3, 4));
    tokio::time::sleep(secs(100)).await;
    chain.generate(&hi()).await.unwrap_err();
    assert_eq!((a.requests().len(), b.requests().len()), (4, 5));
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_does_not_begin_moves_on_and_one_that_has_begun_does_not() {
    let a = Scripted::answers([Answer::never(), Answer::pieces(["a"]).stalling()]).named("a");
    let cut = Err(Error::new(ErrorKind::Incomplete, "cut"));
    let b = Scripted::answers([Answer::pieces(["b"]), Answer::pieces(["b"]).ending(cut)]).named("b");
    let chain = Failover::builder().route(a).route(b.clone()).first_token_timeout(secs(5)).build().unwrap();
    let start = Instant::now();
    let reply = chain.stream(&hi()).await.unwrap().finish().await.unwrap();
    assert_eq!((reply.text().as_ref(), reply.attempts, start.elapsed().as_secs()), ("b", 2, 5));

    let mut stream = chain.stream(&hi()).await.unwrap();
    assert_eq!(stream.next().await.unwrap().unwrap().as_text(), Some("a"));
    assert!(tokio::time::timeout(secs(600), stream.next()).await.is_err(), "its silence is its own");
    assert_eq!(b.left(), 1);

    let mut stream = chain.stream(&asking("b/m")).await.unwrap();
    stream.next().await.unwrap().unwrap();
    assert_eq!(stream.next().await.unwrap().unwrap_err().kind(), ErrorKind::Incomplete);
}

#[tokio::test(start_paused = true)]
async fn a_slow_stream_is_hedged_where_that_is_asked_for() {
    let pieces = |text, wait| Answer::pieces([text]).after(secs(wait));
    let routes = |a: Answer, b: Answer| (Scripted::answers([a]).named("a"), Scripted::answers([b]).named("b"));
    for (first, second, hedge, text, seconds, asked) in [
        (10, 1, Some(3), "b", 4, 1),
        (5, 60, Some(3), "a", 5, 1),
        (2, 1, Some(3), "a", 2, 0),
        (10, 1, None, "a", 10, 0),
    ] {
        let (a, b) = routes(pieces("a", first), pieces("b", second));
        let mut builder = Failover::builder().route(a).route(b.clone());
        if let Some(hedge) = hedge {
            builder = builder.hedge_after(secs(hedge));
        }
        let start = Instant::now();
        let reply = builder.build().unwrap().stream(&hi()).await.unwrap().finish().await.unwrap();
        assert_eq!((reply.text().as_ref(), start.elapsed().as_secs(), b.requests().len()), (text, seconds, asked));
    }
    // The second one fails while the first goes on.
    let (a, b) = routes(pieces("a", 10), Answer::from(fails(ErrorKind::Server)));
    let chain = Failover::builder().route(a).route(b).hedge_after(secs(3)).build().unwrap();
    let reply = chain.stream(&hi()).await.unwrap().finish().await.unwrap();
    assert_eq!((reply.text().as_ref(), reply.attempts), ("a", 2));
    // It fails in a way that moves on to nobody: the first is not given up for that, and no third is asked.
    for (first, text) in [(pieces("a", 10), Some("a")), (Answer::from(fails(ErrorKind::Server)).after(secs(10)), None)]
    {
        let (a, b) = routes(first, Answer::from(fails(ErrorKind::InvalidRequest)));
        let c = Scripted::texts(["c"]).named("c");
        let chain = Failover::builder().route(a).route(b).route(c.clone()).hedge_after(secs(3)).build().unwrap();
        let answer = match chain.stream(&hi()).await {
            Ok(stream) => stream.finish().await,
            Err(error) => Err(error),
        };
        assert_eq!(c.left(), 1);
        match text {
            Some(text) => assert_eq!(answer.unwrap().text(), text),
            None => assert_eq!(answer.unwrap_err().kind(), ErrorKind::InvalidRequest),
        }
    }
}

#[tokio::test]
async fn over_sockets_a_bad_key_moves_on() {
    let bad = WireServer::script([Step::error(401, "invalid_api_key", "no such key")]).unwrap();
    let good = WireServer::script([Step::reply(Reply::from_text("m", "ok"))]).unwrap();
    let openai = |server: &WireServer| OpenAi::builder().key("sk-test-0123456789").base_url(server.url()).build();
    // Two keys of one vendor are two routes.
    let chain = Failover::builder().route(openai(&bad).unwrap()).route(openai(&good).unwrap()).build().unwrap();
    let reply = chain.generate(&hi()).await.unwrap();
    assert_eq!((reply.text().as_ref(), reply.attempts, bad.request_count()), ("ok", 2, 1));
}

#[test]
fn what_is_wrong_with_a_chain_is_told_when_it_is_built() {
    let any = |name| AnyProvider::new(Scripted::texts(["x"]).named(name));
    let error = Failover::dynamic([]).build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(Failover::builder().build().is_err());

    let error = Failover::dynamic([any("a"), any("b"), any("a")]).build().unwrap_err();
    assert!(error.to_string().contains("`a` twice"), "{error}");
    let chain = Failover::dynamic([any("a")]).and(any("a"), "m").and(any("a"), "n").build().unwrap();
    assert_eq!(format!("{chain:?}"), r#"Failover(["a", "a/m", "a/n"])"#);

    let error = Failover::dynamic([any("a")]).require_images().build().unwrap_err();
    assert!(error.to_string().contains("`a` does not support image generation"), "{error}");
    assert!(Failover::dynamic([any("a")]).require_imagen().build().is_err());
    assert!(Failover::builder().route(Painter("p", true)).require_images().build().is_ok());
}

/// Makes images, or fails to; its name is what it makes them of.
struct Painter(&'static str, bool);

impl Provider for Painter {
    fn name(&self) -> &str {
        self.0
    }

    fn generate<'a>(&'a self, _: &'a Request) -> BoxFuture<'a, Result<Reply>> {
        Box::pin(async { ok("text") })
    }

    fn images(&self) -> Option<&dyn GenerateImage> {
        Some(self)
    }
}

impl GenerateImage for Painter {
    fn generate_image<'a>(&'a self, request: &'a ImageRequest) -> BoxFuture<'a, Result<GeneratedImage>> {
        Box::pin(async move {
            let model = request.model.as_deref().unwrap_or("default");
            match self.1 {
                true => Ok(GeneratedImage::new(format!("{} {model}", self.0), "image/png")),
                false => Err(Error::new(ErrorKind::Server, "no")),
            }
        })
    }
}

#[tokio::test]
async fn images_fail_over_and_take_no_model_for_text() {
    let chain = || Failover::builder().route_with_model(Painter("a", false), "text-1").route(Painter("b", true));
    let dispatcher = Dispatcher::new(chain().build().unwrap()).unwrap();
    let image =
        |model: Option<&'static str>| model.map_or(ImageRequest::new("x"), |m| ImageRequest::new("x").with_model(m));
    assert_eq!(dispatcher.generate_image(image(None)).await.unwrap().bytes, "b default");
    assert_eq!(dispatcher.generate_image(image(Some("b/big"))).await.unwrap().bytes, "b b/big");

    // Known at run time alone: routes without images are passed over.
    let any = [AnyProvider::new(Scripted::texts(["x"])), AnyProvider::new(Painter("b", true))];
    let dynamic = AnyProvider::new(Failover::dynamic(any).build().unwrap());
    assert_eq!(dynamic.generate_image(&image(None)).await.unwrap().bytes, "b default");
    let none = AnyProvider::new(Failover::dynamic([AnyProvider::new(Scripted::texts(["x"]))]).build().unwrap());
    assert_eq!(none.generate_image(&image(None)).await.unwrap_err().kind(), ErrorKind::Unsupported);
}
