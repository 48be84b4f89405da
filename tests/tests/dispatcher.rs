//! The dispatcher: options, replies, errors, images, many calls at once, cancelled calls.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use codex_ai::testing::{Scripted, Step, WireServer};
use codex_ai::{
    AnyProvider, BoxFuture, Dispatcher, Error, ErrorKind, FinishReason, GenerateImage, GenerateImagen, GeneratedImage,
    ImageRequest, LlmSchema, Message, Options, Output, Prompt, Provider, Reply, Request, Result, StructuredOutput,
    Usage, prompt,
};
use serde_json::json;

#[derive(Debug, PartialEq, serde::Deserialize, LlmSchema)]
struct Rating {
    stars: u8,
}

#[prompt]
async fn greet(name: &str) -> String {
    format!("Greet {name}.")
}

#[prompt]
async fn rate(text: String) -> Prompt<Rating> {
    Prompt::new().system("Be fair.").user(text)
}

// Options.

/// Sets what it is told to.
#[prompt(json = false)]
async fn without_keys(options: Options) -> Prompt {
    Prompt::new().user("x").options(options)
}

#[prompt(json = false, model = "key", temperature = 0.0, max_tokens = 30)]
async fn with_keys(options: Options) -> Prompt {
    Prompt::new().user("x").options(options)
}

/// What the provider gets when these places set options; the numbers say who has set what.
async fn sent(call: Option<Options>, prompt: Options, keys: bool, defaults: Options) -> Options {
    let provider = Scripted::texts(["x"]);
    let mut dispatcher = Dispatcher::builder(provider.clone()).options(defaults).build().unwrap();
    if let Some(call) = call {
        dispatcher = dispatcher.with_options(call);
    }
    if keys {
        dispatcher.call::<WithKeys>(WithKeysArgs { options: prompt }).await.unwrap();
    } else {
        dispatcher.call::<WithoutKeys>(WithoutKeysArgs { options: prompt }).await.unwrap();
    }
    provider.requests().remove(0).options
}

#[tokio::test]
async fn the_strongest_place_that_sets_an_option_decides() {
    // Every subset of the four places.
    for places in 0..16_u8 {
        let [call, value, keys, defaults] = [1, 2, 4, 8].map(|bit| places & bit != 0);
        let options = |set: bool, name: &'static str, number: u32| {
            let options = Options::new();
            if !set {
                return options;
            }
            // The key is 0.0, which is a temperature like any other.
            options.with_model(name).with_temperature(f64::from(number) / 10.0).with_max_tokens(number)
        };
        let got = sent(
            call.then(|| options(true, "call", 10)),
            options(value, "value", 20),
            keys,
            options(defaults, "default", 40),
        )
        .await;
        let wanted = match (call, value, keys, defaults) {
            (true, ..) => (Some("call"), Some(1.0), Some(10)),
            (_, true, ..) => (Some("value"), Some(2.0), Some(20)),
            (_, _, true, _) => (Some("key"), Some(0.0), Some(30)),
            (_, _, _, true) => (Some("default"), Some(4.0), Some(40)),
            _ => (None, None, None),
        };
        assert_eq!((got.model.as_deref(), got.temperature, got.max_tokens), wanted, "{places:04b}");
    }
}

#[tokio::test]
async fn a_temperature_of_zero_goes_before_all_weaker_ones() {
    let warm = || Options::new().with_temperature(1.0);
    let cold = || Options::new().with_temperature(0.0);
    assert_eq!(sent(Some(cold()), warm(), false, warm()).await.temperature, Some(0.0));
    assert_eq!(sent(None, cold(), false, warm()).await.temperature, Some(0.0));
    assert_eq!(sent(None, Options::new(), true, warm()).await.temperature, Some(0.0));
    assert_eq!(sent(None, Options::new(), false, cold()).await.temperature, Some(0.0));
}

