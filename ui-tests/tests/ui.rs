//! Every mistake of the catalogue, one file a row, with the exact words that the user reads.
//!
//! `TRYBUILD=overwrite cargo test -p codex-ai-ui-tests` writes the `.stderr` files anew; read the difference before you
//! commit it. With another compiler the test is skipped; with `CODEX_AI_REQUIRE_UI=1` that is a failure.

/// The compiler whose messages are pinned, as in `rust-toolchain.toml`.
const PINNED: &str = "1.95.0";

#[test]
#[expect(clippy::print_stdout, reason = "a test that does not run says so")]
fn ui() {
    let version = std::process::Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
        .arg("--version")
        .output()
        .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
        .unwrap_or_default();
    if version.split(' ').nth(1) != Some(PINNED) {
        let required = std::env::var_os("CODEX_AI_REQUIRE_UI").is_some_and(|value| value == "1");
        assert!(!required, "the messages are those of rustc {PINNED}, this is {version}");
        println!("skipped: the messages are those of rustc {PINNED}, this is {version}");
        return;
    }
    // Not in one run with those that pass: beside them these are built and not checked, which takes longer, and rustc goes
    // on where an editor does not.
    let failing = trybuild::TestCases::new();
    failing.compile_fail("fail/*.rs");
    drop(failing);
    let passing = trybuild::TestCases::new();
    passing.pass("pass/*.rs");
}
