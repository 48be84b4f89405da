//! Typed values while they come: what is shown when, that nothing that is done changes, and that it does not cost more the
//! more has come.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::cell::Cell;
use std::collections::BTreeMap;

use codex_ai::partial::{Cursor, Grow, PartialReader};
use codex_ai::provider::{anthropic::Anthropic, gemini::Gemini, openai::OpenAi, openrouter::OpenRouter};
use codex_ai::schema::Json;
use codex_ai::testing::{Answer, Scripted, Step, WireServer};
use codex_ai::{
    AnyProvider, Dispatcher, ErrorKind, JsonOutput, LlmSchema, Options, Partial, Progress, Reply, ReplyStream, Schema,
    blocking,
};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, LlmSchema)]
struct Report {
    title: String,
    count: u32,
    mood: Mood,
    tags: Vec<String>,
    lead: Option<Person>,
    people: Vec<Person>,
    by_city: BTreeMap<String, Person>,
    place: (f64, f64),
    next: Option<Box<Report>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, LlmSchema)]
struct Person {
    name: String,
    age: u8,
    is_happy: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, LlmSchema)]
#[serde(rename_all = "lowercase")]
enum Mood {
    Calm,
    Wild,
}

/// A stream of a text in these pieces.
async fn stream<T: JsonOutput>(pieces: Vec<String>) -> ReplyStream<T> {
    let provider = Scripted::answers([Answer::pieces(pieces)]);
    Dispatcher::new(provider).unwrap().stream_json::<T>("anything").await.unwrap()
}

/// The text in pieces of one character.
fn letters(text: &str) -> Vec<String> {
    text.chars().map(String::from).collect()
}

/// What is shown after each piece, as `Debug` writes it, each state once.
async fn states<T>(pieces: Vec<String>) -> Vec<String>
where
    T: LlmSchema<Partial: Send> + JsonOutput,
{
    let mut stream = stream::<T>(pieces).await;
    let mut states = Vec::new();
    while let Some(partial) = stream.next_partial().await {
        states.push(format!("{:?}", partial.unwrap()));
    }
    states
}

