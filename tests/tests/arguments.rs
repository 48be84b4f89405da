//! The arguments of a prompt function: their kinds, as a literal, by the builder, and in JSON.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use codex_ai::mount::{STATELESS, Stateless};
use codex_ai::testing::Scripted;
use codex_ai::{Dispatcher, PromptDef, blocking, prompt};
use serde_json::{Value, json};

/// What the model is asked by a typed call.
async fn typed<Q: PromptDef<State = Stateless>>(args: Q::Args<'_>) -> String {
    Q::render(STATELESS, args).await.unwrap().into_request().messages[0].text().unwrap().into_owned()
}

/// What the model is asked by a call by name.
async fn by_name<Q: PromptDef>(arguments: Value) -> String {
    let provider = Scripted::texts(["fine"]);
    let dispatcher = Dispatcher::new(provider.clone()).unwrap();
    let answer = dispatcher.process(Q::ENTRY.mode(), arguments).await.unwrap();
    assert_eq!(answer, "fine");
    provider.requests()[0].messages[0].text().unwrap().into_owned()
}

#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
struct Point {
    x: i32,
    #[serde(default)]
    y: i32,
}

#[prompt]
async fn by_value(a: String, b: u8, c: Vec<String>, d: (i32, bool), e: BTreeMap<String, u8>, f: Point) -> String {
    format!("{a:?} {b} {c:?} {d:?} {e:?} {f:?}")
}

