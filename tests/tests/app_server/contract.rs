//! What the client sends and reads, against the stored schema of the protocol: Codex 0.169.0 with `--experimental`.

mod answers;
mod calls;
mod kinds;
mod schema;

use codex_ai_tests::app_server_routes;
use codex_ai_tests::data;
use serde_json::Value;

/// The table of routes is what the stored one gives.
#[test]
fn the_routes_are_those_of_the_stored_table() {
    let Some(file) = data::path("app-server-schema/routing_table.json") else { return };
    let table: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let ours = concat!(env!("CARGO_MANIFEST_DIR"), "/../codex-ai/src/app_server/core/routes.rs");
    let ours = std::fs::read_to_string(ours).unwrap();
    let stored = app_server_routes::render(&table).unwrap();
    assert!(ours == stored, "routes.rs is not what its generator gives; its head says how to write it anew");
}

#[test]
fn a_table_of_another_form_gives_no_routes() {
    let row = |turn: &str| {
        let method = "a/b";
        serde_json::json!({
            "binary": "b",
            "server_notifications": [{ "method": method, "scope": "turn", "turn_id_at": turn, "thread_id_at": null }],
        })
    };
    assert!(app_server_routes::render(&row("/turnId")).unwrap().contains("turn: At::Top"));
    assert!(app_server_routes::render(&row("/elsewhere")).unwrap_err().contains("/elsewhere"));
    assert!(app_server_routes::render(&Value::Null).is_err());
}

/// What random values are made of.
fn numbers(seed: u64) -> Vec<u16> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 24) as u16
    };
    (0..64).map(|_| next()).collect()
}