#[tokio::test]
async fn text_grows_and_all_else_is_shown_when_it_is_complete() {
    let mut stream = stream::<Person>(letters(r#"{"name": "Bo", "age": 41, "is_happy": true}"#)).await;
    let mut seen = Vec::new();
    while let Some(person) = stream.next_partial().await {
        let person = person.unwrap();
        let name = (person.name.as_str().to_owned(), person.name.is_done());
        seen.push((name, person.age.done().copied(), person.is_happy.done().copied()));
    }
    let name = |text: &str, done| (text.to_owned(), done);
    assert_eq!(
        seen,
        [
            (name("B", false), None, None),
            (name("Bo", false), None, None),
            (name("Bo", true), None, None),
            (name("Bo", true), Some(41), None),
            (name("Bo", true), Some(41), Some(true)),
        ]
    );
    let person = Person { name: "Bo".into(), age: 41, is_happy: true };
    assert_eq!(stream.finish().await.unwrap().value, person);
}

/// That what is done is what the value has in the end, and what is shown of the rest is how it begins.
fn agrees(partial: &Partial<Report>, whole: &Report) {
    let begins = |shown: &str, whole: &str| assert!(whole.starts_with(shown), "{shown} {whole}");
    let person = |shown: &Progress<Person>, whole: &Person| match shown {
        Progress::Done(person) => assert_eq!(person, whole),
        Progress::Partial(person) => {
            begins(person.name.as_str(), &whole.name);
            assert!(person.name.done().is_none_or(|name| *name == whole.name));
            assert!(person.age.done().is_none_or(|age| *age == whole.age));
            assert!(person.is_happy.done().is_none_or(|is_happy| *is_happy == whole.is_happy));
        }
        _ => {}
    };
    begins(partial.title.as_str(), &whole.title);
    assert!(partial.count.done().is_none_or(|count| *count == whole.count));
    assert!(partial.mood.done().is_none_or(|mood| *mood == whole.mood));
    assert!(partial.place.done().is_none_or(|place| *place == whole.place));
    assert!(partial.tags.done().is_none_or(|tags| *tags == whole.tags));
    for (shown, whole) in partial.tags.partial().into_iter().flat_map(|tags| tags.iter()).zip(&whole.tags) {
        begins(shown.as_str(), whole);
    }
    match (&partial.lead, &whole.lead) {
        (Progress::Done(lead), whole) => assert_eq!(lead, whole),
        (Progress::Partial(lead), Some(whole)) => begins(lead.name.as_str(), &whole.name),
        (Progress::Partial(_), None) => panic!("a person where there is none"),
        _ => {}
    }
    assert!(partial.people.done().is_none_or(|people| *people == whole.people));
    if let Some(people) = partial.people.partial() {
        assert!(people.len() <= whole.people.len());
        people.iter().zip(&whole.people).for_each(|(shown, whole)| person(shown, whole));
    }
    assert!(partial.by_city.done().is_none_or(|by_city| *by_city == whole.by_city));
    if let Some(by_city) = partial.by_city.partial() {
        by_city.iter().for_each(|(city, shown)| person(shown, &whole.by_city[city]));
    }
    match (&partial.next, &whole.next) {
        (Progress::Done(next), whole) => assert_eq!(next, whole),
        (Progress::Partial(next), Some(whole)) => agrees(next, whole),
        (Progress::Partial(_), None) => panic!("a report where there is none"),
        _ => {}
    }
}

/// What of a partial value is done: it only becomes more.
fn done(partial: &Partial<Report>) -> Vec<bool> {
    let mut all = vec![
        partial.title.is_done(),
        partial.count.is_done(),
        partial.mood.is_done(),
        partial.place.is_done(),
        partial.tags.is_done(),
        partial.lead.is_done(),
        partial.people.is_done(),
        partial.by_city.is_done(),
        partial.next.is_done(),
    ];
    all.extend(partial.tags.partial().into_iter().flat_map(|tags| tags.iter()).map(Progress::is_done));
    all
}

async fn check(mut stream: ReplyStream<Report>, whole: &Report) {
    let mut before: Vec<bool> = Vec::new();
    let mut count = 0;
    while let Some(partial) = stream.next_partial().await {
        let partial = partial.unwrap();
        agrees(partial, whole);
        let now = done(partial);
        let fields = before.iter().zip(&now).take(9);
        assert!(fields.clone().all(|(before, now)| *now || !before), "{before:?} {now:?}");
        before = now;
        count += 1;
    }
    assert!(before[..9].iter().all(|is_done| *is_done), "not all is done in the end: {before:?}");
    assert!(count > 0);
    assert_eq!(stream.finish().await.unwrap().value, *whole);
}

fn person() -> impl Strategy<Value = Person> {
    (text(), any::<u8>(), any::<bool>()).prop_map(|(name, age, is_happy)| Person { name, age, is_happy })
}

/// Text with all that is written in a way of its own in JSON.
fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-zA-Z ,.:]{0,12}", "[\"\\\\/{}\\[\\]:,'`a-c\\n\\t\u{e9}\u{1f600} ]{0,8}"]
}

fn report() -> impl Strategy<Value = Report> {
    (flat_report(), prop::option::of(flat_report()))
        .prop_map(|(report, next)| Report { next: next.map(Box::new), ..report })
}

fn flat_report() -> impl Strategy<Value = Report> {
    let fields = (
        text(),
        any::<u32>(),
        prop_oneof![Just(Mood::Calm), Just(Mood::Wild)],
        prop::collection::vec(text(), 0..4),
        prop::option::of(person()),
        prop::collection::vec(person(), 0..4),
        prop::collection::btree_map("[a-z]{1,4}", person(), 0..3),
        (-1000..1000_i32, -1000..1000_i32).prop_map(|(x, y)| (f64::from(x) / 8.0, f64::from(y) / 8.0)),
    );
    fields.prop_map(|(title, count, mood, tags, lead, people, by_city, place)| Report {
        title,
        count,
        mood,
        tags,
        lead,
        people,
        by_city,
        place,
        next: None,
    })
}

