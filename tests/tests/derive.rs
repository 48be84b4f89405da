//! `#[derive(LlmSchema)]` says of a type what schemars' own derive says of it, title apart.

#![allow(dead_code, reason = "only the schemas of these types are looked at")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::marker::PhantomData;

use codex_ai::{LlmSchema, Schema};
use schemars::generate::SchemaSettings;
use serde::Deserialize;
use serde_json::Value;

fn by_schemars<T: schemars::JsonSchema>() -> Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.meta_schema = None;
    let mut value = settings.into_generator().into_root_schema_for::<T>().to_value();
    value.as_object_mut().unwrap().shift_remove("title");
    value
}

/// What schemars does not tell: the further names of fields.
fn without_aliases(mut schema: Value) -> Value {
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for property in properties.into_iter().flat_map(|map| map.values_mut()) {
        property.as_object_mut().map(|property| property.shift_remove("x-aliases"));
    }
    schema
}

/// Derives both ways and compares, the order of keys included.
macro_rules! same {
    ($name:ident, $root:ty: $({ $($item:tt)* })* $(also $($also:item)*)?) => {
        #[test]
        fn $name() {
            mod ours {
                #[allow(unused_imports, reason = "not every case needs all")]
                use super::*;
                $(#[derive(Deserialize, LlmSchema)] $($item)*)*
                $($($also)*)?
                pub(super) fn schema() -> Value {
                    without_aliases(Schema::of::<$root>().as_value().clone())
                }
            }
            mod theirs {
                #[allow(unused_imports, reason = "not every case needs all")]
                use super::*;
                $(#[derive(Deserialize, schemars::JsonSchema)] $($item)*)*
                $($($also)*)?
                pub(super) fn schema() -> Value {
                    by_schemars::<$root>()
                }
            }
            assert_eq!(format!("{:#}", ours::schema()), format!("{:#}", theirs::schema()));
        }
    };
}

// Structs.

same!(named_fields, Book: {
    /// A book
    /// on a shelf.
    ///
    /// It has pages.
    struct Book {
        /// As printed.
        title: String,
        pages: u32,
        price: f64,
        lent: bool,
        note: Option<String>,
        tags: Vec<String>,
        shelf: BTreeMap<String, u8>,
        pair: (u8, String),
        three: [i16; 3],
        letter: char,
        any: Value,
    }
});

same!(no_fields, Nothing: { struct Nothing {} });

same!(renamed, Renamed: {
    #[serde(rename = "Other", rename_all = "camelCase", deny_unknown_fields)]
    struct Renamed {
        first_field: u8,
        #[serde(rename = "Second field")]
        second_field: u8,
        #[serde(rename(deserialize = "in", serialize = "out"))]
        third_field: u8,
        #[serde(alias = "old", alias = "older")]
        fourth_field: u8,
    }
});

same!(all_cases, (A, B, C, D):
    { #[serde(rename_all = "SCREAMING_SNAKE_CASE")] struct A { one_two: u8 } }
    { #[serde(rename_all = "kebab-case")] struct B { one_two: u8 } }
    { #[serde(rename_all(deserialize = "PascalCase", serialize = "lowercase"))] struct C { one_two: u8 } }
    { #[serde(rename_all = "UPPERCASE")] enum D { OneTwo, Three } }
);

same!(raw_identifiers, r#Struct: {
    struct r#Struct {
        r#type: u8,
        #[serde(default)]
        r#match: Option<u8>,
        r#fn: r#Enum,
    }
} {
    #[allow(non_camel_case_types, reason = "to be raw")]
    enum r#Enum { r#true, r#As { r#in: u8 } }
});

same!(skipped_fields, Skipped: {
    struct Skipped {
        seen: u8,
        #[serde(skip)]
        never: NoSchema,
        #[serde(skip_deserializing)]
        not_read: u8,
        #[serde(skip_serializing)]
        not_written: u8,
        #[serde(skip_serializing_if = "Option::is_none")]
        sometimes: Option<u8>,
    }
});

#[derive(Default, Deserialize)]
struct NoSchema;

// Flattening and transparency.

same!(flattened, Outer: {
    struct Outer {
        own: u8,
        #[serde(flatten)]
        inner: Inner,
        #[serde(flatten)]
        maybe: Option<Kind>,
        #[serde(flatten)]
        rest: HashMap<String, Value>,
    }
} {
    /// Inside.
    struct Inner { a: u8, #[serde(default)] b: Option<String> }
} {
    #[serde(tag = "kind")]
    enum Kind { One { x: u8 }, Two }
});

same!(newtypes, (Plain, Through, Wrapped, Deep):
    { /** A name. */ struct Plain(String); }
    { #[serde(transparent)] struct Through { inner: Vec<Plain> } }
    { struct Wrapped(/** What is in it. */ Option<Box<Plain>>); }
    { #[serde(transparent)] struct Deep(Through); }
);

same!(conversions, (One, Two):
    { #[serde(from = "String")] struct One { text: u8 } }
    { #[serde(try_from = "Vec<Part>")] struct Two { parts: Box<[u8]> } }
    { struct Part { a: u8 } }
    also
    impl From<String> for One {
        fn from(_: String) -> Self {
            Self { text: 0 }
        }
    }
    impl TryFrom<Vec<Part>> for Two {
        type Error = &'static str;
        fn try_from(_: Vec<Part>) -> Result<Self, Self::Error> {
            Err("none")
        }
    }
);

// Defaults.

fn seven() -> u8 {
    7
}

mod far {
    pub(crate) mod away {
        pub(crate) fn text() -> String {
            "far".to_owned()
        }
    }
}

same!(field_defaults, Defaults: {
    struct Defaults {
        #[serde(default)]
        zero: u8,
        #[serde(default = "seven")]
        seven: u8,
        #[serde(default = "far::away::text")]
        text: String,
        #[serde(default)]
        list: Vec<String>,
        #[serde(default)]
        option: Option<u8>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hidden: Option<u8>,
        #[serde(rename = "Renamed", default, alias = "x")]
        more: bool,
        #[serde(default)]
        cannot_be_told: Opaque,
    }
} {
    #[derive(Default)]
    struct Opaque { inner: u8 }
});

same!(container_default, Settings: {
    #[serde(default, rename_all = "camelCase")]
    struct Settings { page_size: u32, name: String, #[serde(default = "seven")] own: u8, #[serde(skip)] cache: u8 }
} also impl Default for Settings {
    fn default() -> Self {
        Self { page_size: 20, name: "list".to_owned(), own: 1, cache: 2 }
    }
});

// Not by `same!`: serde's own derive loses its way in a `macro_rules!` here.
mod container_path {
    use super::*;

    #[derive(Deserialize, LlmSchema)]
    #[serde(default = "Ours::wide")]
    pub(super) struct Ours {
        width: u32,
        #[serde(default)]
        height: u32,
    }

    #[derive(Deserialize, schemars::JsonSchema)]
    #[serde(default = "Theirs::wide")]
    pub(super) struct Theirs {
        width: u32,
        #[serde(default)]
        height: u32,
    }

    impl Ours {
        fn wide() -> Self {
            Self { width: 80, height: 24 }
        }
    }

    impl Theirs {
        fn wide() -> Self {
            Self { width: 80, height: 24 }
        }
    }
}

#[test]
fn container_default_by_path() {
    let ours = Schema::of::<container_path::Ours>().as_value();
    assert_eq!(ours, &by_schemars::<container_path::Theirs>());
    assert_eq!(ours["properties"]["width"]["default"], 80);
    assert_eq!(ours["properties"]["height"]["default"], 0, "a field's own default goes before the container's");
}

mod whole_seconds {
    use std::time::Duration;

    use serde::{Deserialize as _, Deserializer};

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_secs)
    }
}

#[test]
fn what_depends_on_a_parameter_has_no_default_to_tell() {
    #[derive(Deserialize, LlmSchema)]
    #[serde(default)]
    struct Half<T> {
        value: Option<T>,
        sure: T,
    }
    impl<T: Default> Default for Half<T> {
        fn default() -> Self {
            Self { value: None, sure: T::default() }
        }
    }
    let schema = Schema::of::<Half<u8>>();
    assert!(schema.validate(&serde_json::json!({})).is_ok());
    assert!(schema.as_value()["properties"]["sure"].get("default").is_none());
}

#[test]
fn a_default_may_be_a_generic_function() {
    // schemars' derive cannot infer the type here, serde's can.
    #[derive(Deserialize, LlmSchema)]
    struct Lists<T> {
        #[serde(default = "Vec::new")]
        one: Vec<T>,
    }
    #[derive(Deserialize, LlmSchema)]
    struct List {
        #[serde(default = "Vec::new")]
        one: Vec<u8>,
        #[serde(default = "Option::default")]
        other: Option<u8>,
    }
    assert_eq!(Schema::of::<List>().as_value()["properties"]["one"]["default"], serde_json::json!([]));
    assert!(Schema::of::<Lists<u8>>().validate(&serde_json::json!({})).is_ok());
}

#[test]
fn functions_of_serde_need_only_read() {
    // schemars' derive asks for `whole_seconds::serialize` here. The default cannot be told without it.
    #[derive(Deserialize, LlmSchema)]
    struct Timer {
        #[serde(default, with = "whole_seconds")]
        #[llm(with = u64, description = "in seconds")]
        wait: std::time::Duration,
        #[serde(deserialize_with = "whole_seconds::deserialize")]
        #[schemars(with = "u64")]
        pause: std::time::Duration,
    }
    let schema = Schema::of::<Timer>().as_value();
    assert_eq!(schema["properties"]["wait"]["type"], "integer");
    assert_eq!(schema["properties"]["wait"]["description"], "in seconds");
    assert_eq!(schema["properties"]["pause"]["type"], "integer");
    assert_eq!(schema["required"], serde_json::json!(["pause"]));
}

// Enums.

same!(units, Mood: {
    /// How it feels.
    #[serde(rename_all = "snake_case")]
    enum Mood {
        /// All is well.
        VeryGood,
        #[serde(rename = "so-so", alias = "meh")]
        SoSo,
        #[serde(skip)]
        Hidden,
        Bad,
    }
});

same!(plain_units, Mood: { enum Mood { Good, Bad } });

same!(external, Shape: {
    enum Shape {
        /// Round.
        Circle { /** From the middle. */ radius: f64, #[serde(default)] filled: bool },
        Square(Side),
        Line(u8, u8),
        Dot,
        #[serde(other)]
        Unknown,
    }
} { struct Side { length: f64 } });

same!(internal, Shape: {
    /// A shape.
    #[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
    enum Shape { Circle { outer_radius: f64 }, Square(Side), /** Small. */ Dot }
} { struct Side { side_length: f64 } });

same!(adjacent, Shape: {
    #[serde(tag = "t", content = "c", deny_unknown_fields)]
    enum Shape { Circle { radius: f64 }, Square(Side), Line(u8, u8), Dot }
} { struct Side { length: f64 } });

same!(untagged, Shape: {
    #[serde(untagged)]
    enum Shape { Circle { radius: f64 }, Square(Side), Line(u8, u8), Number(u8), Nothing }
} { struct Side { length: f64 } });

same!(untagged_variant, Shape: {
    #[serde(rename_all = "lowercase")]
    enum Shape { Dot, Line { length: u8 }, #[serde(untagged)] Other(String) }
});

// Generics.

same!(type_parameters, Page<Book>: {
    /// A page.
    struct Page<T> { items: Vec<T>, next: Option<T>, by_name: BTreeMap<String, T> }
} { struct Book { title: String } });

same!(bounds_and_defaults, Both<u8>: {
    struct Both<A: Clone + Ord, B = String> where B: Clone { a: A, b: Option<B> }
});

same!(const_parameters, Vec<Sized<3>>: {
    struct Sized<const N: usize> { #[serde(default)] length: u8, #[serde(default)] next: Option<Box<Self>> }
});

same!(mixed_parameters, Mixed<u8, true>: { struct Mixed<T, const SURE: bool> { value: T, #[serde(default)] sure: bool } });

same!(generic_enum, Answer<u8, String>: {
    #[serde(tag = "status", content = "body", rename_all = "snake_case")]
    enum Answer<T, E> { Fine(T), Failed { reason: E, #[serde(default)] code: Option<u8> } }
});

same!(generic_default, Loose<u8>: {
    struct Loose<T> {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        item: Option<T>,
        #[serde(skip)]
        marker: PhantomData<T>,
        must: T,
    }
});

same!(lifetimes, (Word<'static>, Text<'static, 'static>): {
    struct Word<'a> { text: Cow<'a, str>, #[serde(default)] more: Vec<Cow<'a, str>> }
} {
    #[serde(default)]
    struct Text<'a, 'b: 'a> { words: Vec<Word<'b>>, first: Cow<'a, str> }
} also impl Default for Text<'_, '_> {
    fn default() -> Self {
        Self { words: Vec::new(), first: "none".into() }
    }
});

same!(lifetimes_and_types, Either<'static, u8>: { enum Either<'a, T: Clone> { Left(Cow<'a, str>), Right(T) } });

// Recursion.

same!(recursion_by_name, Tree: { struct Tree { name: String, children: Vec<Tree>, parent: Option<Box<Tree>> } });

same!(recursion_by_self, Tree: { struct Tree { name: String, children: Vec<Self>, parent: Option<Box<Self>> } });

same!(recursion_below, Forest: { struct Forest { trees: Vec<Tree> } } { struct Tree { children: BTreeMap<String, Self> } });

same!(mutual_recursion, Question:
    { struct Question { text: String, answers: Vec<Answer> } }
    { struct Answer { text: String, #[serde(default)] follow_up: Option<Box<Question>> } }
);

same!(generic_recursion, List<u8>: {
    #[serde(rename_all = "lowercase")]
    enum List<T> { Nil, Cons { head: T, tail: Box<List<T>> } }
});

same!(generic_recursion_by_self, List<u8>: { struct List<T> { head: T, #[serde(default)] tail: Option<Box<Self>> } });

// schemars' own attributes, which are read as they are.

same!(schemars_attributes, Tuned: {
    #[schemars(description = "By hand.", extend("x-own" = true))]
    struct Tuned {
        #[schemars(range(min = 1, max = 5))]
        stars: u8,
        #[schemars(length(min = 2), regex(pattern = "^a"))]
        word: String,
        #[schemars(with = "String")]
        odd: NoSchema,
        #[schemars(schema_with = "any_number")]
        other: NoSchema,
        #[schemars(example = 5, title = "A number")]
        example: u8,
        #[schemars(rename = "new")]
        old: u8,
        #[schemars(skip)]
        #[serde(default)]
        skipped: NoSchema,
        #[schemars(inner(length(max = 3)))]
        words: Vec<String>,
    }
});

fn any_number(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({ "type": "number" })
}

same!(deprecated_fields, Old: {
    struct Old { #[deprecated] a: u8, #[deprecated(note = "x")] b: Option<u8>, c: u8 }
});

same!(inlined, Outer: { struct Outer { a: Inner, b: Inner } } { #[schemars(inline)] struct Inner { x: u8 } });

same!(named_by_schemars, Outer: { struct Outer { a: Inner } } { #[schemars(rename = "In_side")] struct Inner { x: u8 } });

// Names that generated code has too.

same!(names_of_generated_code, Fields:
    { struct Fields { fields: Field, shape: Box<FieldOf>, #[serde(default = "default")] number: u8 } }
    { struct Field { checks: u8 } }
    { struct FieldOf { f0: F0 } }
    { enum F0 { A } }
);

fn default() -> u8 {
    3
}

// What is documented to differ.

#[test]
fn types_with_parameters_are_named_by_them() {
    #[derive(Deserialize, LlmSchema)]
    struct Page<T> {
        items: Vec<T>,
    }
    #[derive(Deserialize, LlmSchema)]
    struct Pair<A, B> {
        left: A,
        right: B,
    }
    assert_eq!(Schema::of::<Page<String>>().name(), "Page_for_string");
    let schema = Schema::of::<Pair<Page<u8>, Page<Page<u8>>>>();
    assert_eq!(schema.name(), "Pair_for_Page_for_uint8_and_Page_for_Page_for_uint8");
    let names: Vec<_> = schema.as_value()["$defs"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["Page_for_uint8", "Page_for_Page_for_uint8"]);
}

#[test]
fn a_transparent_type_has_a_name_of_its_own() {
    #[derive(Deserialize, LlmSchema)]
    #[serde(transparent)]
    struct Ids(Vec<u8>);
    assert_eq!(Schema::of::<Ids>().name(), "Ids");
}

#[test]
fn the_root_has_no_title() {
    #[derive(Deserialize, LlmSchema)]
    struct Titled {
        /// A title of one's own stays.
        #[schemars(title = "Mine")]
        a: u8,
    }
    let schema = Schema::of::<Titled>();
    assert_eq!(schema.name(), "Titled");
    assert!(schema.as_value().get("title").is_none());
    assert!(schema.as_value().get("$schema").is_none());
    assert_eq!(schema.as_value()["properties"]["a"]["title"], "Mine");
}

#[test]
fn types_of_one_name_in_two_functions_do_not_mix() {
    fn one() -> &'static Schema {
        #[derive(Deserialize, LlmSchema)]
        struct Inner {
            a: u8,
        }
        #[derive(Deserialize, LlmSchema)]
        struct Pair {
            left: Inner,
            right: super_inner::Inner,
            again: Inner,
        }
        Schema::of::<Pair>()
    }
    fn two() -> &'static Schema {
        #[derive(Deserialize, LlmSchema)]
        struct Inner {
            b: u8,
        }
        Schema::of::<Vec<Inner>>()
    }
    let pair = one().as_value();
    let reference = |field: &str| pair["properties"][field]["$ref"].as_str().unwrap();
    assert_eq!(reference("left"), reference("again"));
    assert_ne!(reference("left"), reference("right"));
    assert_eq!(pair["$defs"].as_object().unwrap().len(), 2);
    assert_eq!(two().as_value()["$defs"]["Inner"]["required"], serde_json::json!(["b"]));
}

mod super_inner {
    use super::*;

    #[derive(Deserialize, LlmSchema)]
    pub(crate) struct Inner {
        c: u8,
    }
}

#[test]
fn two_blocks_of_one_function_do_not_mix_either() {
    let first = {
        #[derive(Deserialize, LlmSchema)]
        struct Inner {
            a: u8,
        }
        <Inner as schemars::JsonSchema>::schema_id()
    };
    let second = {
        #[derive(Deserialize, LlmSchema)]
        struct Inner {
            b: u8,
        }
        <Inner as schemars::JsonSchema>::schema_id()
    };
    assert_ne!(first, second);
}
