//! Prompts that are functions of `impl` blocks: their state, calls typed and by name, and what the registry knows of them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use codex_ai::testing::Scripted;
use codex_ai::{
    Dispatcher, ErrorKind, LlmSchema, Prompt, PromptDef, Provides, Registry, Request, Router, prompt, prompts,
};
use serde::Deserialize;
use serde_json::json;

/// What all prompts of the program share.
struct Reviewer {
    style: String,
    calls: AtomicUsize,
}

#[derive(Debug, Deserialize, LlmSchema, PartialEq)]
struct Review {
    stars: u8,
}

impl Reviewer {
    fn new(style: &str) -> Arc<Self> {
        Arc::new(Self { style: style.to_owned(), calls: AtomicUsize::new(0) })
    }
}

#[prompts]
impl Reviewer {
    const LIMIT: usize = 80;

    fn instructions(&self) -> String {
        self.calls.fetch_add(1, Ordering::Relaxed);
        format!("Style: {}.", self.style)
    }

    /// Reviews a text.
    #[prompt(mode = "methods.review", marker = ReviewText, temperature = 0.5)]
    async fn review(
        &self,
        /// The text.
        text: &str,
        #[arg(default = Self::LIMIT)] max_words: usize,
    ) -> Prompt<Review> {
        Prompt::new().system(self.instructions()).user(format!("{max_words}: {text}"))
    }

    /// Needs no value.
    #[prompt(mode = "methods.fixed")]
    async fn fixed(text: &str) -> String {
        format!("{}: {text}", Self::LIMIT)
    }

    async fn no_prompt(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }
}

#[prompts]
impl Reviewer {
    /// Of a second block.
    #[prompt(mode = "methods.second", json = false)]
    #[expect(clippy::needless_arbitrary_self_type, reason = "it is what is tested")]
    async fn second(self: &Self, texts: &[Self]) -> Result<Prompt, std::fmt::Error> {
        Ok(Prompt::new().user(format!("{} {}", self.style, texts.len())))
    }
}

/// A value for each backend of one generic type.
struct Store<B> {
    backend: B,
}

struct Memory;

struct Disk(&'static str);

#[prompts]
impl Store<Memory> {
    #[prompt(mode = "methods.memory", marker = FromMemory)]
    async fn read(self: &Store<Memory>) -> &'static str {
        let Memory = self.backend;
        "memory"
    }
}

#[prompts(crate = ::codex_ai)]
impl Store<Disk> {
    #[prompt(mode = "methods.disk", marker = FromDisk)]
    async fn read(&self, #[arg(default = Self::path(&Self { backend: Disk("a") }))] path: &str) -> String {
        format!("{} {path}", self.path())
    }

    fn path(&self) -> &'static str {
        self.backend.0
    }

    #[prompt]
    #[cfg(any())]
    async fn not_there(&self) -> Missing {}
}

#[prompts]
#[cfg(any())]
impl Missing {
    #[prompt]
    async fn not_there_either(&self) -> Missing {}
}

/// Text that is answered to every request.
const STARS: &str = r#"{ "stars": 4 }"#;

fn dispatcher() -> (Scripted, Dispatcher<Scripted>) {
    let provider = Scripted::texts([STARS; 8]);
    let dispatcher = Dispatcher::new(provider.clone()).unwrap();
    (provider, dispatcher)
}

/// Instructions and text of each request that was sent.
fn said(provider: &Scripted) -> Vec<(Option<String>, String)> {
    let text = |request: &Request| request.messages.iter().filter_map(codex_ai::Message::text).collect();
    provider.requests().iter().map(|request| (request.system.clone(), text(request))).collect()
}

fn kind_styled(style: &str) -> Option<String> {
    Some(format!("Style: {style}."))
}