/// The text cut at some of its characters.
fn cut(text: &str, cuts: &[usize]) -> Vec<String> {
    let (mut pieces, mut piece, mut cuts) = (Vec::new(), String::new(), cuts.iter().cycle());
    let mut left = cuts.next().copied().unwrap_or(1);
    for c in text.chars() {
        piece.push(c);
        left -= 1;
        if left == 0 {
            pieces.push(std::mem::take(&mut piece));
            left = cuts.next().copied().unwrap_or(1);
        }
    }
    pieces.push(piece);
    pieces
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_done_does_not_change_and_is_what_comes_in_the_end(
        report in report(),
        cuts in prop::collection::vec(1..20_usize, 1..6),
        is_pretty in any::<bool>(),
        (before, after) in prop_oneof![
            Just(("", "")),
            Just(("Here it is:\n```json\n", "\n```\nDone.")),
        ],
    ) {
        let json = if is_pretty { serde_json::to_string_pretty(&report) } else { serde_json::to_string(&report) };
        let pieces = cut(&format!("{before}{}{after}", json.unwrap()), &cuts);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async { check(stream(pieces).await, &report).await });
    }
}

/// The report as a vendor writes it that takes neither maps nor tuples nor properties that may be missing.
fn written(report: &Report) -> Value {
    let mut value = json!(report);
    let cities = report.by_city.iter().map(|(city, person)| json!({ "key": city, "value": person }));
    value["by_city"] = cities.collect();
    value["place"] = json!({ "0": report.place.0, "1": report.place.1 });
    if let Some(next) = &report.next {
        value["next"] = written(next);
    }
    value
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn the_forms_of_vendors_are_seen_through(report in report(), cuts in prop::collection::vec(1..20_usize, 1..6)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let mut reader = PartialReader::new(Schema::of::<Report>().clone());
        runtime.block_on(async {
            let text = written(&report).to_string();
            reader.push(&text);
            let mut stream = stream::<Report>(cut(&text, &cuts)).await;
            let mut last = Vec::new();
            while let Some(partial) = stream.next_partial().await {
                let partial = partial.unwrap();
                agrees(partial, &report);
                last = done(partial);
            }
            assert!(last[..9].iter().all(|is_done| *is_done), "{last:?}");
        });
        assert_eq!(reader.finish(), Some(json!(report)));
    }
}

#[tokio::test]
async fn any_value_that_may_be_its_own_json_waits() {
    #[derive(Debug, Deserialize, LlmSchema)]
    struct Loose {
        any: Value,
        more: Value,
    }
    let text = r#"{"any": "{\"a\": 1}", "more": "no JSON"}"#;
    let mut stream = stream::<Loose>(letters(text)).await;
    let mut last = (false, None);
    while let Some(loose) = stream.next_partial().await {
        let loose = loose.unwrap();
        last = (loose.any.is_done(), loose.more.done().cloned());
    }
    assert_eq!(last, (false, Some(json!("no JSON"))));
}

#[tokio::test]
async fn all_vendors_over_a_socket_cut_at_every_byte() {
    let person = Person { name: "Zo\u{eb} \u{1f600}".into(), age: 7, is_happy: false };
    let report = Report {
        title: "A \"day\"\nof rain".into(),
        count: 12,
        mood: Mood::Wild,
        tags: vec!["a".into(), "b".into()],
        lead: Some(person.clone()),
        people: vec![person.clone(), person.clone()],
        by_city: BTreeMap::from([("Oslo".into(), person)]),
        place: (1.5, -2.0),
        next: None,
    };
    for vendor in VENDORS {
        let (server, dispatcher) = vendor.answers(&report).await;
        check(dispatcher.stream_json::<Report>("anything").await.unwrap(), &report).await;
        assert_eq!(server.request_count(), 1);
    }
}

#[tokio::test]
async fn elements_come_through_what_a_vendor_puts_around_a_list() {
    let all: Vec<Point> = (0..3).map(|weight| Point { what: format!("{weight}\u{e9}{weight}"), weight }).collect();
    for vendor in VENDORS {
        let (_server, dispatcher) = vendor.answers(&all).await;
        let mut elements = dispatcher.stream_json::<Vec<Point>>("anything").await.unwrap().into_elements();
        for expected in &all {
            assert_eq!(elements.next().await.unwrap().unwrap(), *expected);
        }
        assert!(elements.next().await.is_none());
        assert_eq!(elements.finish().await.unwrap().value, all);
    }
}