#[tokio::test]
async fn values() {
    let args = ByValueArgs {
        a: "a".into(),
        b: 2,
        c: vec!["c".into()],
        d: (-4, true),
        e: BTreeMap::from([("k".to_owned(), 5)]),
        f: Point { x: 1, y: 0 },
    };
    let asked = typed::<ByValue>(args).await;
    assert_eq!(asked, r#""a" 2 ["c"] (-4, true) {"k": 5} Point { x: 1, y: 0 }"#);
    let arguments = json!({ "a": "a", "b": 2, "c": ["c"], "d": [-4, true], "e": { "k": 5 }, "f": { "x": 1 } });
    assert_eq!(by_name::<ByValue>(arguments).await, asked);
}

#[prompt]
async fn by_reference(
    text: &str,
    list: &[String],
    path: &Path,
    point: &Point,
    words: &[&str],
    owned: &Vec<u8>,
) -> String {
    format!("{text:?} {list:?} {path:?} {point:?} {words:?} {owned:?}")
}

#[tokio::test]
async fn references() {
    let args = ByReferenceArgs {
        text: "a",
        list: &["b".to_owned()],
        path: Path::new("c/d"),
        point: &Point { x: 1, y: 2 },
        words: &["e", "f"],
        owned: &vec![3],
    };
    let asked = typed::<ByReference>(args).await;
    assert_eq!(asked, r#""a" ["b"] "c/d" Point { x: 1, y: 2 } ["e", "f"] [3]"#);
    let arguments = json!({
        "text": "a", "list": ["b"], "path": "c/d", "point": { "x": 1, "y": 2 }, "words": ["e", "f"], "owned": [3],
    });
    assert_eq!(by_name::<ByReference>(arguments).await, asked);
}

#[prompt]
async fn optional(a: Option<u8>, b: Option<&str>, c: Option<Vec<&str>>, d: Option<Cow<'_, str>>) -> String {
    format!("{a:?} {b:?} {c:?} {d:?}")
}

#[tokio::test]
async fn options_may_be_left_out() {
    let all = OptionalArgs { a: Some(1), b: Some("b"), c: Some(vec!["c"]), d: Some("d".into()) };
    let asked = typed::<Optional>(all).await;
    assert_eq!(by_name::<Optional>(json!({ "a": 1, "b": "b", "c": ["c"], "d": "d" })).await, asked);
    let asked = typed::<Optional>(Optional::builder().build()).await;
    assert_eq!(asked, "None None None None");
    assert_eq!(by_name::<Optional>(json!({})).await, asked);
    assert_eq!(by_name::<Optional>(json!({ "a": null, "b": null, "c": null, "d": null })).await, asked);
}

#[prompt]
async fn lifetimes<'x, 'text: 'x>(
    a: &'x str,
    b: &'text str,
    c: Cow<'_, str>,
    d: Vec<&'x str>,
    e: (&str, u8),
) -> String {
    format!("{a} {b} {c} {d:?} {e:?}")
}

#[tokio::test]
async fn lifetimes_become_one() {
    let short = String::from("short");
    let args = LifetimesArgs { a: &short, b: "b", c: Cow::Borrowed(&short), d: vec![&short], e: (&short, 1) };
    let asked = typed::<Lifetimes>(args).await;
    assert_eq!(asked, r#"short b short ["short"] ("short", 1)"#);
    let arguments = json!({ "a": "short", "b": "b", "c": "short", "d": ["short"], "e": ["short", 1] });
    assert_eq!(by_name::<Lifetimes>(arguments).await, asked);
}

#[prompt]
async fn patterns(mut text: String, mut count: u8, r#type: &str, r#match: u8) -> String {
    text.push('!');
    count += 1;
    format!("{text} {count} {type} {match}")
}

#[tokio::test]
async fn mutable_and_raw_names() {
    let args = Patterns::builder().text("a".into()).count(1).r#type("t").r#match(3).build();
    let asked = typed::<Patterns>(args).await;
    assert_eq!(asked, "a! 2 t 3");
    assert_eq!(by_name::<Patterns>(json!({ "text": "a", "count": 1, "type": "t", "match": 3 })).await, asked);
    assert_eq!(Patterns::ENTRY.args()[2].name, "type");
}

const LIMIT: u32 = 80;

fn default_words() -> u32 {
    7
}

#[prompt]
#[expect(clippy::too_many_arguments, reason = "one default of each kind")]
async fn defaults(
    #[arg(default)] a: u8,
    #[arg(default = LIMIT)] b: u32,
    #[arg(default = "x")] c: &str,
    #[arg(default = &[])] d: &[u8],
    #[arg(default = if LIMIT > 3 { "long" } else { "short" })] j: &str,
    #[arg(default = vec!["a".to_owned(), "b".to_owned()])] e: Vec<String>,
    #[arg(default = Some(4))] f: Option<u8>,
    #[arg(default = BTreeMap::<String, u8>::new())] g: BTreeMap<String, u8>,
    #[arg(default = -1.5)] h: f64,
    // The function that makes the default may have the name that one would give it.
    #[arg(default = default_words())] words: u32,
    #[arg(default = Path::new("."))] i: &Path,
    required: bool,
) -> String {
    format!("{a} {b} {c} {d:?} {e:?} {f:?} {g:?} {h} {words} {i:?} {required} {j}")
}

#[tokio::test]
async fn defaults_fill_in() {
    let asked = typed::<Defaults>(Defaults::builder().required(true).build()).await;
    assert_eq!(asked, r#"0 80 x [] ["a", "b"] Some(4) {} -1.5 7 "." true long"#);
    assert_eq!(by_name::<Defaults>(json!({ "required": true })).await, asked);
    // `null` is "not given" where the type does not take it, and `None` where it does.
    let arguments = json!({ "required": true, "a": null, "b": null, "c": null, "e": null, "f": null, "words": null });
    assert_eq!(by_name::<Defaults>(arguments).await, asked.replace("Some(4)", "None"));
    let set = Defaults::builder().a(1).c("y").d(&[2]).f(None).words(3).i(Path::new("/")).required(false).h(0.5);
    assert_eq!(typed::<Defaults>(set.build()).await, r#"1 80 y [2] ["a", "b"] None {} 0.5 3 "/" false long"#);
}

#[test]
fn defaults_are_listed_as_written() {
    let default = |name: &str| Defaults::ENTRY.args().iter().find(|arg| arg.name == name).unwrap().default;
    assert_eq!(default("a"), Some("Default::default()"));
    assert_eq!(default("b"), Some("LIMIT"));
    assert_eq!(default("c"), Some("\"x\""));
    assert_eq!(default("h"), Some("-1.5"));
    assert_eq!(default("required"), None);
    let schema = Defaults::ENTRY.input_schema().unwrap().as_value();
    assert_eq!(schema["required"], json!(["required"]));
}

#[prompt]
async fn renamed(
    #[arg(rename = "text")] input: &str,
    #[arg(rename = "max words", default = 3)] max_words: u8,
    #[arg(rename = "a.b")] dotted: &str,
    #[arg(rename = "build")] build_it: bool,
    #[arg(rename = "größe")] size: u8,
) -> String {
    format!("{input} {max_words} {dotted} {build_it} {size}")
}

#[tokio::test]
async fn json_names() {
    let asked = typed::<Renamed>(Renamed::builder().input("t").dotted("d").build_it(true).size(1).build()).await;
    assert_eq!(asked, "t 3 d true 1");
    let arguments = json!({ "text": "t", "max words": 3, "a.b": "d", "build": true, "größe": 1 });
    assert_eq!(by_name::<Renamed>(arguments).await, asked);
    let arguments = json!({ "text": "t", "max words": null, "a.b": "d", "build": true, "größe": 1 });
    assert_eq!(by_name::<Renamed>(arguments).await, asked);
}

// Names that generated code has too.

struct TextState;

#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize)]
struct NeedsText(u8);

#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize)]
struct OnceText(u8);

static ENTRY: u8 = 5;

#[prompt]
async fn render(
    text: NeedsText,
    once: &OnceText,
    #[arg(default = ENTRY)] schemas: u8,
    arguments: u8,
    args: u8,
) -> String {
    let _ = TextState;
    format!("{text:?} {once:?} {schemas} {arguments} {args}")
}

#[prompt]
async fn args(value: u8, dispatcher: u8, entry: u8, this: u8, a: &str, request: u8) -> String {
    format!("{value} {dispatcher} {entry} {this} {a} {request}")
}

#[prompt]
async fn schemas(app: AppState, #[arg(default = render_default())] render: u8) -> String {
    format!("{app:?} {render}")
}

fn render_default() -> u8 {
    9
}

#[derive(Debug, Clone, serde::Deserialize)]
#[allow(dead_code, reason = "only printed")]
struct AppState {
    users: u8,
}

#[prompt]
#[expect(clippy::duplicate_underscore_argument, reason = "the names are the point")]
async fn similar_names(text: &str, _text: u8, text1: u8, text_1: u8) -> String {
    format!("{text} {_text} {text1} {text_1}")
}

#[tokio::test]
async fn names_of_generated_code_are_the_users_own() {
    let args = Render::builder().text(NeedsText(1)).once(&OnceText(2)).arguments(3).args(4).build();
    assert_eq!(typed::<Render>(args).await, "NeedsText(1) OnceText(2) 5 3 4");
    let arguments = json!({ "text": 1, "once": 2, "arguments": 3, "args": 4 });
    assert_eq!(by_name::<Render>(arguments).await, "NeedsText(1) OnceText(2) 5 3 4");

    let args = Args::builder().value(1).dispatcher(2).entry(3).this(4).a("a").request(5).build();
    assert_eq!(typed::<Args>(args).await, "1 2 3 4 a 5");

    let args = Schemas::builder().app(AppState { users: 1 }).build();
    assert_eq!(typed::<Schemas>(args).await, "AppState { users: 1 } 9");
    assert_eq!(by_name::<Schemas>(json!({ "app": { "users": 1 } })).await, "AppState { users: 1 } 9");

    let args = SimilarNames::builder().text("a").text1(2)._text(1).text_1(3).build();
    assert_eq!(typed::<SimilarNames>(args).await, "a 1 2 3");
}

// What cannot come from JSON.

struct Connection(u8);

#[prompt(json = false)]
async fn not_json(
    connection: &Connection,
    show: &(dyn std::fmt::Display + Sync),
    name: &'static str,
    cut: &(dyn for<'a> Fn(&'a str) -> &'a str + Sync),
    pick: fn(&str) -> Option<char>,
) -> String {
    format!("{} {show} {} {:?}", connection.0, cut(name), pick(name))
}

#[tokio::test]
async fn other_types_need_no_json() {
    let args =
        NotJson::builder().connection(&Connection(1)).show(&2.5).name("n ").cut(&str::trim).pick(|n| n.chars().next());
    let args = args.build();
    assert_eq!(typed::<NotJson>(args).await, "1 2.5 n Some('n')");
}

// The builder.

#[prompt]
async fn five(a: &str, b: String, c: u8, #[arg(default = 1)] d: u8, e: Option<&str>) -> String {
    format!("{a} {b} {c} {d} {e:?}")
}

#[test]
fn a_builder_takes_arguments_in_any_order() {
    let one = Five::builder().a("a").b("b".into()).c(3).d(4).e(Some("e")).build();
    let two = Five::builder().e(Some("e")).d(4).c(3).b("b".into()).a("a").build();
    assert_eq!((one.a, one.b, one.c, one.d, one.e), (two.a, two.b, two.c, two.d, two.e));
}

#[test]
fn an_optional_argument_may_be_set_again() {
    assert_eq!(Five::builder().a("a").b("b".into()).c(3).d(4).d(5).build().d, 5);
}

#[test]
fn a_builder_can_be_kept_half_done() {
    let text = String::from("t");
    let half = Five::builder().a(&text).c(1);
    let whole = half.b("b".into());
    assert_eq!(whole.build().a, "t");
}

#[tokio::test]
async fn a_builder_calls_a_dispatcher() {
    let provider = Scripted::texts(["one", "two"]);
    let dispatcher = Dispatcher::new(provider.clone()).unwrap();
    let text = String::from("t");
    let answer: String = Five::builder().a(&text).b("b".into()).c(1).call(&dispatcher).await.unwrap();
    assert_eq!(answer, "one");
    let future = {
        // The arguments live as long as they must and no longer.
        Five::builder().a(&text).b("b".into()).c(1).call(&dispatcher)
    };
    assert_eq!(future.await.unwrap(), "two");
    assert_eq!(provider.requests()[1].messages[0].text().unwrap(), "t b 1 1 None");
}

#[test]
fn a_builder_calls_a_blocking_dispatcher() {
    let dispatcher = blocking::Dispatcher::new(Scripted::texts(["one"])).unwrap();
    let answer: codex_ai::Result<String> = Five::builder().a("a").b("b".into()).c(1).call(&dispatcher);
    assert_eq!(answer.unwrap(), "one");
}

#[prompt]
async fn nothing() -> &'static str {
    "nothing"
}

#[tokio::test]
async fn a_prompt_without_arguments() {
    assert_eq!(typed::<Nothing>(NothingArgs {}).await, "nothing");
    assert_eq!(typed::<Nothing>(Nothing::builder().build()).await, "nothing");
    assert_eq!(by_name::<Nothing>(json!({})).await, "nothing");
    let dispatcher = Dispatcher::new(Scripted::texts(["one"])).unwrap();
    assert_eq!(Nothing::builder().call(&dispatcher).await.unwrap(), "one");
}

#[prompt]
async fn owned_path(path: PathBuf, #[arg(default = "-".into())] name: Box<str>) -> String {
    format!("{} {name}", path.display())
}

#[tokio::test]
async fn a_typed_call_is_send_and_static_with_owned_arguments() {
    let dispatcher = Dispatcher::new(Scripted::texts(["one"])).unwrap();
    let task = tokio::spawn(async move {
        let args = OwnedPathArgs { path: "a".into(), name: "b".into() };
        dispatcher.call::<OwnedPath>(args).await.unwrap()
    });
    assert_eq!(task.await.unwrap(), "one");
}
