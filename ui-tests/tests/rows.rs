//! The catalogue of mistakes: each row has a case here, or a test elsewhere where the mistake shows at run time.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Where a row is held.
enum Held {
    /// By a case whose name does not begin with the row's letter and number.
    Case(&'static str),
    /// By a program that compiles: it is no mistake here.
    Pass(&'static str),
    /// By a test of another package.
    Test(&'static str, &'static str),
}
use Held::{Case, Pass, Test};

/// Letters and the rows behind them, from where an attribute stands to where a prompt is called.
const ROWS: &[(char, std::ops::RangeInclusive<u8>)] =
    &[('a', 1..=13), ('b', 14..=27), ('c', 28..=48), ('d', 49..=64), ('e', 65..=85)];

/// The rows that are not held by a case of their number.
const ELSEWHERE: &[(u8, &[Held])] = &[
    // `#[prompts]` on a trait impl, and without a prompt in it.
    (12, &[Case("g_methods_trait_impl")]),
    (13, &[Case("g_methods_none")]),
    // Keys that exclude each other: `models` never came, a template and a body did.
    (35, &[Case("h_templates_and_body")]),
    // `flatten` and untagged enums have a form for every vendor (`schema/encode`).
    (55, &[Pass("serde_shapes")]),
    (56, &[Pass("serde_shapes")]),
    // What a vendor's strict mode cannot hold is told before anything is sent.
    (
        64,
        &[
            Test("strict_schema", "all_that_strict_mode_cannot_hold_is_told_with_its_path"),
            Test("strict_schema", "limits_are_known"),
        ],
    ),
    (79, &[Test("blocking", "in_a_multi_thread_runtime"), Test("blocking", "in_a_current_thread_runtime")]),
    (80, &[Test("registry", "unknown_modes_are_explained")]),
    (81, &[Test("registry_unlinked", "a_call_by_name_explains_it_too")]),
    (
        82,
        &[
            Test("by_name", "all_problems_at_once"),
            Test("by_name", "a_wrong_type"),
            Test("by_name", "an_unknown_argument_with_a_suggestion"),
        ],
    ),
    (83, &[Test("registry", "collisions_are_refused_with_every_place_and_the_way_out")]),
    // Two versions of one crate are linked in `test-crates`.
    (84, &[Test("registry", "collisions_are_refused_with_every_place_and_the_way_out")]),
];

#[test]
fn every_row_is_held() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let cases = names(&root.join("fail"));
    let passing = names(&root.join("pass"));
    let mut missing = Vec::new();
    for (letter, rows) in ROWS {
        for row in rows.clone() {
            let own = format!("{letter}{row:02}_");
            let elsewhere = ELSEWHERE.iter().find(|(number, _)| *number == row).map(|(_, held)| *held);
            if elsewhere.is_none() && !cases.iter().any(|case| case.starts_with(&own)) {
                missing.push(format!("{own}*.rs"));
            }
            for held in elsewhere.unwrap_or_default() {
                let found = match held {
                    // A theme comes whole or not at all.
                    Case(case) => cases.contains(*case) || !cases.iter().any(|name| name[..2] == case[..2]),
                    Pass(case) => passing.contains(*case),
                    Test(file, test) => has_test(root, file, test),
                };
                if !found {
                    missing.push(match held {
                        Case(name) | Pass(name) => format!("row {row}: {name}"),
                        Test(file, test) => format!("row {row}: {test} in tests/tests/{file}.rs"),
                    });
                }
            }
        }
    }
    assert!(missing.is_empty(), "nothing holds\n{}", missing.join("\n"));
}

/// A case without its words is checked against nothing.
#[test]
fn every_case_has_its_words() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fail");
    let bare: Vec<_> =
        names(&folder).into_iter().filter(|case| !folder.join(format!("{case}.stderr")).exists()).collect();
    assert!(bare.is_empty(), "without a `.stderr`: {bare:?}");
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = entries.map(|entry| entry.unwrap_or_else(|error| panic!("{error}")).path());
    let sources = paths.filter(|path| path.extension().is_some_and(|end| end == "rs"));
    sources.filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned())).collect()
}

fn has_test(root: &Path, file: &str, test: &str) -> bool {
    let path = root.join("../tests/tests").join(format!("{file}.rs"));
    let text = fs::read_to_string(path).unwrap_or_default();
    text.contains(&format!("fn {test}("))
}