#[derive(Debug, Clone, Copy)]
enum Vendor {
    OpenAi,
    Chat,
    Anthropic,
    Gemini,
    OpenRouter,
}

const VENDORS: [Vendor; 5] = [Vendor::OpenAi, Vendor::Chat, Vendor::Anthropic, Vendor::Gemini, Vendor::OpenRouter];

impl Vendor {
    fn dispatcher(self, server: &WireServer) -> Dispatcher {
        let (key, url, origin) = ("sk-test-0123456789", server.url(), server.origin());
        let provider = match self {
            Self::OpenAi => AnyProvider::new(OpenAi::builder().key(key).base_url(url).build().unwrap()),
            Self::Chat => AnyProvider::new(OpenAi::builder().key(key).base_url(url).chat().build().unwrap()),
            Self::Anthropic => AnyProvider::new(Anthropic::builder().key(key).base_url(origin).build().unwrap()),
            Self::Gemini => AnyProvider::new(Gemini::builder().key(key).base_url(origin).build().unwrap()),
            Self::OpenRouter => AnyProvider::new(OpenRouter::builder().key(key).base_url(url).build().unwrap()),
        };
        Dispatcher::new(provider).unwrap().with_options(Options::new().with_model("m"))
    }

    /// A server that gives the value in the form that the vendor is asked for, a byte at a time.
    async fn answers<T: JsonOutput + LlmSchema + Serialize>(self, value: &T) -> (WireServer, Dispatcher) {
        let json = serde_json::to_value(value).unwrap();
        let asked = WireServer::script([Step::reply(Reply::from_text("m", json.to_string()))]).unwrap();
        let stream = self.dispatcher(&asked).stream_json::<T>("anything").await.unwrap();
        let form = stream.finish().await.unwrap().wire_form;
        let text = Schema::of::<T>().wire(form).unwrap().encode(json).unwrap().to_string();
        let server = WireServer::script([Step::reply(Reply::from_text("m", text)).in_pieces_of(1)]).unwrap();
        let dispatcher = self.dispatcher(&server);
        (server, dispatcher)
    }
}

#[tokio::test]
async fn what_is_wrong_stays_as_far_as_it_was_shown() {
    let text = r#"{"name": "Bo", "age": "a lot", "is_happy": true}"#;
    let mut stream = stream::<Person>(letters(text)).await;
    let mut last = String::new();
    while let Some(person) = stream.next_partial().await {
        last = format!("{:?}", person.unwrap());
    }
    assert!(last.contains("age: Pending") && last.contains("is_happy: Done"), "{last}");
    assert!(stream.finish().await.unwrap_err().to_string().contains("age"));
}

#[derive(Debug, Deserialize, LlmSchema)]
#[expect(dead_code, reason = "only how it comes is looked at")]
struct Shy {
    #[llm(stream = "done")]
    title: String,
    body: Keen,
}

#[derive(Debug, Deserialize, LlmSchema)]
#[expect(dead_code, reason = "only how it comes is looked at")]
struct Keen {
    note: String,
    #[llm(stream = "not_null")]
    id: u32,
}

#[tokio::test]
async fn stream_attributes_keep_values_back() {
    let states = states::<Shy>(letters(r#"{"title": "ab", "body": {"note": "cd", "id": 5}}"#)).await;
    assert!(!states.iter().any(|state| state.contains("title: Partial")), "{states:?}");
    // Nothing of the body before its id is there.
    assert!(!states.iter().any(|state| state.contains("note: Partial") || state.contains("id: Pending")), "{states:?}");
    assert!(states.last().unwrap().contains("body: Done"), "{states:?}");
}

thread_local! {
    /// How often a `Counted` took something in.
    static WORK: Cell<usize> = const { Cell::new(0) };
}

/// Text that counts the work of its partial values.
#[derive(Debug, Deserialize)]
struct Counted(#[allow(dead_code, reason = "only its work counts")] String);

#[derive(Debug, Default)]
struct CountedPartial;

impl Grow for CountedPartial {
    fn grow(&mut self, _: Cursor<'_>) -> bool {
        WORK.set(WORK.get() + 1);
        true
    }
}

impl schemars::JsonSchema for Counted {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Counted".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string" })
    }
}

