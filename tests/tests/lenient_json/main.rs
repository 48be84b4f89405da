mod partial;
use codex_ai_tests::data::suite;
use std::process::ExitCode;
fn main() -> ExitCode {
    suite("lenient_json", &["cases/lenient-json.json"], &[], |suite| {
        let cases: Vec<_> = suite
            .cases("cases/lenient-json.json")
            .into_iter()
            .map(|(_, c)| c)
            .filter(|c| c["partial"] == true)
            .collect();
        partial::run(suite, &cases);
    })
}
