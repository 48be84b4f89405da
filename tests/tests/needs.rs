//! What prompts require of providers, at run time: when a dispatcher is built, in calls by name, along chains and routes.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use codex_ai::capability::{Images, StrictSchema, Tools};
use codex_ai::layer::{Failover, Limit, Retry, Timeout};
use codex_ai::provider::{Local, Routes};
use codex_ai::testing::{Scripted, TestImages};
use codex_ai::{
    AnyProvider, BoxFuture, Capability, Dispatcher, Entry, Error, ErrorKind, Image, LlmSchema, Options, Prompt,
    PromptDef, Provider, Registry, Reply, Request, Result, Router, Supports, prompt,
};
use serde_json::json;

#[derive(Debug, serde::Deserialize, LlmSchema)]
#[expect(dead_code, reason = "no answer is looked at")]
struct Seen {
    animal: String,
}

#[prompt(requires(images))]
async fn look(address: &str) -> Prompt {
    Prompt::new().user("What is this?").image(Image::url(address))
}

#[prompt(requires(strict_schema, tools), model = "fast/small")]
async fn plan(goal: &str) -> Prompt<Seen> {
    Prompt::new().user(goal)
}

#[prompt(json = false)]
async fn compare(pictures: &[Image], other: Option<Image>) -> Prompt {
    let prompt = pictures.iter().cloned().fold(Prompt::new().user("Which is larger?"), Prompt::image);
    other.into_iter().fold(prompt, Prompt::image)
}

#[prompt]
async fn plain(text: &str) -> String {
    text.to_owned()
}

mod docker {
    use super::*;

    /// No picture.
    #[derive(serde::Deserialize, Clone, LlmSchema)]
    pub(super) struct Image {
        pub(super) tag: String,
    }

    #[prompt]
    pub(super) async fn deploy(image: Image) -> String {
        image.tag
    }
}

macro_rules! painting {
    ($name:ident, $ty:ty) => {
        #[prompt(json = false)]
        async fn $name(picture: $ty) -> Prompt {
            Prompt::new().user("Who painted it?").image(picture)
        }
    };
}

painting!(painted_by, Image);

/// A provider of a program that says nothing of what it supports.
struct Silent;

impl Provider for Silent {
    fn name(&self) -> &str {
        "silent"
    }

    fn generate<'a>(&'a self, _: &'a Request) -> BoxFuture<'a, Result<Reply>> {
        Box::pin(std::future::ready(Ok(Reply::from_text("silent-1", "..."))))
    }
}

fn router() -> Router {
    Router::new().prompt::<Look>().prompt::<Plan>().prompt::<Compare>().prompt::<Plain>()
}

fn build<P: Provider>(provider: P) -> Result<Dispatcher<P>> {
    Dispatcher::builder(provider).registry(Registry::empty()).include_router(router()).build()
}

fn refused<P: Provider>(provider: P) -> Error {
    let Err(error) = build(provider) else { panic!("it was built") };
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    error
}

#[test]
fn what_is_required_is_what_the_keys_and_the_arguments_say() {
    let required = |entry: &Entry| entry.requires().to_vec();
    assert_eq!(required(Look::ENTRY), [Capability::IMAGES]);
    assert_eq!(required(Plan::ENTRY), [Capability::TOOLS, Capability::STRICT_SCHEMA]);
    assert_eq!(required(Compare::ENTRY), [Capability::IMAGES]);
    assert_eq!(required(PaintedBy::ENTRY), [Capability::IMAGES]);
    assert_eq!(required(Plain::ENTRY), []);
    assert_eq!(required(docker::Deploy::ENTRY), [], "a type of the user's own that is named `Image`");
}

#[test]
fn all_that_a_dynamic_provider_lacks_is_told_at_once() {
    let error = refused(AnyProvider::new(Local::quiet()));
    let text = error.to_string();
    assert!(text.contains("2 requirements of prompts are not met"), "{text}");
    for mode in ["look", "compare"] {
        let wanted = format!("the prompt `{mode}` at tests/tests/needs.rs:");
        assert!(text.contains(&wanted), "{text}");
    }
    assert_eq!(text.matches("requires `images`, which `local` does not support").count(), 2, "{text}");
    assert!(error.help().is_some_and(|help| help.contains("Registry::empty()")), "{error}");
}

#[test]
fn a_prompts_model_names_its_route() {
    let able = || Scripted::texts(["ok"]).named("able");
    // `plan` asks `fast`, the others the default.
    let routes = Routes::new(able()).with_name("fast", Scripted::texts([""]).without(Capability::TOOLS));
    let text = refused(routes).to_string();
    assert!(text.contains("`plan`") && text.contains("requires `tools`, which `scripted` does not support"), "{text}");
    assert!(!text.contains("look"), "{text}");
    let routes = Routes::new(Scripted::texts([""]).without(Capability::TOOLS)).with_name("fast", able());
    build(routes).unwrap();
    // The default model of the dispatcher names a route as well.
    let routes = || Routes::new(Local::quiet()).with_name("fast", able());
    let built = |options| {
        Dispatcher::builder(routes()).registry(Registry::empty()).include_router(router()).options(options).build()
    };
    assert!(built(Options::new()).is_err());
    built(Options::new().with_model("fast/large")).unwrap();
}

