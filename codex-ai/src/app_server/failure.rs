//! Why a turn failed.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind};

/// Why a turn failed, in the server's words; the [`source`](std::error::Error::source) of the [`Error`] that it becomes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TurnError {
    /// For people.
    pub message: String,
    /// For programs.
    pub codex_error_info: Option<CodexErrorInfo>,
    /// More, for people.
    pub additional_details: Option<String>,
    /// What was found where the vendor stopped the model's work, as JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub misalignment: Option<Value>,
}

/// What kind of failure it is.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum CodexErrorInfo {
    /// The conversation is longer than what the model holds.
    ContextWindowExceeded,
    /// The budget of the session is spent.
    SessionBudgetExceeded,
    /// The limit of the account's plan is met.
    UsageLimitExceeded,
    /// Too many requests for now.
    RateLimitExceeded,
    /// There is no room at the slow tier.
    FlexUnavailable,
    /// The vendor is overloaded.
    ServerOverloaded,
    /// There is no such model.
    ModelNotFound,
    /// A policy allows no more for now.
    PolicyCapacityUnavailable,
    /// The vendor's policy on security work stopped it.
    CyberPolicy,
    /// The vendor stopped what the model was doing.
    MisalignmentPolicyViolation,
    /// Too much of what the model wanted was refused.
    TooManyDenials,
    /// The vendor failed.
    InternalServerError,
    /// The vendor does not accept who asks.
    Unauthorized,
    /// The vendor does not accept the request.
    BadRequest,
    /// The thread could not be taken back.
    ThreadRollbackFailed,
    /// The sandbox failed.
    SandboxError,
    /// A hook did not allow the request.
    InferenceHookDenied,
    /// Anything else.
    Other,
    /// No connection to the vendor, or a refusal of its HTTP server.
    HttpConnectionFailed {
        /// The HTTP status, where there was one.
        http_status_code: Option<u16>,
    },
    /// The vendor's answer did not begin.
    ResponseStreamConnectionFailed {
        /// The HTTP status, where there was one.
        http_status_code: Option<u16>,
    },
    /// The vendor's answer broke off.
    ResponseStreamDisconnected {
        /// The HTTP status, where there was one.
        http_status_code: Option<u16>,
    },
    /// The vendor refused too often.
    ResponseTooManyFailedAttempts {
        /// The HTTP status, where there was one.
        http_status_code: Option<u16>,
    },
    /// The turn that runs cannot be given more.
    ActiveTurnNotSteerable {
        /// What it is: `review`, `compact`.
        turn_kind: String,
    },
    /// A kind without a name here, as JSON.
    Unknown(Value),
}

/// The kinds that are a bare name.
const PLAIN: &[(&str, CodexErrorInfo, ErrorKind)] = &[
    ("contextWindowExceeded", CodexErrorInfo::ContextWindowExceeded, ErrorKind::InvalidRequest),
    ("sessionBudgetExceeded", CodexErrorInfo::SessionBudgetExceeded, ErrorKind::Quota),
    ("usageLimitExceeded", CodexErrorInfo::UsageLimitExceeded, ErrorKind::Quota),
    ("rateLimitExceeded", CodexErrorInfo::RateLimitExceeded, ErrorKind::RateLimit),
    ("flexUnavailable", CodexErrorInfo::FlexUnavailable, ErrorKind::Server),
    ("serverOverloaded", CodexErrorInfo::ServerOverloaded, ErrorKind::Server),
    ("modelNotFound", CodexErrorInfo::ModelNotFound, ErrorKind::NotFound),
    ("policyCapacityUnavailable", CodexErrorInfo::PolicyCapacityUnavailable, ErrorKind::Server),
    ("cyberPolicy", CodexErrorInfo::CyberPolicy, ErrorKind::Filtered),
    ("misalignmentPolicyViolation", CodexErrorInfo::MisalignmentPolicyViolation, ErrorKind::Filtered),
    ("tooManyDenials", CodexErrorInfo::TooManyDenials, ErrorKind::Permission),
    ("internalServerError", CodexErrorInfo::InternalServerError, ErrorKind::Server),
    ("unauthorized", CodexErrorInfo::Unauthorized, ErrorKind::Authentication),
    ("badRequest", CodexErrorInfo::BadRequest, ErrorKind::InvalidRequest),
    ("threadRollbackFailed", CodexErrorInfo::ThreadRollbackFailed, ErrorKind::Other),
    ("sandboxError", CodexErrorInfo::SandboxError, ErrorKind::Other),
    ("inferenceHookDenied", CodexErrorInfo::InferenceHookDenied, ErrorKind::Permission),
    ("other", CodexErrorInfo::Other, ErrorKind::Other),
];

impl TurnError {
    /// The same as an error of this crate: its kind by [`CodexErrorInfo`], its message the server's.
    pub fn to_error(&self) -> Error {
        let info = self.codex_error_info.as_ref();
        let mut message = format!("the turn failed: {}", self.message);
        if let Some(details) = self.additional_details.as_deref().filter(|details| !details.is_empty()) {
            message = format!("{message} ({details})");
        }
        let mut error = Error::new(self.error_kind(), message);
        if let Some(info) = info {
            error = error.with_code(info.name());
            if let Some(status) = info.http_status_code() {
                error = error.with_status(status);
            }
        }
        error.with_source(self.clone())
    }

