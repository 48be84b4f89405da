//! The partial values that the derive makes.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]
#![allow(dead_code, reason = "not every final value is looked at")]

use codex_ai::testing::{Answer, Scripted};
use codex_ai::{Dispatcher, JsonOutput, LlmSchema, Partial, Progress};
use serde::Deserialize;

/// What `look` sees of the answer after each of the pieces that show something, and the final value.
async fn seen<T, V>(pieces: &[&str], look: impl Fn(&Partial<T>) -> V) -> (Vec<V>, T)
where
    T: LlmSchema<Partial: Send> + JsonOutput + Send + 'static,
{
    let dispatcher = Dispatcher::new(Scripted::answers([Answer::pieces(pieces.iter().copied())])).unwrap();
    let mut stream = dispatcher.stream_json::<T>("go").await.unwrap();
    let mut seen = Vec::new();
    while let Some(partial) = stream.next_partial().await {
        seen.push(look(partial.unwrap()));
    }
    (seen, stream.finish().await.unwrap().value)
}

mod inner {
    use super::*;

    #[derive(Debug, PartialEq, Deserialize, LlmSchema)]
    #[serde(rename_all = "camelCase")]
    pub(crate) struct Story {
        pub main_title: String,
        pub r#type: Option<Kind>,
        pub(super) chapters: Vec<String>,
        #[serde(flatten)]
        pub notes: Notes,
        #[serde(skip)]
        pub skipped: u8,
        pub(crate) next: Option<Box<Self>>,
        hidden: Hidden,
    }

    /// Less visible than the story that has it.
    #[derive(Debug, Default, PartialEq, Deserialize, LlmSchema)]
    #[serde(transparent)]
    struct Hidden {
        word: String,
    }

    impl Story {
        pub(super) fn hidden_so_far(partial: &Partial<Self>) -> String {
            let hidden = partial.hidden.partial().map(|hidden| hidden.word.as_str());
            let done = partial.hidden.done().map(|hidden| hidden.word.as_str());
            done.or(hidden).unwrap_or_default().to_owned()
        }
    }
}

use inner::Story;

#[derive(Debug, PartialEq, Deserialize, LlmSchema)]
struct Notes {
    note: String,
    seen: bool,
}

#[derive(Debug, PartialEq, Deserialize, LlmSchema)]
enum Kind {
    Short,
    Long { pages: u32 },
}

#[tokio::test]
async fn a_struct_has_its_fields() {
    let pieces = [
        r#"{"mainTitle":"A "#,
        r#"day","type":"Sho"#,
        r#"rt","chapters":["one","t"#,
        r#"wo"],"note":"n","#,
        r#""seen":true,"hidden":"h"#,
        r#"i","next":{"mainTitle":"B"#,
        r#"","type":null,"chapters":[],"note":"","seen":false,"hidden":"","next":null}}"#,
    ];
    let (seen, story) = seen::<Story, _>(&pieces, |story| {
        (
            story.main_title.as_str().to_owned(),
            story.r#type.is_done(),
            story.chapters.partial().map(|chapters| chapters.done().count()),
            story.notes.note.as_str().to_owned(),
            story.notes.seen.is_done(),
            Story::hidden_so_far(story),
            story.next.partial().map(|next| next.main_title.as_str().to_owned()),
        )
    })
    .await;
    let text = str::to_owned;
    assert_eq!(seen[0], (text("A "), false, None, text(""), false, text(""), None));
    assert_eq!(seen[1], (text("A day"), false, None, text(""), false, text(""), None));
    assert_eq!(seen[2], (text("A day"), true, Some(1), text(""), false, text(""), None));
    assert_eq!(seen[3], (text("A day"), true, None, text("n"), false, text(""), None));
    assert_eq!(seen[4], (text("A day"), true, None, text("n"), true, text("h"), None));
    assert_eq!(seen[5], (text("A day"), true, None, text("n"), true, text("hi"), Some(text("B"))));
    assert_eq!(story.next.unwrap().main_title, "B");
}

#[derive(Debug, PartialEq, Deserialize, LlmSchema)]
struct Page<T> {
    items: Vec<T>,
}

#[derive(Debug, PartialEq, Deserialize, LlmSchema)]
struct Name(String);

