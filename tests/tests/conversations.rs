//! Tools by hand, what was said before, pictures and cache points: on every vendor, over a socket.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use codex_ai::provider::Local;
use codex_ai::provider::anthropic::Anthropic;
use codex_ai::provider::compatible::Compatible;
use codex_ai::provider::gemini::Gemini;
use codex_ai::provider::openai::OpenAi;
use codex_ai::provider::openrouter::OpenRouter;
use codex_ai::testing::{Scripted, Step, WireServer};
use codex_ai::{
    AnyProvider, CachePoint, Chunk, Dispatcher, ErrorKind, FinishReason, Function, Image, LlmSchema, Message, Options,
    Part, Prompt, Provider, Reply, Request, Role, ToolCall, ToolChoice, Usage, blocking, prompt,
};

#[derive(Debug, PartialEq, serde::Deserialize, LlmSchema)]
struct Place {
    city: String,
    #[serde(default)]
    #[llm(max = 14)]
    days: u8,
}

#[derive(Debug, PartialEq, serde::Deserialize, LlmSchema)]
struct Forecast {
    celsius: i32,
}

fn vendors(server: &WireServer) -> Vec<AnyProvider> {
    let (url, origin, key) = (server.url(), server.origin(), "a-key-for-tests");
    vec![
        AnyProvider::new(OpenAi::builder().key(key).base_url(&url).build().unwrap()),
        AnyProvider::new(OpenAi::builder().key(key).base_url(&url).chat().build().unwrap()),
        AnyProvider::new(Anthropic::builder().key(key).base_url(&origin).build().unwrap()),
        AnyProvider::new(Gemini::builder().key(key).base_url(&origin).build().unwrap()),
        AnyProvider::new(OpenRouter::builder().key(key).base_url(&url).build().unwrap()),
        AnyProvider::new(Compatible::at(&url).key(key).default_model("m").build().unwrap()),
    ]
}

/// Asks how warm it is.
#[prompt(json = false)]
async fn warmth(city: &str) -> Prompt<Forecast> {
    Prompt::new()
        .system("You know the weather.")
        .user(format!("How warm is it in {city}?"))
        .tool(Function::new("weather").with_description("The weather now.").with_arguments::<Place>())
        .tool_choice(ToolChoice::Auto)
}

fn call(arguments: &str) -> Reply {
    let call = ToolCall::new("call_1", "weather", arguments);
    Reply::new("m", vec![Part::ToolCall(call)])
        .with_finish_reason(FinishReason::ToolCalls)
        .with_usage(Usage::new(10, 5))
}