#[tokio::test]
async fn a_method_is_called_on_what_is_mounted() {
    let (provider, plain) = dispatcher();
    let reviewer = Reviewer::new("kind");
    let dispatcher = plain.mount(Arc::clone(&reviewer));
    let typed = dispatcher.call::<ReviewText>(ReviewTextArgs { text: "a", max_words: 3 }).await.unwrap();
    let built = ReviewText::builder().text("b").call(&dispatcher).await.unwrap();
    let named = dispatcher.process("methods.review", json!({ "text": "c", "max_words": 5 })).await.unwrap();
    let defaulted = dispatcher.process("methods.review", json!({ "text": "d" })).await.unwrap();
    assert_eq!((typed, built), (Review { stars: 4 }, Review { stars: 4 }));
    assert_eq!((named, defaulted), (json!({ "stars": 4 }), json!({ "stars": 4 })));
    let texts = ["3: a", "80: b", "5: c", "80: d"];
    assert_eq!(said(&provider), texts.map(|text| (kind_styled("kind"), text.to_owned())));
    assert_eq!(provider.requests()[0].options.temperature, Some(0.5));
    assert_eq!(reviewer.no_prompt().await, 4, "one value is shared by all calls");
}

#[tokio::test]
async fn a_stream_of_a_method() {
    let (_, dispatcher) = dispatcher();
    let args = ReviewTextArgs { text: "a", max_words: 3 };
    let stream = dispatcher.mount(Reviewer::new("kind")).stream::<ReviewText>(args).await.unwrap();
    assert_eq!(stream.finish().await.unwrap().value, Review { stars: 4 });
}

#[tokio::test]
async fn functions_without_self_need_nothing_mounted() {
    let (provider, plain) = dispatcher();
    plain.call::<Fixed>(FixedArgs { text: "a" }).await.unwrap();
    plain.process("methods.fixed", json!({ "text": "b" })).await.unwrap();
    plain.mount(Arc::new(5_u8)).call::<Fixed>(FixedArgs { text: "c" }).await.unwrap();
    assert_eq!(said(&provider), ["80: a", "80: b", "80: c"].map(|text| (None, text.to_owned())));
    assert_eq!(Fixed::ENTRY.state(), None);
}

#[tokio::test]
async fn a_method_without_its_value_is_refused_by_name() {
    let (provider, plain) = dispatcher();
    for dispatcher in [plain.clone(), Dispatcher::clone(&plain)] {
        let error = dispatcher.process("methods.review", json!({ "text": "a" })).await.unwrap_err();
        assert_eq!((error.kind(), error.prompt()), (ErrorKind::Unsupported, Some("methods.review")));
        assert!(error.to_string().contains("no `Reviewer` is mounted"), "{error}");
        assert!(error.help().unwrap().contains("`dispatcher.mount(..)`"), "{error}");
    }
    let other = plain.mount(Arc::new("another type"));
    assert_eq!(other.process("methods.review", json!({})).await.unwrap_err().kind(), ErrorKind::Unsupported);
    assert!(provider.requests().is_empty(), "nothing may be sent");
}

#[tokio::test]
async fn mounting_gives_another_dispatcher() {
    let (provider, plain) = dispatcher();
    let kind = plain.mount(Reviewer::new("kind"));
    let strict = kind.mount(Reviewer::new("strict"));
    let both = strict.mount(Arc::new(Store { backend: Disk("b") }));
    for dispatcher in [kind.mount(Arc::new(())), strict.mount(Arc::new(())), both.mount(Arc::new(()))] {
        dispatcher.process("methods.review", json!({ "text": "a" })).await.unwrap();
    }
    both.process("methods.disk", json!({})).await.unwrap();
    both.call::<FromDisk>(FromDiskArgs { path: "c" }).await.unwrap();
    let styles = ["kind", "strict", "strict"].map(|style| (kind_styled(style), "80: a".to_owned()));
    assert_eq!(said(&provider)[..3], styles, "the later value of a type is used");
    assert_eq!(said(&provider)[3..], ["b a", "b c"].map(|text| (None, text.to_owned())));
    assert!(plain.process("methods.review", json!({ "text": "a" })).await.is_err(), "it is as it was");
    let memory = both.process("methods.memory", json!({})).await.unwrap_err();
    assert!(memory.to_string().contains("no `Store<Memory>` is mounted"), "another type of one generic: {memory}");
}

/// Holds the values of several types.
struct App {
    reviewer: Arc<Reviewer>,
    disk: Store<Disk>,
}

impl Provides<Reviewer> for App {
    fn provide(&self) -> &Reviewer {
        &self.reviewer
    }
}

