//! Texts that are cut short, as they are while an answer streams.

use std::sync::Arc;

use codex_ai::Schema;
use codex_ai::partial::PartialReader;
use codex_ai_tests::data::Suite;
use codex_ai_tests::same_json::is_same;
use serde_json::Value;

/// At how many places a text is cut in two.
const CUTS: usize = 400;

/// Runs the cases of texts that are cut short.
pub(crate) fn run(suite: &mut Suite, cases: &[Value]) {
    for case in cases {
        suite.case(case["name"].as_str().unwrap_or("a case without a name"), check(case));
    }
}

/// The text in one piece, and cut at every character: what is shown is the same.
fn check(case: &Value) -> Result<(), String> {
    let schema = Schema::new("Case", case["schema"].clone()).map_err(|error| error.to_string())?;
    let input = case["input"].as_str().unwrap_or_default();
    let at_once = schema.read_partial(input);
    let mut reader = PartialReader::new(schema);
    input.split("").for_each(|piece| reader.push(piece));
    let in_pieces = reader.finish();
    if at_once != in_pieces {
        return Err(format!("is {} at once, but {} in pieces", words(&at_once), words(&in_pieces)));
    }
    let is_right = match (&at_once, case.get("expected")) {
        (None, None) => true,
        (Some(shown), Some(expected)) => is_same(shown, expected),
        _ => false,
    };
    if is_right { Ok(()) } else { Err(format!("is {} instead of {}", words(&at_once), case["expected"])) }
}

/// That a text in two pieces, cut anywhere, is in the end what it is in one.
pub(crate) fn cut_in_two(case: &Value) -> Result<(), String> {
    let schema = Arc::new(Schema::new("Case", case["schema"].clone()).map_err(|error| error.to_string())?);
    let input = case["input"].as_str().unwrap_or_default();
    let shown = |pieces: &[&str]| {
        let mut reader = PartialReader::new(Arc::clone(&schema));
        pieces.iter().for_each(|piece| reader.push(piece));
        reader.finish()
    };
    let whole = shown(&[input]);
    // Long texts are not cut at each of their places.
    let step = 1 + input.len() / CUTS;
    for at in (0..input.len()).step_by(step).filter(|at| input.is_char_boundary(*at)) {
        let (first, second) = input.split_at(at);
        let cut = shown(&[first, second]);
        if cut != whole {
            return Err(format!("is {} at once, but {} when cut at byte {at}", words(&whole), words(&cut)));
        }
    }
    Ok(())
}

fn words(shown: &Option<Value>) -> String {
    shown.as_ref().map_or_else(|| "nothing".to_owned(), Value::to_string)
}
