//! One request: who asks for what, and who answers.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use axum::extract::{ConnectInfo, Request as HttpRequest, State};
use axum::response::Response;
use bytes::Bytes;
use http::Method;
use serde_json::Value;

use super::answer::Asked;
use super::format::Format;
use super::pictures;
use super::record::Recorded;
use super::route::{Call, Route};
use super::scenario;
use super::sending::Watch;
use super::{Backend, Shared};
use crate::provider::Provider;
use crate::stream::ReplyStream;
use crate::wire::Incoming;

/// The largest request that the server reads: 64 MiB.
const REQUEST_LIMIT: usize = 64 << 20;

pub(super) async fn handle(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: HttpRequest,
) -> Response {
    let number = shared.count.fetch_add(1, Ordering::Relaxed) + 1;
    let watch = Watch::new(Arc::clone(&shared.counters));
    let (head, body) = request.into_parts();
    let (method, path, query) = (head.method.clone(), head.uri.path().to_owned(), head.uri.query().map(str::to_owned));
    let route = Route::of(&path);
    let format = route.map_or(Format::Responses, |route| route.format);
    let asked = Asked { format, stream: false, number };
    let Ok(body) = axum::body::to_bytes(body, REQUEST_LIMIT).await else {
        return asked.refused(413, "the request is too large or broke off".to_owned(), "request_too_large", watch);
    };
    let has_key = format.has_key(&head.headers, query.as_deref());
    let content_type = head.headers.get(http::header::CONTENT_TYPE).cloned();
    let recorded = Recorded::new(head, body.clone(), peer);
    shared.log.lock().unwrap_or_else(PoisonError::into_inner).push(recorded);

    let Some(route) = route else {
        return asked.refused(404, format!("unknown address: {method} {path}"), "unknown_url", watch);
    };
    if method != Method::POST {
        return asked.refused(405, format!("{method} is not possible here"), "method_not_supported", watch);
    }
    if !has_key {
        return asked.refused(401, format.expected_key().to_owned(), "invalid_api_key", watch);
    }
    if route.call == Call::Stream && !query.is_some_and(|query| query.split('&').any(|pair| pair == "alt=sse")) {
        return asked.refused(400, "this server streams with `?alt=sse` alone".to_owned(), "unsupported", watch);
    }
    match route.call {
        Call::Generate | Call::Stream => text(&shared, route, &body, asked, watch).await,
        Call::Image | Call::Edit | Call::Predict => {
            pictures::answer(&shared, route, content_type.as_ref(), &body, asked, watch).await
        }
    }
}

/// The answer to a request for text.
async fn text(shared: &Shared, route: Route<'_>, body: &Bytes, asked: Asked, watch: Watch) -> Response {
    let provider = match &shared.backend {
        Backend::Script(_) => {
            let asked = Asked { stream: route.call == Call::Stream || wants_stream(body), ..asked };
            return match shared.next_step() {
                Some(step) => step.answer(asked, watch).await,
                None => exhausted(asked, watch),
            };
        }
        Backend::Provider(provider) | Backend::Scenarios(provider, _) => &**provider,
    };
    let Incoming { request, stream, .. } = match asked.format.decode_request(body, route.model) {
        Ok(incoming) => incoming,
        Err(error) => return asked.failure(&error, watch),
    };
    let asked = Asked { stream: route.call == Call::Stream || stream, ..asked };
    let model = request.options.model.clone().unwrap_or_default();
    if let Some(count) = shared.scenario(&model) {
        return match scenario::step(&model, provider, &request, count).await {
            Ok(step) => step.answer(asked, watch).await,
            Err(error) => asked.failure(&error, watch),
        };
    }
    if let Some(made) = pictures::reply(provider, &request).await {
        return match made {
            Ok(reply) if asked.stream => asked.live(ReplyStream::from_reply(reply), &model, watch),
            made => asked.result(made, watch),
        };
    }
    if !asked.stream {
        return asked.result(provider.generate(&request).await, watch);
    }
    match provider.stream(&request).await {
        Ok(stream) => asked.live(stream, &model, watch),
        Err(error) => asked.failure(&error, watch),
    }
}

/// What is said when a script has come to its end: a status that no client tries again.
pub(super) fn exhausted(asked: Asked, watch: Watch) -> Response {
    asked.refused(400, "the script has no answer left".to_owned(), "script_exhausted", watch)
}

impl Shared {
    pub(super) fn next_step(&self) -> Option<super::Step> {
        match &self.backend {
            Backend::Script(steps) => steps.lock().unwrap_or_else(PoisonError::into_inner).pop_front(),
            Backend::Provider(_) | Backend::Scenarios(..) => None,
        }
    }

    pub(super) fn provider(&self) -> Option<&dyn Provider> {
        match &self.backend {
            Backend::Script(_) => None,
            Backend::Provider(provider) | Backend::Scenarios(provider, _) => Some(&**provider),
        }
    }

    /// How many times the scenario of this model was asked for before; `None` where it is none.
    fn scenario(&self, model: &str) -> Option<u64> {
        let Backend::Scenarios(_, counts) = &self.backend else { return None };
        if !model.starts_with("scenario-") {
            return None;
        }
        let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
        if !counts.contains_key(model) && !super::SCENARIOS.iter().any(|(name, _)| *name == model) {
            // An unknown name takes no room.
            return Some(0);
        }
        let count = counts.entry(model.to_owned()).or_default();
        *count += 1;
        Some(*count - 1)
    }
}

/// Whether the body of a request asks for a stream; a script answers bodies that cannot be read, too.
fn wants_stream(body: &[u8]) -> bool {
    serde_json::from_slice::<Value>(body).is_ok_and(|body| body.get("stream") == Some(&Value::Bool(true)))
}