#[tokio::test]
async fn a_generic_struct_and_a_newtype() {
    let pieces = [r#"{"items":["a","b"#, "c", r#"d"]}"#];
    let (seen, page) = seen::<Page<Name>, _>(&pieces, |page| {
        let Some(items) = page.items.partial() else { return Vec::new() };
        let text = |item: &Progress<Name>| match item {
            Progress::Done(name) => format!("{}.", name.0),
            Progress::Partial(name) => name.0.as_str().to_owned(),
            _ => String::new(),
        };
        items.as_slice().iter().map(text).collect()
    })
    .await;
    assert_eq!(seen, [vec!["a.", "b"], vec!["a.", "bc"], vec![]]);
    assert_eq!(page.items, [Name("a".to_owned()), Name("bcd".to_owned())]);
}

#[derive(Debug, Deserialize, LlmSchema)]
struct Held {
    #[llm(stream = "done")]
    held: String,
    #[llm(stream = "with_state")]
    plain: String,
}

#[test]
fn the_words_of_stream_are_in_the_schema() {
    #[derive(Deserialize, LlmSchema)]
    struct All {
        #[llm(stream = "done, not_null, with_state")]
        field: Option<Notes>,
        plain: u8,
    }
    let schema = codex_ai::Schema::of::<All>().as_value();
    let field = &schema["properties"]["field"];
    for word in ["x-stream-done", "x-stream-not-null", "x-stream-with-state"] {
        assert_eq!(field[word], true, "{word}");
    }
    assert!(!schema["properties"]["plain"].to_string().contains("x-stream"));
}

#[tokio::test]
async fn a_field_may_be_held_back() {
    let pieces = [r#"{"held":"a"#, r#"b","plain":"c"#, r#"d"}"#];
    let (seen, _) = seen::<Held, _>(&pieces, |value| {
        (value.held.is_pending(), value.held.as_str().to_owned(), value.plain.as_str().to_owned())
    })
    .await;
    assert!(seen.iter().all(|(pending, held, _)| *pending == held.is_empty()), "{seen:?}");
    assert_eq!(seen.last().unwrap(), &(false, "ab".to_owned(), "cd".to_owned()));
}

#[test]
fn a_partial_value_is_shown_for_debugging() {
    let text = format!("{:?}", Partial::<Page<Name>>::default());
    assert_eq!(text, "PartialPage { items: Pending }");
    assert_eq!(format!("{:?}", Partial::<Name>::default()).split('(').next(), Some("PartialName"));
}

fn is_send<T: Send + 'static>() {}

#[test]
fn a_partial_value_goes_to_another_thread() {
    is_send::<Partial<Story>>();
    is_send::<Partial<Page<Story>>>();
}

/// An event with its tag among its fields.
#[derive(Debug, PartialEq, Deserialize, LlmSchema)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
enum Event {
    Meeting {
        place_name: String,
        seats: u8,
        #[serde(flatten)]
        notes: Notes,
    },
    Plain(Notes),
    Pending,
    #[serde(skip)]
    Never(u8),
}

#[derive(Debug, PartialEq, Deserialize, LlmSchema)]
#[serde(tag = "t", content = "c")]
enum Adjacent<T> {
    Text(T),
    Both(T, bool),
    Struct { list: Vec<T> },
    Nothing,
}

#[derive(Debug, PartialEq, Deserialize, LlmSchema)]
enum External {
    #[serde(alias = "OLD")]
    One(String),
    Some {
        name: String,
        again: Option<Box<Self>>,
    },
    Neither,
}

#[derive(Debug, PartialEq, Deserialize, LlmSchema)]
#[serde(untagged)]
enum Untagged {
    Named { name: String },
    Aged { age: u8 },
}

#[derive(Debug, PartialEq, Deserialize, LlmSchema)]
struct All {
    event: Event,
    adjacent: Adjacent<String>,
    external: Option<External>,
    untagged: Untagged,
    list: Vec<Event>,
}

/// The states of an answer of one letter at a time, without those that say the same again.
async fn states<T>(text: &str) -> (Vec<String>, T)
where
    T: LlmSchema<Partial: Send> + JsonOutput + Send + 'static,
{
    let letters: Vec<String> = text.chars().map(String::from).collect();
    let pieces: Vec<&str> = letters.iter().map(String::as_str).collect();
    let (mut states, value) = seen::<T, _>(&pieces, |partial| format!("{partial:?}")).await;
    states.dedup();
    (states, value)
}

#[tokio::test]
async fn an_enum_settles_at_its_tag() {
    let (shown, event) =
        states::<Event>(r#"{"kind":"meeting","placeName":"Inn","seats":3,"note":"x","seen":true}"#).await;
    let state = |place: &str, seats: &str, note: &str, seen: &str| {
        format!(
            "Meeting {{ place_name: {place}, seats: {seats}, notes: PartialNotes {{ note: {note}, seen: {seen} }} }}"
        )
    };
    let (pending, done, text) = ("Pending", "Done(..)", |text: &str| format!("Partial(PartialText({text:?}))"));
    assert_eq!(
        shown,
        [
            state(pending, pending, pending, pending),
            state(&text("I"), pending, pending, pending),
            state(&text("In"), pending, pending, pending),
            state(&text("Inn"), pending, pending, pending),
            state(done, pending, pending, pending),
            state(done, done, pending, pending),
            state(done, done, &text("x"), pending),
            state(done, done, done, pending),
            state(done, done, done, done),
        ]
    );
    let notes = Notes { note: "x".into(), seen: true };
    assert_eq!(event, Event::Meeting { place_name: "Inn".into(), seats: 3, notes });
}

#[tokio::test]
async fn variants_are_matched_by_their_names() {
    let text = r#"{"event":{"kind":"plain","note":"abc","seen":true},"adjacent":{"t":"Both","c":["ab",true]},
        "external":{"Some":{"name":"nm","again":{"One":"on"}}},"untagged":{"name":"un"},"list":[{"kind":"pending"}]}"#;
    let letters: Vec<String> = text.chars().map(String::from).collect();
    let pieces: Vec<&str> = letters.iter().map(String::as_str).collect();
    let (shown, all) = seen::<All, _>(&pieces, |all| {
        let event = match &all.event {
            Progress::Partial(Partial::<Event>::Plain(notes)) => {
                notes.partial().map(|notes| notes.note.as_str().to_owned())
            }
            Progress::Partial(Partial::<Event>::Pending_) => Some("unknown".to_owned()),
            _ => None,
        };
        let adjacent = match &all.adjacent {
            Progress::Partial(Partial::<Adjacent<String>>::Both(first, second)) => {
                Some((first.as_str().to_owned(), second.is_done()))
            }
            _ => None,
        };
        let external = match &all.external {
            Progress::Partial(Partial::<External>::Some { name, again, .. }) => {
                let again = match again {
                    Progress::Partial(again) => match &**again {
                        Partial::<External>::One(text) => text.as_str().to_owned(),
                        _ => String::new(),
                    },
                    Progress::Done(Some(again)) => format!("{again:?}"),
                    _ => String::new(),
                };
                Some((name.as_str().to_owned(), again))
            }
            _ => None,
        };
        assert!(all.untagged.partial().is_none(), "without a tag it is not shown before its end");
        (event, adjacent, external)
    })
    .await;
    let mut events: Vec<_> = shown.iter().filter_map(|shown| shown.0.as_deref()).collect();
    events.dedup();
    assert_eq!(events, ["", "a", "ab", "abc"]);
    let mut adjacent: Vec<_> = shown.iter().filter_map(|shown| shown.1.clone()).collect();
    adjacent.dedup();
    let pair = |text: &str, done| (text.to_owned(), done);
    assert_eq!(adjacent, [pair("", false), pair("a", false), pair("ab", false), pair("ab", true)]);
    let mut external: Vec<_> = shown.iter().filter_map(|shown| shown.2.clone()).collect();
    external.dedup();
    let pair = |name: &str, again: &str| (name.to_owned(), again.to_owned());
    assert_eq!(
        external,
        [pair("", ""), pair("n", ""), pair("nm", ""), pair("nm", "o"), pair("nm", "on"), pair("nm", "One(\"on\")")]
    );
    assert_eq!(all.adjacent, Adjacent::Both("ab".into(), true));
    assert_eq!(all.list, [Event::Pending]);
}

#[tokio::test]
async fn the_content_of_an_adjacent_tag_may_be_a_struct() {
    let (shown, value) = states::<Adjacent<String>>(r#"{"t":"Struct","c":{"list":["a","b"]}}"#).await;
    assert_eq!(shown.first().unwrap(), "Struct { list: Pending }");
    assert!(
        shown.contains(&r#"Struct { list: Partial([Done(..), Partial(PartialText("b"))]) }"#.to_owned()),
        "{shown:?}"
    );
    assert_eq!(value, Adjacent::Struct { list: vec!["a".into(), "b".into()] });
}
