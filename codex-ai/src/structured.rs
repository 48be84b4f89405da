//! From an answer's text to a value: parse, check everything, deserialise.

use serde_json::Value;

use crate::error::Result;
use crate::reply::Reply;
use crate::schema::{LlmSchema, Schema};

pub(crate) fn read_text(_reply: &Reply) -> Result<String> {
    Err(crate::Error::new(crate::ErrorKind::Other, "wip"))
}

pub(crate) fn read_json<T: LlmSchema>(_reply: &Reply, _schema: &Schema) -> Result<T> {
    Err(crate::Error::new(crate::ErrorKind::Other, "wip"))
}

pub(crate) fn read_json_value<T: LlmSchema>(_reply: &Reply, _schema: &Schema) -> Result<Value> {
    Err(crate::Error::new(crate::ErrorKind::Other, "wip"))
}
