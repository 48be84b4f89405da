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

/// Declares a struct twice, once with each derive, and compares the texts of the schemas: the order counts.
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
