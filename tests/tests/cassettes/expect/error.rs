//! What sort of failure a vendor tells.

use codex_ai::ErrorKind;
use serde_json::Value;

use super::list;

/// The kinds that an error may have; `status` is `None` where it came in an answer of success.
pub(super) fn kinds(status: Option<u16>, body: &Value) -> Vec<ErrorKind> {
    let body = body.as_array().and_then(|list| list.first()).unwrap_or(body);
    let error = body.get("error").filter(|error| error.is_object()).unwrap_or(body);
    // The most telling first: Anthropic's cause, Google's reasons, then what all have.
    let reasons = list(error, "/details").iter().filter_map(|detail| detail["reason"].as_str());
    let named = ["/details/error_code", "/code", "/type", "/status"];
    let named = named.iter().filter_map(|pointer| error.pointer(pointer)?.as_str());
    let words: Vec<&str> = reasons.chain(named).collect();
    if let Some(kind) = words.iter().find_map(|word| by_word(word)) {
        return vec![kind];
    }
    // A server that fails while it answers tells the status in the body.
    let told = ["/code", "/status_code", "/status"].iter().find_map(|pointer| error.pointer(pointer)?.as_u64());
    let told = told.and_then(|status| u16::try_from(status).ok());
    match status.or(told) {
        Some(status) => by_status(status),
        None if words.contains(&"invalid_request_error") => vec![ErrorKind::InvalidRequest],
        None => vec![ErrorKind::Server],
    }
}

/// Words that say more than a status.
fn by_word(word: &str) -> Option<ErrorKind> {
    Some(match word {
        "insufficient_quota" | "credit_balance_exhausted" | "billing_error" | "billing_hard_limit_reached" => {
            ErrorKind::Quota
        }
        "enforced_spend_limit_reached" | "contract_spend_limit_reached" => ErrorKind::Quota,
        "invalid_api_key" | "authentication_error" | "UNAUTHENTICATED" | "API_KEY_INVALID" => ErrorKind::Authentication,
        "model_not_found" | "not_found_error" | "NOT_FOUND" => ErrorKind::NotFound,
        "permission_error" | "PERMISSION_DENIED" => ErrorKind::Permission,
        "rate_limit_error" | "rate_limit_exceeded" => ErrorKind::RateLimit,
        "context_length_exceeded" | "INVALID_ARGUMENT" | "FAILED_PRECONDITION" => ErrorKind::InvalidRequest,
        "content_filter" | "content_policy_violation" | "moderation_blocked" => ErrorKind::Filtered,
        "overloaded_error" | "api_error" | "server_error" | "INTERNAL" | "UNAVAILABLE" => ErrorKind::Server,
        _ => return None,
    })
}

fn by_status(status: u16) -> Vec<ErrorKind> {
    vec![match status {
        401 => ErrorKind::Authentication,
        402 => ErrorKind::Quota,
        403 => ErrorKind::Permission,
        404 => ErrorKind::NotFound,
        408 => ErrorKind::Timeout,
        // Which of the two it is only the words of a person say.
        429 => return vec![ErrorKind::RateLimit, ErrorKind::Quota],
        504 => return vec![ErrorKind::Server, ErrorKind::Timeout],
        409 | 425 | 500.. => ErrorKind::Server,
        400..=499 => ErrorKind::InvalidRequest,
        _ => ErrorKind::Config,
    }]
}