impl Provides<Store<Disk>> for App {
    fn provide(&self) -> &Store<Disk> {
        &self.disk
    }
}

#[tokio::test]
async fn one_value_provides_others() {
    let (provider, plain) = dispatcher();
    let app = App { reviewer: Reviewer::new("kind"), disk: Store { backend: Disk("b") } };
    let reviewer = Arc::clone(&app.reviewer);
    let dispatcher = plain.mount(reviewer).mount(Arc::new(app));
    dispatcher.call::<Second>(SecondArgs { texts: &[] }).await.unwrap();
    FromDisk::builder().call(&dispatcher).await.unwrap();
    dispatcher.call::<Fixed>(FixedArgs { text: "a" }).await.unwrap();
    dispatcher.process("methods.review", json!({ "text": "a" })).await.unwrap();
    let expected = [(None, "kind 0"), (None, "b a"), (None, "80: a"), (kind_styled("kind"), "80: a")];
    assert_eq!(said(&provider), expected.map(|(system, text)| (system, text.to_owned())));
    assert!(dispatcher.process("methods.disk", json!({})).await.is_err(), "by name the value itself is mounted or not");
}

#[tokio::test]
async fn routers_keep_what_is_mounted() {
    let provider = Scripted::texts([STARS; 8]);
    let mounted = Router::new().mount(Reviewer::new("kind"));
    let listed = Router::new().prompt::<ReviewText>().prompt::<FromDisk>();
    assert!(format!("{mounted:?}").contains("mounted: []"), "{mounted:?}");
    for router in [listed.clone().include_router(mounted.clone()), mounted.include_router(listed.clone())] {
        assert!(format!("{router:?}").contains(r#"mounted: ["methods.review"]"#), "{router:?}");
        let builder = Dispatcher::builder(provider.clone()).registry(Registry::empty());
        let mut dispatcher = builder.include_router(router).build().unwrap();
        assert_eq!(dispatcher.modes().collect::<Vec<_>>(), ["methods.disk", "methods.review"]);
        dispatcher.process("methods.review", json!({ "text": "a" })).await.unwrap();
        dispatcher.include_router(Router::new().mount(Reviewer::new("strict")));
        dispatcher.process("methods.review", json!({ "text": "a" })).await.unwrap();
    }
    let styles = ["kind", "strict", "kind", "strict"].map(|style| (kind_styled(style), "80: a".to_owned()));
    assert_eq!(said(&provider), styles);
    // What comes after the mounting is called on the value, too.
    let mut late =
        Dispatcher::builder(provider).registry(Registry::empty()).build().unwrap().mount(Reviewer::new("late"));
    assert_eq!(late.modes().count(), 0, "mounting adds no prompt");
    late.include_router(listed);
    late.process("methods.review", json!({ "text": "a" })).await.unwrap();
}

#[test]
fn the_registry_lists_methods() {
    let registry = Registry::discover().unwrap();
    let modes: Vec<_> =
        registry.iter().map(codex_ai::Entry::mode).filter(|mode| mode.starts_with("methods.")).collect();
    let all =
        ["disk", "fixed", "memory", "nested", "produced", "review", "second"].map(|mode| format!("methods.{mode}"));
    assert_eq!(modes, all);
    let entry = registry.get("methods.review").unwrap();
    assert!(std::ptr::eq(entry, ReviewText::ENTRY));
    assert_eq!(entry.state(), Some("Reviewer"));
    assert_eq!(entry.path(), "methods::Reviewer::review");
    let signature = "Reviewer::review(&self, text: &str, max_words: usize = Reviewer::LIMIT) -> Prompt<Review>";
    assert_eq!(entry.signature(), signature);
    assert_eq!((entry.summary(), entry.args()[0].docs), ("Reviews a text.", "The text."));
    let described = entry.describe();
    assert_eq!(
        (&described["state"], &described["function"]),
        (&json!("Reviewer"), &json!("methods::Reviewer::review"))
    );
    assert_eq!(registry.get("methods.fixed").unwrap().describe()["state"], json!(null));
    let disk = registry.get("methods.disk").unwrap();
    assert_eq!(disk.state(), Some("Store<Disk>"));
    assert!(registry.to_string().contains(signature), "{registry}");
    assert!(!registry.get("methods.second").unwrap().takes_json());
}

#[tokio::test]
async fn the_methods_stay_ordinary_ones() {
    let reviewer = Reviewer::new("kind");
    let prompt = reviewer.review("a", 2).await;
    assert_eq!(prompt.system_text(), Some("Style: kind."));
    assert_eq!(Reviewer::fixed("a").await, "80: a");
    let text = Reviewer::second(&reviewer, &[]).await.unwrap().messages()[0].text().unwrap().into_owned();
    assert_eq!(text, "kind 0");
}

mod nested {
    use codex_ai::{prompt, prompts};

    pub(super) struct Teller(pub(super) u8);

    #[prompts]
    #[allow(unused_qualifications, reason = "a path is what is tested")]
    impl super::nested::Teller {
        /// Of a type that is named by a path.
        #[prompt(mode = "methods.nested")]
        pub(super) async fn tell(&self) -> String {
            self.0.to_string()
        }
    }
}

macro_rules! teller {
    ($ty:ident, $mode:literal, $text:expr, $argument:ty) => {
        struct $ty;

        #[prompts]
        impl $ty {
            #[prompt(mode = $mode, marker = Produced)]
            async fn tell(&self, #[arg(default = $text)] text: $argument) -> String {
                text.to_string()
            }
        }
    };
}

teller!(Made, "methods.produced", "from a macro", &str);

#[tokio::test]
async fn in_modules_and_from_macros() {
    let (provider, plain) = dispatcher();
    plain.mount(Arc::new(nested::Teller(3))).call::<nested::Tell>(nested::TellArgs {}).await.unwrap();
    plain.mount(Arc::new(Made)).process("methods.produced", json!({})).await.unwrap();
    assert_eq!(said(&provider), ["3", "from a macro"].map(|text| (None, text.to_owned())));
}

#[test]
fn without_async() {
    let provider = Scripted::texts([STARS; 3]);
    let dispatcher = codex_ai::blocking::Dispatcher::new(provider.clone()).unwrap().mount(Reviewer::new("kind"));
    dispatcher.call::<ReviewText>(ReviewTextArgs { text: "a", max_words: 3 }).unwrap();
    ReviewText::builder().text("b").call(&dispatcher).unwrap();
    dispatcher.process("methods.review", json!({ "text": "c" })).unwrap();
    let texts = ["3: a", "80: b", "80: c"];
    assert_eq!(said(&provider), texts.map(|text| (kind_styled("kind"), text.to_owned())));
}

mod odd {
    #![no_implicit_prelude]

    use ::codex_ai::{prompt, prompts};
    use ::std::string::{String, ToString as _};

    /// Names that generated code has, too.
    #[allow(non_camel_case_types)]
    pub(super) struct render(pub(super) u8);

    #[prompts]
    impl render {
        #[prompt(mode = "odd.args", marker = Args)]
        pub(super) async fn args(
            &self,
            #[arg(default = 2)] _state: u8,
            #[arg(default)] state: u8,
            #[arg(default = 4)] arguments: u8,
        ) -> String {
            let render(own) = self;
            (*own * 27 + _state * 9 + state * 3 + arguments).to_string()
        }
    }
}

#[tokio::test]
async fn odd_names_and_places() {
    struct Inner(u8);

    #[prompts]
    impl Inner {
        /// In the body of a function.
        #[prompt(mode = "odd.inner")]
        async fn r#type(&self, r#in: &str) -> Result<Prompt<Review>, String> {
            if self.0 == 0 { Err("nothing".to_owned()) } else { Ok(Prompt::new().user(r#in)) }
        }
    }

    let (provider, plain) = dispatcher();
    plain.mount(Arc::new(odd::render(1))).process("odd.args", json!({ "state": 3 })).await.unwrap();
    plain.mount(Arc::new(Inner(1))).call::<Type>(TypeArgs { r#in: "in" }).await.unwrap();
    let error = plain.mount(Arc::new(Inner(0))).process("odd.inner", json!({ "in": "in" })).await.unwrap_err();
    assert_eq!((error.kind(), error.message()), (ErrorKind::Prompt, "the prompt function failed: nothing"));
    assert_eq!(said(&provider), ["58", "in"].map(|text| (None, text.to_owned())));
}