fn answer() -> Reply {
    Reply::from_text("m", r#"{"celsius":12}"#).with_usage(Usage::new(20, 6))
}

/// The loop that the documentation shows.
async fn ask(dispatcher: &Dispatcher, mut request: Request) -> (Forecast, Usage) {
    let mut usage = Usage::default();
    for _ in 0..3 {
        let reply = dispatcher.generate_reply(&request).await.unwrap();
        usage += reply.usage.unwrap();
        let results: Vec<_> = reply
            .tool_calls()
            .map(|call| match call.read::<Place>() {
                Ok(place) => call.result(format!("12 degrees in {}", place.city)),
                Err(error) => call.result(error.to_string()).as_error(),
            })
            .collect();
        if results.is_empty() {
            return (reply.read().unwrap(), usage);
        }
        request.messages.extend([reply.to_message(), Message::tool(results)]);
    }
    panic!("more turns than the script has");
}

#[tokio::test]
async fn a_tool_is_called_and_answered_on_every_vendor() {
    let steps = [call(r#"{"city":"Oslo"}"#), answer()];
    let server = WireServer::script((0..6).flat_map(|_| steps.clone()).map(Step::reply)).unwrap();
    for vendor in vendors(&server) {
        let name = vendor.name().to_owned();
        let dispatcher = Dispatcher::new(vendor).unwrap();
        let (forecast, usage) = ask(&dispatcher, warmth("Oslo").await.into()).await;
        assert_eq!((forecast, usage), (Forecast { celsius: 12 }, Usage::new(30, 11)), "{name}");
    }
    let second = server.requests().into_iter().skip(1).step_by(2);
    for request in second {
        assert!(request.json().to_string().contains("12 degrees in Oslo"), "{}", request.json());
    }
}

#[tokio::test]
async fn arguments_that_do_not_fit_go_back_to_the_model() {
    let provider = Scripted::new([Ok(call(r#"{"city":"Oslo","days":15}"#)), Ok(answer())]);
    let dispatcher = Dispatcher::new(AnyProvider::new(provider.clone())).unwrap();
    ask(&dispatcher, warmth("Oslo").await.into()).await;
    let Some(Part::ToolResult(result)) = provider.requests()[1].messages[2].parts.first().cloned() else { panic!() };
    assert!(result.is_error);
    assert_eq!(
        result.output,
        "the arguments for the tool `weather` are not a `Place`\n  `days`: must be at most 14, found 15"
    );
    assert_eq!((&*result.id, result.name.as_deref()), ("call_1", Some("weather")));

    let error = ToolCall::new("1", "weather", "{").read::<Place>().unwrap_err();
    assert_eq!((error.kind(), error.answer()), (ErrorKind::InvalidOutput, Some("{")));
    assert!(ToolCall::new("1", "now", "").read::<Nothing>().is_ok());
}

/// A tool that takes nothing.
#[derive(Debug, serde::Deserialize, LlmSchema)]
struct Nothing {}

#[tokio::test]
async fn a_reply_as_it_is_has_the_calls_that_a_value_has_no_place_for() {
    let script = || Scripted::new([Ok(call("{}")), Ok(call("{}"))]);
    let dispatcher = Dispatcher::new(script()).unwrap();
    let error = dispatcher.generate_text(warmth("Oslo").await).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Empty);
    assert!(error.help().unwrap().contains("`generate_reply`"), "{error}");
    let mut stream = dispatcher.stream_reply(warmth("Oslo").await).await.unwrap();
    let mut names = Vec::new();
    while let Some(chunk) = stream.next().await {
        if let Chunk::ToolCall { name, .. } = chunk.unwrap() {
            names.push(name);
        }
    }
    assert_eq!(names, ["weather"]);
    assert_eq!(stream.finish().await.unwrap().tool_calls().count(), 1);
}

#[test]
fn a_reply_as_it_is_comes_without_async_too() {
    let dispatcher = blocking::Dispatcher::new(Scripted::new([Ok(call("{}")), Ok(call("{}"))])).unwrap();
    assert_eq!(dispatcher.generate_reply("x").unwrap().tool_calls().count(), 1);
    let stream = dispatcher.stream_reply("x").unwrap();
    assert_eq!(stream.finish().unwrap().finish_reason, FinishReason::ToolCalls);
}

#[tokio::test]
async fn options_of_the_dispatcher_hold_for_replies_as_they_are() {
    let provider = Scripted::texts(["a", "b"]);
    let dispatcher = Dispatcher::builder(provider.clone()).options(Options::new().with_seed(7)).build().unwrap();
    let dispatcher = dispatcher.with_options(Options::new().with_model("small"));
    dispatcher.generate_reply("x").await.unwrap();
    dispatcher.stream_reply("x").await.unwrap().finish().await.unwrap();
    for request in provider.requests() {
        assert_eq!(request.options, Options::new().with_model("small").with_seed(7));
    }
}

#[tokio::test]
async fn a_conversation_goes_on_on_every_vendor() {
    let server = WireServer::new(Local::quiet()).unwrap();
    for vendor in vendors(&server) {
        let mut history = Vec::new();
        for question in ["Rain fell all night.", "Two roads are closed.", "And then?"] {
            let prompt: Prompt = Prompt::new().system("Be brief.").history(history.clone()).user(question);
            let request = Request::from(prompt);
            let reply = vendor.generate(&request).await.unwrap();
            history = request.messages;
            history.push(reply.to_message());
        }
        let roles: Vec<_> = history.iter().map(|message| message.role).collect();
        let [user, model] = [Role::User, Role::Assistant];
        assert_eq!(roles, [user, model, user, model, user, model], "{}", vendor.name());
    }
}

#[test]
fn a_cache_point_stands_behind_what_it_keeps() {
    let point = || Part::CachePoint(CachePoint::new());
    let messages = |prompt: Prompt| Request::from(prompt).messages;
    let text = || Part::from("a");
    assert_eq!(
        messages(Prompt::new().user("a").cache_point(CachePoint::new())),
        [Message::user("a").with_part(CachePoint::new())]
    );
    let behind_instructions = Prompt::new().system("a").cache_point(CachePoint::new()).user("b");
    assert_eq!(messages(behind_instructions), [Message::new(Role::System, vec![text(), point()]), Message::user("b")]);
    // Nothing to keep is for the vendor's codec to say.
    assert_eq!(messages(Prompt::new().cache_point(CachePoint::new())), [Message::new(Role::System, vec![point()])]);
}

#[tokio::test]
async fn instructions_with_a_cache_point_go_out_on_every_vendor() {
    let server = WireServer::new(Local::quiet()).unwrap();
    for vendor in vendors(&server) {
        let prompt: Prompt = Prompt::new().system("A manual.").cache_point(CachePoint::new()).user("Rain fell.");
        let text = Dispatcher::new(vendor).unwrap().generate_text(prompt).await.unwrap();
        assert_eq!(text, "Rain fell.");
    }
    let bodies: Vec<_> = server.requests().iter().map(|request| request.json().to_string()).collect();
    assert!(bodies.iter().all(|body| body.contains("A manual.")));
    assert_eq!(bodies.iter().filter(|body| body.contains("cache_control")).count(), 2, "Anthropic and OpenRouter");
}

#[test]
fn parts_are_made_of_what_they_hold() {
    let message = Message::user("a").with_part(Image::url("https://example.com/a.png")).with_part("b".to_owned());
    assert_eq!(
        message.parts,
        [Part::Text("a".into()), Part::Image(Image::url("https://example.com/a.png")), Part::Text("b".into())]
    );
    let (call, result) = (ToolCall::new("1", "a", "{}"), ToolCall::new("1", "a", "{}").result("b"));
    assert_eq!(Message::tool([result.clone()]).parts, [Part::from(result)]);
    assert_eq!(Reply::new("m", vec![call.clone().into()]).to_message().parts, [Part::ToolCall(call)]);
}

/// Where each vendor of [`vendors`] takes an option, as the table of `Options` tells; `None` where it is refused.
type Places = [Option<&'static str>; 6];

fn table() -> Vec<(Options, Places)> {
    fn same(place: &'static str) -> Places {
        [Some(place); 6]
    }
    /// Responses, Chat Completions at OpenAI, Anthropic, Gemini, OpenRouter, a compatible server.
    fn places(
        responses: &'static str,
        chat: [&'static str; 2],
        anthropic: &'static str,
        gemini: &'static str,
    ) -> Places {
        let place = |place: &'static str| (!place.is_empty()).then_some(place);
        [responses, chat[0], anthropic, gemini, chat[1], chat[1]].map(place)
    }
    let own = Options::new;
    vec![
        (
            own().with_temperature(0.5),
            places("/temperature", ["/temperature"; 2], "/temperature", "/generationConfig/temperature"),
        ),
        (
            own().with_max_tokens(9),
            places(
                "/max_output_tokens",
                ["/max_completion_tokens", "/max_tokens"],
                "/max_tokens",
                "/generationConfig/maxOutputTokens",
            ),
        ),
        (own().with_top_p(0.5), places("/top_p", ["/top_p"; 2], "/top_p", "/generationConfig/topP")),
        (own().with_top_k(5), places("", ["", "/top_k"], "/top_k", "/generationConfig/topK")),
        (
            own().with_reasoning_effort("low"),
            places(
                "/reasoning/effort",
                ["/reasoning_effort"; 2],
                "/output_config/effort",
                "/generationConfig/thinkingConfig/thinkingLevel",
            ),
        ),
        (own().with_stop(["x"]), places("", ["/stop"; 2], "/stop_sequences", "/generationConfig/stopSequences")),
        (own().with_seed(3), places("", ["/seed"; 2], "", "/generationConfig/seed")),
        (
            own().with_presence_penalty(0.5),
            places("", ["/presence_penalty"; 2], "", "/generationConfig/presencePenalty"),
        ),
        (
            own().with_frequency_penalty(0.5),
            places("", ["/frequency_penalty"; 2], "", "/generationConfig/frequencyPenalty"),
        ),
        (
            own().with_parallel_tool_calls(false),
            places("/parallel_tool_calls", ["/parallel_tool_calls"; 2], "/tool_choice/disable_parallel_tool_use", ""),
        ),
        (
            own().with_service_tier("flex"),
            places("/service_tier", ["/service_tier"; 2], "/service_tier", "/serviceTier"),
        ),
        (own().with_extra("of_the_vendor", 1), same("/of_the_vendor")),
    ]
}

#[tokio::test]
async fn options_are_sent_or_refused_as_their_table_says() {
    for (options, places) in table() {
        let server = WireServer::script((0..6).map(|_| Step::reply(answer()))).unwrap();
        for (vendor, place) in vendors(&server).into_iter().zip(places) {
            let case = format!("{} {options:?}", vendor.name());
            let request =
                Request::from("x").with_options(options.clone()).with_tools([Function::new("weather").into()]);
            let before = server.request_count();
            match (place, vendor.generate(&request).await) {
                (Some(place), Ok(_)) => {
                    let body = server.requests().pop().unwrap().json();
                    assert!(body.pointer(place).is_some(), "{case}: {body}");
                }
                (None, Err(error)) => {
                    assert_eq!(error.kind(), ErrorKind::Unsupported, "{case}");
                    assert_eq!(error.problems().len(), 1, "{case}");
                    assert_eq!(server.request_count(), before, "{case}");
                }
                (_, result) => panic!("{case}: {result:?}"),
            }
        }
    }
}

#[test]
fn a_picture_that_was_made_can_be_asked_about() {
    let made = codex_ai::GeneratedImage::new(&b"png"[..], "image/png");
    let prompt: Prompt = Prompt::new().user("What is this?").image(made.into());
    assert_eq!(prompt.messages()[0].parts[1], Part::Image(Image::bytes(&b"png"[..], "image/png")));
}
