//! The schemas of plain structs, which the library puts together itself, are those that schemars' derive makes.
#![allow(dead_code, reason = "the types are only described")]

use codex_ai::{LlmSchema, Schema};
use serde::Deserialize;
use serde_json::Value;

/// The schema as schemars' own derive has it, as the library asks for it.
fn by_schemars<T: schemars::JsonSchema>() -> Value {
    let mut settings = schemars::generate::SchemaSettings::draft2020_12();
    settings.meta_schema = None;
    let mut value = settings.into_generator().into_root_schema_for::<T>().to_value();
    if let Value::Object(root) = &mut value {
        root.shift_remove("title");
    }
    value
}

/// Declares a type twice, once with each derive, and compares the texts of the schemas: the order counts.
macro_rules! same {
    ($($item:tt)*) => {{
        let ours = {
            #[derive(Deserialize, LlmSchema)]
            $($item)*
            Schema::of::<Report>().as_value().to_string()
        };
        let theirs = {
            #[derive(Deserialize, schemars::JsonSchema)]
            $($item)*
            by_schemars::<Report>().to_string()
        };
        assert_eq!(ours, theirs);
    }};
}

#[test]
fn fields_of_all_kinds_and_docs() {
    same! {
        /// A report.
        ///
        /// With a second paragraph.
        struct Report {
            /// The title.
            title: String,
            /** A block. */
            amount: f64,
            /// # Heading
            /// and text
            count: u32,
            author: Option<String>,
            tags: Vec<Option<i64>>,
            r#type: bool,
            map: std::collections::BTreeMap<String, u8>,
        }
    }
}

#[test]
fn names_and_closed_structs() {
    same! {
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        struct Report {
            first_name: String,
            #[serde(rename = "Family")]
            last_name: Option<String>,
        }
    }
}

#[test]
fn a_struct_of_optional_fields_requires_nothing() {
    same! {
        struct Report {
            remark: Option<String>,
        }
    }
}

#[test]
fn a_type_that_contains_itself() {
    same! {
        struct Report {
            parts: Vec<Report>,
            next: Option<Box<Report>>,
        }
    }
}

fn four() -> u32 {
    4
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands on a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// A type without `Serialize`: its default has no JSON.
#[derive(Debug, Default, Deserialize, LlmSchema)]
struct Person {
    name: String,
}

#[test]
fn defaults() {
    same! {
        struct Report {
            /// What it is called.
            #[serde(default)]
            title: String,
            #[serde(default = "four")]
            count: u32,
            #[serde(default)]
            author: Option<String>,
            #[serde(default, rename = "who")]
            person: Person,
            #[serde(default)]
            people: Vec<Person>,
            #[serde(default, skip_serializing_if = "is_zero")]
            zero: u32,
            #[serde(default = "four", skip_serializing_if = "is_zero")]
            four: u32,
            #[serde(skip_serializing_if = "Option::is_none")]
            remark: Option<String>,
            #[serde(skip_serializing_if = "String::is_empty")]
            text: String,
        }
    }
}

// Written out twice: code of serde for such a default does not compile out of a macro.
#[derive(Deserialize, LlmSchema)]
#[serde(default, rename = "Report")]
struct Defaulted {
    title: String,
    #[serde(default = "four")]
    count: u32,
    person: Person,
}

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(default, rename = "Report")]
struct DefaultedBySchemars {
    title: String,
    #[serde(default = "four")]
    count: u32,
    person: Person,
}

impl Default for Defaulted {
    fn default() -> Self {
        Self { title: "none".to_owned(), count: 3, person: Person::default() }
    }
}

impl Default for DefaultedBySchemars {
    fn default() -> Self {
        Self { title: "none".to_owned(), count: 3, person: Person::default() }
    }
}

#[test]
fn the_default_of_a_whole_struct() {
    let ours = Schema::of::<Defaulted>().as_value().to_string();
    assert_eq!(ours, by_schemars::<DefaultedBySchemars>().to_string());
}

#[derive(Deserialize, LlmSchema)]
#[serde(default = "made", rename_all = "camelCase", rename = "Report")]
struct Made {
    the_title: String,
    author: Option<u8>,
}

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(default = "made_by_schemars", rename_all = "camelCase", rename = "Report")]
struct MadeBySchemars {
    the_title: String,
    author: Option<u8>,
}

fn made() -> Made {
    Made { the_title: "none".to_owned(), author: Some(1) }
}

fn made_by_schemars() -> MadeBySchemars {
    MadeBySchemars { the_title: "none".to_owned(), author: Some(1) }
}

#[test]
fn the_default_of_a_whole_struct_by_a_function() {
    let ours = Schema::of::<Made>().as_value().to_string();
    assert_eq!(ours, by_schemars::<MadeBySchemars>().to_string());
}

#[test]
fn fields_that_no_model_sees() {
    same! {
        struct Report {
            title: String,
            #[serde(skip)]
            hidden: Option<std::sync::Arc<u8>>,
            author: Person,
        }
    }
}

/// Compares an enum with each tagging.
macro_rules! same_enums {
    ($($item:tt)*) => {
        same! { $($item)* }
        same! { #[serde(tag = "kind")] $($item)* }
        same! { #[serde(tag = "kind", content = "value")] $($item)* }
        same! { #[serde(untagged)] $($item)* }
        same! { #[serde(deny_unknown_fields, rename_all = "kebab-case", rename_all_fields = "camelCase")] $($item)* }
        same! { #[serde(tag = "kind", deny_unknown_fields)] $($item)* }
        same! { #[serde(tag = "kind", content = "value", deny_unknown_fields)] $($item)* }
    };
}

#[test]
fn enums_of_names() {
    same_enums! {
        /// A report.
        enum Report {
            First,
            #[serde(rename = "2nd")]
            Second,
        }
    }
    same_enums! {
        enum Report {
            First,
            /// The last one.
            Second,
            Third,
        }
    }
}

#[test]
fn enums_with_data() {
    same_enums! {
        /// A report.
        enum Report {
            PlainName,
            /// A name.
            Documented,
            /// Text.
            TheText {
                /// What it says.
                first_line: String,
                rest: Option<Vec<String>>,
            },
            Person(Person),
            Map(/** Of numbers. */ std::collections::BTreeMap<String, u8>),
            #[serde(rename_all = "SCREAMING-KEBAB-CASE")]
            More { the_person: Person, next: Option<Box<Report>> },
            Empty {},
        }
    }
}

#[test]
fn enums_with_tuples() {
    same! {
        enum Report {
            Pair(String, Person),
            None(),
            Text(String),
            Maybe(Option<u8>),
        }
    }
    same! {
        #[serde(tag = "kind", content = "value")]
        enum Report {
            Pair(String, Person),
            None(),
            Text(String),
            Maybe(Option<u8>),
        }
    }
    same! {
        #[serde(untagged)]
        enum Report {
            Pair(String, Person),
            None(),
            Text(String),
            Maybe(Option<u8>),
        }
    }
}