    fn error_kind(&self) -> ErrorKind {
        match &self.codex_error_info {
            // Codex 0.169.0 has no name for these: a refusal of the vendor's (400) is its body, and an answer that
            // stopped before its end says why in words.
            None | Some(CodexErrorInfo::Other) => {
                if self.message.contains("reason: max_output_tokens") {
                    ErrorKind::Truncated
                } else if self.message.contains("reason: content_filter") {
                    ErrorKind::Filtered
                } else if serde_json::from_str::<Value>(&self.message).is_ok_and(|body| body.get("error").is_some()) {
                    ErrorKind::InvalidRequest
                } else {
                    ErrorKind::Other
                }
            }
            Some(info) => info.error_kind(),
        }
    }
}

impl From<TurnError> for Error {
    fn from(error: TurnError) -> Self {
        error.to_error()
    }
}

impl fmt::Display for TurnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.codex_error_info {
            Some(info) => write!(f, " ({})", info.name()),
            None => Ok(()),
        }
    }
}

impl std::error::Error for TurnError {}

impl CodexErrorInfo {
    /// The kind's name on the wire; of one that is unknown here its name, or all of its JSON.
    pub fn name(&self) -> String {
        match self.to_value() {
            Value::String(name) => name,
            Value::Object(map) if map.len() == 1 => map.into_iter().map(|(name, _)| name).collect(),
            other => other.to_string(),
        }
    }

    /// The HTTP status that the vendor gave, where it is known.
    pub fn http_status_code(&self) -> Option<u16> {
        match self {
            Self::HttpConnectionFailed { http_status_code }
            | Self::ResponseStreamConnectionFailed { http_status_code }
            | Self::ResponseStreamDisconnected { http_status_code }
            | Self::ResponseTooManyFailedAttempts { http_status_code } => *http_status_code,
            _ => None,
        }
    }

    /// The kind of error of this crate that it is.
    pub fn error_kind(&self) -> ErrorKind {
        let without_status = match self {
            Self::HttpConnectionFailed { .. } | Self::ResponseStreamConnectionFailed { .. } => ErrorKind::Connect,
            Self::ResponseStreamDisconnected { .. } => ErrorKind::Incomplete,
            Self::ResponseTooManyFailedAttempts { .. } => ErrorKind::Server,
            Self::ActiveTurnNotSteerable { .. } => ErrorKind::InvalidRequest,
            plain => PLAIN.iter().find(|(_, known, _)| known == plain).map_or(ErrorKind::Other, |(.., kind)| *kind),
        };
        match self.http_status_code() {
            Some(401) => ErrorKind::Authentication,
            Some(402) => ErrorKind::Quota,
            Some(403) => ErrorKind::Permission,
            Some(404) => ErrorKind::NotFound,
            Some(408) => ErrorKind::Timeout,
            Some(429) => ErrorKind::RateLimit,
            Some(400..=499) => ErrorKind::InvalidRequest,
            Some(500..=599) => ErrorKind::Server,
            _ => without_status,
        }
    }

    fn from_value(value: Value) -> Self {
        let plain = |name: &str| PLAIN.iter().find(|(known, ..)| *known == name).map(|(_, info, _)| info.clone());
        let known = match &value {
            Value::String(name) => plain(name),
            Value::Object(map) if map.len() == 1 => map.iter().next().and_then(|(name, body)| Self::body(name, body)),
            _ => None,
        };
        known.unwrap_or(Self::Unknown(value))
    }

    fn body(name: &str, body: &Value) -> Option<Self> {
        let http_status_code = match body.get("httpStatusCode") {
            None | Some(Value::Null) => None,
            Some(code) => Some(u16::try_from(code.as_u64()?).ok()?),
        };
        Some(match name {
            "httpConnectionFailed" => Self::HttpConnectionFailed { http_status_code },
            "responseStreamConnectionFailed" => Self::ResponseStreamConnectionFailed { http_status_code },
            "responseStreamDisconnected" => Self::ResponseStreamDisconnected { http_status_code },
            "responseTooManyFailedAttempts" => Self::ResponseTooManyFailedAttempts { http_status_code },
            "activeTurnNotSteerable" => {
                Self::ActiveTurnNotSteerable { turn_kind: body.get("turnKind")?.as_str()?.to_owned() }
            }
            _ => return None,
        })
    }

    fn to_value(&self) -> Value {
        let of = |name: &str, key: &str, value: Value| {
            let body = Map::from_iter([(key.to_owned(), value)]);
            Value::Object(Map::from_iter([(name.to_owned(), Value::Object(body))]))
        };
        let status = |name: &str, code: &Option<u16>| of(name, "httpStatusCode", Value::from(*code));
        match self {
            Self::HttpConnectionFailed { http_status_code } => status("httpConnectionFailed", http_status_code),
            Self::ResponseStreamConnectionFailed { http_status_code } => {
                status("responseStreamConnectionFailed", http_status_code)
            }
            Self::ResponseStreamDisconnected { http_status_code } => {
                status("responseStreamDisconnected", http_status_code)
            }
            Self::ResponseTooManyFailedAttempts { http_status_code } => {
                status("responseTooManyFailedAttempts", http_status_code)
            }
            Self::ActiveTurnNotSteerable { turn_kind } => {
                of("activeTurnNotSteerable", "turnKind", Value::from(turn_kind.as_str()))
            }
            Self::Unknown(value) => value.clone(),
            plain => PLAIN.iter().find(|(_, known, _)| known == plain).map_or(Value::Null, |(name, ..)| (*name).into()),
        }
    }
}

impl Serialize for CodexErrorInfo {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.to_value().serialize(to)
    }
}

impl<'de> Deserialize<'de> for CodexErrorInfo {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Value::deserialize(from).map(Self::from_value)
    }
}
