//! What the tests of the workspace share.

pub mod data;
pub mod strict_lint;
