//! Requests for pictures.

use axum::response::Response;
use bytes::Bytes;
use http::HeaderValue;

use super::answer::Asked;
use super::handle::exhausted;
use super::route::{Call, Route};
use super::sending::Watch;
use super::{Backend, Shared};

/// The answer to a request for a picture.
pub(super) async fn answer(
    shared: &Shared,
    route: Route<'_>,
    content_type: Option<&HeaderValue>,
    body: &Bytes,
    asked: Asked,
    watch: Watch,
) -> Response {
    let _ = (content_type, body, route.call == Call::Edit);
    match &shared.backend {
        Backend::Script(_) => exhausted(asked, watch),
        Backend::Provider(_) | Backend::Scenarios(..) => {
            asked.refused(400, "not yet".to_owned(), "unsupported", watch)
        }
    }
}