#[test]
fn every_route_of_a_chain_must_do() {
    let any = |provider: Scripted| AnyProvider::new(provider);
    let chain = Failover::dynamic([any(Scripted::texts(["ok"]).named("one"))])
        .and(AnyProvider::new(Local::quiet()), "local")
        .build()
        .unwrap();
    let text = refused(chain).to_string();
    assert!(text.contains("requires `images`, which `local` does not support"), "{text}");
    let chain = Failover::dynamic([any(Scripted::texts([""]).named("one")), any(Scripted::texts([""]).named("two"))]);
    build(chain.build().unwrap()).unwrap();
    // A typed chain with a dynamic route, and layers around it.
    let chain =
        Failover::builder().route(Scripted::texts([""])).route(AnyProvider::new(Local::quiet())).build().unwrap();
    assert!(chain.is_dynamic());
    assert!(refused(Retry::new(Timeout::new(Limit::new(TestImages::new(chain))))).to_string().contains("`local`"));
}

#[test]
fn a_provider_known_to_the_compiler_may_have_prompts_that_it_cannot_serve() {
    build(Local::quiet()).unwrap();
    build(Retry::new(Local::quiet())).unwrap();
    assert!(!Local::quiet().is_dynamic() && !Retry::new(Local::quiet()).is_dynamic());
    assert!(refused(AnyProvider::new(Silent)).to_string().contains("4 requirements"));
}

#[tokio::test]
async fn a_call_by_name_is_refused_before_anything_is_sent() {
    let scripted = Scripted::texts(["a fox", "fine"]).without(Capability::IMAGES);
    let dispatcher = build(scripted.clone()).unwrap();
    let error = dispatcher.process("look", json!({ "address": "https://example.com/fox.png" })).await.unwrap_err();
    assert_eq!((error.kind(), error.prompt()), (ErrorKind::Unsupported, Some("look")));
    assert!(error.to_string().contains("requires `images`, which `scripted` does not support"), "{error}");
    assert!(scripted.requests().is_empty());
    // The compiler lets this one pass, since it knows the provider's type.
    assert_eq!(Look::builder().address("https://example.com/fox.png").call(&dispatcher).await.unwrap(), "a fox");
    assert_eq!(dispatcher.process("plain", json!({ "text": "Hi" })).await.unwrap(), "fine");
}

#[tokio::test]
async fn a_typed_call_on_a_dynamic_provider_is_checked_with_the_model_it_asks() {
    let routes = Routes::new(Local::quiet()).with_name("eyes", Scripted::texts(["a fox", "a cat"]).named("eyes"));
    let dispatcher = Dispatcher::builder(routes).registry(Registry::empty()).build().unwrap();
    let args = || LookArgs { address: "https://example.com/fox.png" };
    let error = dispatcher.call::<Look>(args()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("`local`"), "{error}");
    let Err(error) = dispatcher.stream::<Look>(args()).await else { panic!("it began") };
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    let eyes = dispatcher.with_options(Options::new().with_model("eyes/large"));
    assert_eq!(eyes.call::<Look>(args()).await.unwrap(), "a fox");
    assert_eq!(eyes.stream::<Look>(args()).await.unwrap().finish().await.unwrap().value, "a cat");
}

/// Compiles for what supports everything that the prompts of this file require.
fn serves<P>(_: &P)
where
    P: Provider + Supports<Images, Look> + Supports<Tools, Plan> + Supports<StrictSchema, Plan>,
{
}

#[test]
fn providers_and_layers_are_known_to_the_compiler() {
    use codex_ai::provider::anthropic::Anthropic;
    use codex_ai::provider::compatible::{Compatible, Profile};
    use codex_ai::provider::gemini::Gemini;
    use codex_ai::provider::openai::OpenAi;
    use codex_ai::provider::openrouter::OpenRouter;

    let openai = OpenAi::builder().key("k").build().unwrap();
    let anthropic = Anthropic::builder().key("k").build().unwrap();
    let gemini = Gemini::builder().key("k").build().unwrap();
    let openrouter = OpenRouter::builder().key("k").build().unwrap();
    let ollama = Compatible::ollama().unwrap();
    for capability in [Capability::IMAGES, Capability::TOOLS, Capability::STRICT_SCHEMA] {
        for provider in [&openai as &dyn Provider, &anthropic, &gemini, &openrouter, &ollama] {
            assert!(provider.supports(capability, None), "{} {capability}", provider.name());
        }
    }
    let deepseek = Compatible::builder(Profile::DEEPSEEK).key("k").build().unwrap();
    assert!(!deepseek.supports(Capability::STRICT_SCHEMA, None) && deepseek.is_dynamic());
    let chain = Failover::builder().route(openai).route(anthropic).route(Retry::new(gemini)).route(openrouter);
    let chain = chain.route(Limit::new(ollama)).route(TestImages::new(Scripted::texts([""]))).build().unwrap();
    serves(&chain);
    serves(&Timeout::new(chain));
}
