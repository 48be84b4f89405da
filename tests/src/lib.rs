//! What the tests of the workspace share.

pub mod anthropic_lint;
pub mod app_server_routes;
pub mod data;
pub mod difference;
pub mod encoding;
pub mod exchange;
pub mod forms;
pub mod gemini_lint;
pub mod open_api_lint;
pub mod places;
pub mod random_values;
pub mod same_json;
pub mod schema_cases;
pub mod strict_lint;