impl LlmSchema for Counted {
    type Form = Json;
    type Partial = CountedPartial;
}

#[derive(Debug, Deserialize, LlmSchema)]
#[allow(dead_code, reason = "only its work counts")]
struct Nested {
    before: Vec<String>,
    items: Vec<Vec<Counted>>,
}

#[tokio::test]
async fn a_piece_costs_the_same_whatever_came_before_it() {
    let mut work = Vec::new();
    for size in [10, 1_000] {
        // Closed lists, long text and many items before the piece that counts.
        let list = vec![r#"["a","b","c"]"#; size].join(",");
        let before = vec![r#""x""#; size].join(",");
        let start = format!(r#"{{"before":[{before}],"items":[{list},[{}"#, vec![r#""a""#; size].join(","));
        let mut stream = stream::<Nested>(vec![start, ",\"b".into(), "cd".into(), "ef".into(), "\"]]}".into()]).await;
        stream.next_partial().await.unwrap().unwrap();
        let mut counts = Vec::new();
        for _ in 0..3 {
            WORK.set(0);
            stream.next_partial().await.unwrap().unwrap();
            counts.push(WORK.get());
        }
        work.push(counts);
    }
    assert_eq!(work[0], work[1]);
    assert!(work[0].iter().all(|count| (1..=3).contains(count)), "{work:?}");
}

#[derive(Debug, PartialEq, Serialize, Deserialize, LlmSchema)]
struct Point {
    #[llm(min_length = 2)]
    what: String,
    weight: u8,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, LlmSchema)]
struct Talk {
    body: String,
    notes: Notes,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, LlmSchema)]
struct Notes {
    points: Option<Vec<Point>>,
}

#[tokio::test]
async fn elements_come_one_by_one_and_a_wrong_one_stops_nothing() {
    let text = r#"[{"what": "rain", "weight": 1}, {"what": "x", "weight": 300}, {"what": "sun", "weight": 2}]"#;
    for pieces in [letters(text), vec![text.to_owned()]] {
        let mut elements = stream::<Vec<Point>>(pieces).await.into_elements();
        assert_eq!(elements.next().await.unwrap().unwrap(), Point { what: "rain".into(), weight: 1 });
        let error = elements.next().await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidOutput);
        let paths: Vec<_> = error.problems().iter().map(|problem| problem.path.as_str()).collect();
        assert_eq!(paths, ["$[1].what", "$[1].weight"], "{error}");
        assert_eq!(elements.next().await.unwrap().unwrap(), Point { what: "sun".into(), weight: 2 });
        assert!(elements.next().await.is_none());
        // The whole is held to the schema, too.
        assert_eq!(elements.finish().await.unwrap_err().kind(), ErrorKind::InvalidOutput);
    }
}

