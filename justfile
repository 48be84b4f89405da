# The commands of this project; `just` lists them.

[private]
default:
    @just --list

# Formats, and looks for mistakes.
check:
    cargo fmt --all
    cargo clippy --workspace --all-targets --all-features -- -D warnings

# Runs all tests.
test:
    cargo test

# Runs the tests of the compiler's messages alone.
ui:
    cargo test -p codex-ai-ui-tests

# Writes the compiler's messages anew. Read the difference before you commit it.
bless:
    TRYBUILD=overwrite cargo test -p codex-ai-ui-tests
    git diff --stat ui-tests

# Builds the documentation and opens it.
doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --all-features --open

# Measures what a call costs at run time and a prompt at compile time.
bench:
    cargo bench -p codex-ai-benches

# Runs everything that must hold before a merge.
ci:
    .ci/run
