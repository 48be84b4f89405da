//! What the tests of the workspace share.

pub mod data;
pub mod difference;
pub mod encoding;
pub mod exchange;
pub mod places;
pub mod same_json;
pub mod strict_lint;
