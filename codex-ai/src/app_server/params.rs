//! The parameters that many methods share.

use serde::Serialize;

/// No parameters: the server takes an object, and nothing else, for none.
#[derive(Serialize)]
pub(super) struct Nothing {}

/// What is asked of a thread.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OfThread<'a, T> {
    pub(super) thread_id: &'a str,
    /// The other parameters, beside the thread's id.
    #[serde(flatten)]
    pub(super) more: T,
}
