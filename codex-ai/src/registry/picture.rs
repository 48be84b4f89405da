//! Pictures as JSON: arguments of calls by name and of tools.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error};

use crate::message::Image;

/// What stands in the JSON of a picture.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    url: Option<String>,
    data: Option<String>,
    mime_type: Option<String>,
}

/// From `{"url": ".."}`, or `{"data": "..", "mime_type": "image/png"}` with the content in base64.
impl<'de> Deserialize<'de> for Image {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = Written::deserialize(deserializer)?;
        match (written.url, written.data, written.mime_type) {
            (Some(url), None, None) => Ok(Self::Url(url)),
            (None, Some(data), Some(mime_type)) => match STANDARD.decode(data) {
                Ok(data) => Ok(Self::Bytes { data: data.into(), mime_type }),
                Err(error) => Err(D::Error::custom(format!("the content of the picture is not base64: {error}"))),
            },
            _ => Err(D::Error::custom("a picture has either `url`, or `data` and `mime_type`")),
        }
    }
}

impl JsonSchema for Image {
    fn schema_name() -> Cow<'static, str> {
        "Image".into()
    }

    fn schema_id() -> Cow<'static, str> {
        concat!(module_path!(), "::Image").into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A picture, by address or by content.",
            "anyOf": [
                {
                    "type": "object",
                    "properties": { "url": { "type": "string" } },
                    "required": ["url"],
                    "additionalProperties": false
                },
                {
                    "type": "object",
                    "properties": {
                        "data": { "type": "string", "description": "The file in base64." },
                        "mime_type": { "type": "string", "description": "Such as `image/png`." }
                    },
                    "required": ["data", "mime_type"],
                    "additionalProperties": false
                }
            ]
        })
    }
}