#[tokio::test]
async fn an_element_is_there_before_the_next_one_begins() {
    let provider = Scripted::answers([Answer::pieces([r#"[{"what": "rain", "weight": 1},"#]).stalling()]);
    let stream = Dispatcher::new(provider).unwrap().stream_json::<Vec<Point>>("anything").await.unwrap();
    let mut elements = stream.into_elements();
    assert_eq!(elements.next().await.unwrap().unwrap().what, "rain");
}

#[tokio::test]
async fn elements_of_a_list_inside_by_its_path() {
    let text =
        r#"{"body": "so", "notes": {"points": [{"what": "rain", "weight": 1}, {"what": "sun", "weight": "2"}]}}"#;
    let mut points = stream::<Talk>(letters(text)).await.into_elements_of::<Point>("notes.points").unwrap();
    let mut all = Vec::new();
    while let Some(point) = points.next().await {
        all.push(point.unwrap());
    }
    let talk = points.finish().await.unwrap().value;
    assert_eq!((talk.body.as_str(), talk.notes.points), ("so", Some(all)));

    let error = stream::<Talk>(letters(text)).await.into_elements_of::<Point>("notes.point").unwrap_err();
    assert_eq!((error.kind(), error.help()), (ErrorKind::InvalidArguments, Some("did you mean `points`?")));
    let error = stream::<Talk>(letters(text)).await.into_elements_of::<Point>("body").unwrap_err();
    assert!(error.message().contains("no list"), "{error}");
    let error = stream::<Talk>(letters(text)).await.into_text_of("notes").unwrap_err();
    assert!(error.message().contains("no text"), "{error}");
}

#[tokio::test]
async fn the_text_of_one_field_as_it_grows() {
    let text = r#"{"notes": {"points": null}, "body": "one \"two\" \u00e9\n"}"#;
    let mut body = stream::<Talk>(letters(text)).await.into_text_of("body").unwrap();
    let mut pieces = Vec::new();
    while let Some(piece) = body.next().await {
        pieces.push(piece.unwrap());
    }
    assert!(pieces.len() > 5 && pieces.iter().all(|piece| !piece.is_empty()), "{pieces:?}");
    assert_eq!(pieces.concat(), body.finish().await.unwrap().value.body);
}

#[tokio::test]
async fn pieces_that_were_read_are_in_the_partial_value_all_the_same() {
    let mut stream = stream::<Person>(letters(r#"{"name": "Bo", "age": 41, "is_happy": true}"#)).await;
    for _ in 0..20 {
        stream.next().await.unwrap().unwrap();
    }
    let person = stream.next_partial().await.unwrap().unwrap();
    assert_eq!((person.name.as_str(), person.age.is_done()), ("Bo", false));
    while stream.next().await.is_some() {}
    let person = stream.next_partial().await.unwrap().unwrap();
    assert_eq!((person.age.done(), person.is_happy.done()), (Some(&41), Some(&true)));
    assert!(stream.next_partial().await.is_none());
}

#[test]
fn the_same_without_async() {
    let dispatcher = |text: &str| {
        let answers = Scripted::answers([Answer::pieces(letters(text))]);
        blocking::Dispatcher::new(answers).unwrap()
    };
    let mut stream = dispatcher(r#"{"what": "rain", "weight": 1}"#).stream_json::<Point>("anything").unwrap();
    let mut last = 0;
    while let Some(point) = stream.next_partial() {
        last = point.unwrap().what.as_str().len().max(last);
    }
    assert_eq!((last, stream.finish().unwrap().value.weight), (4, 1));

    let text = r#"[{"what": "rain", "weight": 1}, {"what": "sun", "weight": 2}]"#;
    let mut points = dispatcher(text).stream_json::<Vec<Point>>("anything").unwrap().into_elements();
    let all: Vec<Point> = points.by_ref().map(Result::unwrap).collect();
    assert_eq!(points.finish().unwrap().value, all);

    let text = r#"{"body": "so", "notes": {"points": []}}"#;
    let mut body = dispatcher(text).stream_json::<Talk>("anything").unwrap().into_text_of("body").unwrap();
    assert_eq!(body.by_ref().map(Result::unwrap).collect::<String>(), "so");
    assert_eq!(body.finish().unwrap().value.body, "so");
}

/// Texts that are right in one way or another, with mistakes that everybody understands.
const LENIENT: &[&str] = &[
    r#"{what: 'rain', weight: 3}"#,
    "Sure! Here is it:\n\n```json\n{\"what\": \"rain\", \"weight\": 3,}\n```\nMore?",
    r#"{"what": "ra\nin "today"", "weight": "3"}"#,
    "{\n  // a comment\n  \"what\": \"rain\", /* another */ \"weight\": 3\n}",
    "{\"what\": \u{201c}rain\u{201d}, \"weight\": 3.0}",
    "The answer [1] is {\"what\": \"rain\" \"weight\": 3}",
    r#"{"what": "rain", "weight": 3"#,
];

#[tokio::test]
async fn a_lenient_text_cut_in_two_anywhere_is_the_value_of_the_whole() {
    for text in LENIENT {
        let whole = stream::<Point>(vec![(*text).to_owned()]).await.finish().await.unwrap().value;
        for (at, _) in text.char_indices() {
            let (first, second) = text.split_at(at);
            let mut stream = stream::<Point>(vec![first.to_owned(), second.to_owned()]).await;
            while let Some(point) = stream.next_partial().await {
                let point = point.unwrap();
                assert!(whole.what.starts_with(point.what.as_str()), "{text} {at} {point:?}");
                assert!(point.what.done().is_none_or(|what| *what == whole.what), "{text} {at} {point:?}");
                assert!(point.weight.done().is_none_or(|weight| *weight == whole.weight), "{text} {at} {point:?}");
            }
            assert_eq!(stream.finish().await.unwrap().value, whole, "{text} {at}");
        }
    }
}

/// After which byte a value is shown as done.
fn done_after(text: &str, name: &str) -> usize {
    let mut reader = PartialReader::new(Schema::new("S", schema_with_state()).unwrap());
    for (at, piece) in text.char_indices() {
        reader.push(piece.encode_utf8(&mut [0; 4]));
        let shown = reader.snapshot().unwrap_or_default();
        if shown[name]["state"] == "Complete" {
            return at + 1;
        }
    }
    panic!("`{name}` is never done");
}

fn schema_with_state() -> Value {
    let with_state = |kind: &str| json!({ "type": kind, "x-stream-with-state": true });
    json!({
        "type": "object",
        "properties": { "a": with_state("string"), "n": with_state("integer"), "z": with_state("string") },
    })
}

/// No more is looked at than what may show that a quote or a comma is part of a text.
#[test]
fn a_value_is_done_one_character_behind_its_comma() {
    for (text, name, after) in [
        (r#"{"a":"x","n":1}"#, "a", r#"{"a":"x",""#),
        ("{\n  \"a\": \"x\",\n  \"n\": 1\n}", "a", "{\n  \"a\": \"x\",\n"),
        (r#"{"a": "x", "n": 1}"#, "a", r#"{"a": "x", ""#),
        (r#"{"a":"x"}"#, "a", r#"{"a":"x"}"#),
        (r#"{"n":12,"a":"x"}"#, "n", r#"{"n":12,""#),
        ("{\n  \"n\": 12,\n  \"a\": \"x\"\n}", "n", "{\n  \"n\": 12,\n"),
        (r#"{"n": 12, "a": "x"}"#, "n", r#"{"n": 12, "#),
        (r#"{"n":12}"#, "n", r#"{"n":12}"#),
    ] {
        assert_eq!(&text[..done_after(text, name)], after, "{text}");
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, LlmSchema)]
#[serde(tag = "kind")]
enum Event {
    Meeting { place: String, seats: Option<u8> },
    Call { number: String },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, LlmSchema)]
#[serde(tag = "how", content = "what")]
enum Adjacent {
    Said(String),
    Done { text: String },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, LlmSchema)]
enum External {
    Short(String),
    Long { text: String },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, LlmSchema)]
struct Enums {
    event: Event,
    adjacent: Adjacent,
    external: Option<External>,
}

#[tokio::test]
async fn enums_settle_in_the_forms_of_all_vendors() {
    let value = Enums {
        event: Event::Meeting { place: "the old inn".into(), seats: None },
        adjacent: Adjacent::Done { text: "all of it".into() },
        external: Some(External::Long { text: "at length".into() }),
    };
    for vendor in VENDORS {
        let (_server, dispatcher) = vendor.answers(&value).await;
        let mut stream = dispatcher.stream_json::<Enums>("anything").await.unwrap();
        let (mut place, mut adjacent, mut external) = (false, false, false);
        while let Some(shown) = stream.next_partial().await {
            let shown = shown.unwrap();
            match &shown.event {
                Progress::Partial(Partial::<Event>::Meeting { place: shown, .. }) => {
                    place |= shown.as_str() == "the old";
                }
                Progress::Partial(_) => panic!("another event"),
                _ => {}
            }
            if let Progress::Partial(Partial::<Adjacent>::Done { text, .. }) = &shown.adjacent {
                adjacent |= text.as_str() == "all";
            }
            if let Progress::Partial(Partial::<External>::Long { text, .. }) = &shown.external {
                external |= text.as_str() == "at";
            }
        }
        assert_eq!((place, adjacent, external), (true, true, true), "{}", vendor as u8);
        assert_eq!(stream.finish().await.unwrap().value, value);
    }
}