#[tokio::test]
async fn options_are_taken_one_by_one() {
    let call = Options::new().with_top_p(0.1).with_extra("a", 1).with_extra("b", 1);
    let value = Options::new().with_top_p(0.2).with_reasoning_effort("low").with_extra("b", 2).with_extra("c", 2);
    let defaults = Options::new().with_reasoning_effort("high").with_model("m").with_extra("c", 3).with_extra("d", 3);
    let got = sent(Some(call), value, false, defaults).await;
    assert_eq!(got.top_p, Some(0.1));
    assert_eq!(got.reasoning_effort.as_deref(), Some("low"));
    assert_eq!(got.model.as_deref(), Some("m"));
    assert_eq!(json!(got.extra), json!({ "a": 1, "b": 1, "c": 2, "d": 3 }));
}

#[tokio::test]
async fn options_hold_for_calls_by_name_and_without_a_prompt_too() {
    let provider = Scripted::texts(["x", "x", "3"]);
    let dispatcher = Dispatcher::new(provider.clone()).unwrap().with_options(Options::new().with_temperature(0.0));
    dispatcher.process("greet", json!({ "name": "Ada" })).await.unwrap();
    dispatcher.generate_text("x").await.unwrap();
    dispatcher.generate_json::<u8>(Prompt::<u8>::new().user("x").temperature(1.0)).await.unwrap();
    assert!(provider.requests().iter().all(|request| request.options.temperature == Some(0.0)));
}

#[tokio::test]
async fn with_options_adds_to_what_was_set_before() {
    let provider = Scripted::texts(["x"; 3]);
    let plain = Dispatcher::new(provider.clone()).unwrap();
    let one = plain.with_options(Options::new().with_temperature(0.5).with_max_tokens(5));
    let two = one.with_options(Options::new().with_temperature(0.0).with_model("m"));
    for dispatcher in [&plain, &one, &two] {
        dispatcher.generate_text("x").await.unwrap();
    }
    let options: Vec<Options> = provider.requests().into_iter().map(|request| request.options).collect();
    assert_eq!(options[0], Options::new());
    assert_eq!(options[1], Options::new().with_temperature(0.5).with_max_tokens(5));
    assert_eq!(options[2], Options::new().with_temperature(0.0).with_max_tokens(5).with_model("m"));
}

fn openai(server: &WireServer) -> codex_ai::provider::openai::OpenAi {
    codex_ai::provider::openai::OpenAi::builder().key("sk-test-0123456789").base_url(server.url()).build().unwrap()
}

#[tokio::test]
async fn what_nobody_sets_is_the_providers_own() {
    let steps = (0..2).map(|_| Step::reply(Reply::from_text("m", "ok")));
    let server = WireServer::script(steps).unwrap();
    let dispatcher = Dispatcher::new(openai(&server)).unwrap();
    dispatcher.call::<Greet>(GreetArgs { name: "Ada" }).await.unwrap();
    dispatcher.with_options(Options::new().with_model("other")).generate_text("x").await.unwrap();
    let requests = server.requests();
    assert_eq!(requests[0].json()["model"], codex_ai::provider::openai::DEFAULT_MODEL);
    assert!(requests[0].json().get("temperature").is_none());
    assert_eq!(requests[1].json()["model"], "other");
}

// Replies.

fn full_reply(text: &str) -> Reply {
    let mut reply = Reply::from_text("model-7", text).with_usage(Usage::new(5, 7));
    reply.id = Some("resp_1".to_owned());
    reply.request_id = Some("req_1".to_owned());
    reply.attempts = 2;
    reply
}

