//! What only the reader of a type refuses is told with its path, wherever it stands: the path is the one that a reader
//! which keeps it on its way has.

use std::borrow::Cow;
use std::collections::BTreeMap;

use codex_ai::{LlmSchema, PromptOutput, Reply};
use proptest::prelude::*;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

/// A text that must not begin with `!`, which its schema does not say.
#[derive(Debug, Clone, Serialize)]
struct Code(String);

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        let text = String::deserialize(reader)?;
        if text.starts_with('!') {
            // The place of another text in the words must not be taken for one in this text.
            return Err(D::Error::custom(format!("bad code at line 1 column {}", text.len())));
        }
        Ok(Self(text))
    }
}

impl schemars::JsonSchema for Code {
    fn schema_name() -> Cow<'static, str> {
        "Code".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string" })
    }
}

impl LlmSchema for Code {
    type Form = codex_ai::schema::Json;
    type Partial = codex_ai::partial::Whole;
}

#[derive(Debug, Clone, Serialize, Deserialize, LlmSchema)]
enum Choice {
    Nothing,
    One(Code),
    Pair(Code, i8),
    Named { code: Code, also: Vec<Code> },
}

#[derive(Debug, Clone, Serialize, Deserialize, LlmSchema)]
struct Order {
    code: Code,
    codes: Vec<Code>,
    by_name: BTreeMap<String, Code>,
    pair: (Code, Code),
    choice: Choice,
    small: i8,
    inner: Option<Box<Order>>,
    last: Option<Code>,
}

/// One that is bad in some.
fn code() -> impl Strategy<Value = Code> {
    prop_oneof![8 => "[a-z\"\\\\:,{}\\[\\] é]{0,6}", 1 => "![a-z\"\\\\:,{}]{0,3}"].prop_map(Code)
}

fn choice() -> impl Strategy<Value = Choice> {
    prop_oneof![
        Just(Choice::Nothing),
        code().prop_map(Choice::One),
        (code(), any::<i8>()).prop_map(|(code, small)| Choice::Pair(code, small)),
        (code(), prop::collection::vec(code(), 0..3)).prop_map(|(code, also)| Choice::Named { code, also }),
    ]
}

fn order() -> impl Strategy<Value = Order> {
    let flat = move |inner: BoxedStrategy<Option<Box<Order>>>| {
        let lists = (prop::collection::vec(code(), 0..3), prop::collection::btree_map("[a-z.\" ]{0,4}", code(), 0..3));
        (code(), lists, (code(), code()), choice(), any::<i8>(), inner, prop::option::of(code())).prop_map(
            |(code, (codes, by_name), pair, choice, small, inner, last)| Order {
                code,
                codes,
                by_name,
                pair,
                choice,
                small,
                inner,
                last,
            },
        )
    };
    flat(Just(None).boxed())
        .prop_recursive(3, 8, 1, move |inner| flat(prop::option::of(inner.prop_map(Box::new)).boxed()).boxed())
}

/// The path as `codex_ai` writes it.
fn rendered(path: &serde_path_to_error::Path) -> String {
    let mut text = String::new();
    for segment in path {
        match segment {
            serde_path_to_error::Segment::Seq { index } => text += &format!("[{index}]"),
            serde_path_to_error::Segment::Map { key } | serde_path_to_error::Segment::Enum { variant: key } => {
                let is_plain = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
                match (is_plain, text.is_empty()) {
                    (true, true) => text += key,
                    (true, false) => text += &format!(".{key}"),
                    (false, is_first) => text += &format!("{}[{key:?}]", if is_first { "$" } else { "" }),
                }
            }
            serde_path_to_error::Segment::Unknown => panic!("a key that is no text"),
        }
    }
    if text.is_empty() { "$".to_owned() } else { text }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn the_path_is_that_of_the_value_which_was_refused(order in order(), is_pretty: bool) {
        let text = if is_pretty { serde_json::to_string_pretty(&order) } else { serde_json::to_string(&order) };
        let text = text.expect("JSON");
        let read = Order::read(&Reply::from_text("local", &*text), codex_ai::Leniency::Exact);
        let placed: Result<Order, _> =
            serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_str(&text));
        match (read, placed) {
            (Ok(_), Ok(_)) => {}
            (Err(error), Err(placed)) => {
                let problems: Vec<_> = error.problems().iter().map(|problem| &*problem.path).collect();
                prop_assert_eq!(problems, [rendered(placed.path())], "{}", text);
                prop_assert_eq!(&*error.problems()[0].message, "bad code");
            }
            (read, placed) => prop_assert!(false, "{:?} and {:?}: {}", read.is_ok(), placed.is_ok(), text),
        }
    }
}