#[tokio::test]
async fn a_reply_has_all_that_came_with_the_value() {
    let answer = r#" { "stars": 4 } "#;
    let dispatcher = Dispatcher::new(Scripted::new((0..2).map(|_| Ok(full_reply(answer)))))
        .unwrap()
        .with_structured_output(StructuredOutput::exact());
    let reply: Reply<Rating> = dispatcher.reply::<Rate>(RateArgs { text: "t".into() }).await.unwrap();
    assert_eq!(reply.value, Rating { stars: 4 });
    assert_eq!(reply.text(), answer);
    assert_eq!(reply.usage, Some(Usage::new(5, 7)));
    assert_eq!(reply.finish_reason, FinishReason::Stop);
    assert_eq!(reply.model, "model-7");
    assert_eq!((reply.id.as_deref(), reply.request_id.as_deref(), reply.attempts), (Some("resp_1"), Some("req_1"), 2));
    let by_name = dispatcher.process_reply("rate", json!({ "text": "t" })).await.unwrap();
    assert_eq!(by_name, reply.with_value(json!({ "stars": 4 })));
}

#[tokio::test]
async fn a_prompt_becomes_a_request() {
    let provider = Scripted::texts([r#"{ "stars": 4 }"#]);
    Dispatcher::new(provider.clone()).unwrap().call::<Rate>(RateArgs { text: "t".into() }).await.unwrap();
    let request = provider.requests().remove(0);
    assert_eq!(request.system.as_deref(), Some("Be fair."));
    assert_eq!(request.messages, [Message::user("t")]);
    let Output::Schema(schema) = request.output else { panic!("no schema") };
    assert_eq!(schema.name(), "Rating");
}

// Errors.

#[tokio::test]
async fn a_providers_error_names_the_prompt() {
    let fail = || Err(Error::new(ErrorKind::RateLimit, "too fast").with_request_id("req_2").with_route("x/y"));
    let dispatcher = Dispatcher::new(Scripted::new((0..3).map(|_| fail()))).unwrap();
    let typed = dispatcher.call::<Greet>(GreetArgs { name: "Ada" }).await.unwrap_err();
    let by_name = dispatcher.process("greet", json!({ "name": "Ada" })).await.unwrap_err();
    for error in [typed, by_name] {
        assert_eq!((error.kind(), error.prompt(), error.route()), (ErrorKind::RateLimit, Some("greet"), Some("x/y")));
        assert_eq!(error.request_id(), Some("req_2"));
        assert_eq!(error.to_string(), "prompt `greet` on `x/y`: too fast (request id `req_2`)");
    }
    let error = dispatcher.generate_text("x").await.unwrap_err();
    assert_eq!((error.prompt(), error.route()), (None, Some("x/y")));
}

#[tokio::test]
async fn an_unreadable_answer_names_prompt_route_and_request() {
    let dispatcher = Dispatcher::new(Scripted::new((0..3).map(|_| Ok(full_reply("no")))))
        .unwrap()
        .with_structured_output(StructuredOutput::exact());
    let typed = dispatcher.call::<Rate>(RateArgs { text: "t".into() }).await.unwrap_err();
    let by_name = dispatcher.process("rate", json!({ "text": "t" })).await.unwrap_err();
    for error in [typed, by_name] {
        assert_eq!((error.kind(), error.prompt()), (ErrorKind::InvalidOutput, Some("rate")));
        assert_eq!((error.route(), error.request_id()), (Some("scripted/model-7"), Some("req_1")));
        assert_eq!((error.answer(), error.usage()), (Some("no"), Some(&Usage::new(5, 7))));
    }
    let error = dispatcher.generate_json::<Rating>("x").await.unwrap_err();
    assert_eq!((error.prompt(), error.route()), (None, Some("scripted/model-7")));
}

// Without a prompt function.

#[tokio::test]
async fn text_and_json_without_a_prompt_function() {
    let provider = Scripted::texts(["a", "b", "c", "d", r#"{ "stars": 1 }"#, "[1, 2]"]);
    let dispatcher = Dispatcher::new(provider.clone()).unwrap();
    assert_eq!(dispatcher.generate_text("one").await.unwrap(), "a");
    assert_eq!(dispatcher.generate_text(String::from("two")).await.unwrap(), "b");
    assert_eq!(dispatcher.generate_text(Prompt::<String>::new().system("s").user("three")).await.unwrap(), "c");
    let request = Request::new(vec![Message::user("four")]).as_json();
    assert_eq!(dispatcher.generate_text(request).await.unwrap(), "d");
    assert_eq!(dispatcher.generate_json::<Rating>("five").await.unwrap(), Rating { stars: 1 });
    assert_eq!(dispatcher.generate_json::<Vec<u8>>("six").await.unwrap(), [1, 2]);
    let requests = provider.requests();
    let texts: Vec<_> = requests.iter().map(|request| request.messages[0].text().unwrap().into_owned()).collect();
    assert_eq!(texts, ["one", "two", "three", "four", "five", "six"]);
    assert_eq!(requests[2].system.as_deref(), Some("s"));
    assert!(requests[..4].iter().all(|request| matches!(request.output, Output::Text)), "the method decides");
    assert!(requests[4..].iter().all(|request| matches!(request.output, Output::Schema(_))));
}

// Images.

/// Makes images, by both calls.
struct Painter;

impl Provider for Painter {
    fn name(&self) -> &str {
        "painter"
    }

    fn generate<'a>(&'a self, _: &'a Request) -> BoxFuture<'a, Result<Reply>> {
        Box::pin(async { Ok(Reply::from_text("p", "I only paint.")) })
    }

    fn images(&self) -> Option<&dyn GenerateImage> {
        Some(self)
    }

    fn imagen(&self) -> Option<&dyn GenerateImagen> {
        Some(self)
    }
}

impl GenerateImage for Painter {
    fn generate_image<'a>(&'a self, request: &'a ImageRequest) -> BoxFuture<'a, Result<GeneratedImage>> {
        Box::pin(async { Ok(GeneratedImage::new(request.prompt.clone(), "image/png")) })
    }
}

impl GenerateImagen for Painter {
    fn generate_imagen<'a>(&'a self, request: &'a ImageRequest) -> BoxFuture<'a, Result<GeneratedImage>> {
        Box::pin(async { Ok(GeneratedImage::new(request.prompt.clone(), "image/webp")) })
    }
}

#[tokio::test]
async fn images_of_a_provider_that_makes_them() {
    let typed = Dispatcher::new(Painter).unwrap();
    let any = Dispatcher::new(AnyProvider::new(Painter)).unwrap();
    let request = || ImageRequest::new("a red fox");
    let wanted = |mime| GeneratedImage::new("a red fox", mime);
    assert_eq!(typed.generate_image(request()).await.unwrap(), wanted("image/png"));
    assert_eq!(typed.generate_imagen(request()).await.unwrap(), wanted("image/webp"));
    assert_eq!(any.generate_image(request()).await.unwrap(), wanted("image/png"));
    assert_eq!(any.generate_imagen(request()).await.unwrap(), wanted("image/webp"));
}

#[tokio::test]
async fn images_of_a_provider_that_makes_none_are_refused_before_anything_is_sent() {
    let provider = Scripted::texts(["x"]);
    let dispatcher = Dispatcher::new(AnyProvider::new(provider.clone())).unwrap();
    let image = dispatcher.generate_image(ImageRequest::new("a red fox")).await.unwrap_err();
    let imagen = dispatcher.generate_imagen(ImageRequest::new("a red fox")).await.unwrap_err();
    for error in [image, imagen] {
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.to_string().contains("`scripted`"), "{error}");
        assert!(error.help().is_some());
    }
    assert_eq!((provider.requests().len(), provider.left()), (0, 1));
}

// Clones, tasks, cancellation.

#[tokio::test]
async fn clones_share_the_provider() {
    let provider = Scripted::texts(["a", "b"]);
    let one = Dispatcher::new(provider.clone()).unwrap();
    let two = one.clone();
    assert!(std::ptr::eq(one.provider(), two.provider()));
    assert_eq!(one.generate_text("x").await.unwrap(), "a");
    assert_eq!(two.generate_text("x").await.unwrap(), "b");
}

/// Answers with what it was asked once it is let go; counts who is with it and who has come to the end.
#[derive(Clone, Default)]
struct Slow(Arc<SlowState>);

struct SlowState {
    inside: AtomicUsize,
    done: AtomicUsize,
    release: tokio::sync::Semaphore,
}

impl Default for SlowState {
    fn default() -> Self {
        Self { inside: 0.into(), done: 0.into(), release: tokio::sync::Semaphore::new(0) }
    }
}

struct Inside<'a>(&'a AtomicUsize);

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Provider for Slow {
    fn name(&self) -> &str {
        "slow"
    }

    fn generate<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Reply>> {
        Box::pin(async move {
            self.0.inside.fetch_add(1, Ordering::SeqCst);
            let _inside = Inside(&self.0.inside);
            self.0.release.acquire().await.unwrap().forget();
            self.0.done.fetch_add(1, Ordering::SeqCst);
            Ok(Reply::from_text("slow", request.messages[0].text().unwrap_or_default()))
        })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_calls_at_once() {
    const CALLS: usize = 200;
    let provider = Slow::default();
    let dispatcher = Dispatcher::new(provider.clone()).unwrap();
    let tasks: Vec<_> = (0..CALLS)
        .map(|number| {
            let dispatcher = dispatcher.clone();
            tokio::spawn(async move {
                let name = format!("{number}");
                let args = GreetArgs { name: &name };
                (number, dispatcher.call::<Greet>(args).await.unwrap())
            })
        })
        .collect();
    // All of them are under way at the same time.
    while provider.0.inside.load(Ordering::SeqCst) < CALLS {
        tokio::task::yield_now().await;
    }
    provider.0.release.add_permits(CALLS);
    for task in tasks {
        let (number, answer) = task.await.unwrap();
        assert_eq!(answer, format!("Greet {number}."));
    }
    assert_eq!(provider.0.done.load(Ordering::SeqCst), CALLS);
}

#[tokio::test]
async fn dropping_a_call_cancels_it() {
    let provider = Slow::default();
    let dispatcher = Dispatcher::new(provider.clone()).unwrap();
    let mut call = dispatcher.call::<Greet>(GreetArgs { name: "Ada" });
    let inside = || provider.0.inside.load(Ordering::SeqCst);
    assert_eq!(inside(), 0, "nothing happens before it is polled");
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(call.as_mut().poll(&mut context).is_pending());
    assert_eq!(inside(), 1);
    drop(call);
    assert_eq!(inside(), 0);
    assert_eq!(provider.0.done.load(Ordering::SeqCst), 0);
}

#[test]
fn futures_cross_threads() {
    fn send_static<T: Send + 'static>(_: T) {}
    fn send<T: Send>(_: T) {}
    fn shared<T: Send + Sync + Clone + 'static>(_: &T) {}
    let dispatcher = Dispatcher::new(Scripted::texts([""; 0])).unwrap();
    shared(&dispatcher);
    shared(&Dispatcher::new(AnyProvider::new(Painter)).unwrap());
    send(dispatcher.call::<Greet>(GreetArgs { name: "Ada" }));
    send(dispatcher.reply::<Rate>(RateArgs { text: "t".into() }));
    send(dispatcher.process("greet", json!({})));
    send(dispatcher.generate_json::<Rating>("x"));
    send(Rate::builder().text("t".into()).call(&dispatcher));
    let owned = dispatcher.clone();
    send_static(async move { owned.call::<Rate>(RateArgs { text: "t".into() }).await });
    send_static(async move { Rate::builder().text("t".into()).call(&dispatcher).await });
}

#[test]
fn debug_shows_the_provider_and_the_modes() {
    let text = format!("{:?}", Dispatcher::new(Scripted::texts([""; 0])).unwrap());
    assert!(text.contains("scripted") && text.contains("\"greet\""), "{text}");
}
