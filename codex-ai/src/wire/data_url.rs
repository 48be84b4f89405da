//! Pictures as `data:` URLs (RFC 2397), the way most vendors take them.

use std::fmt;

use base64::Engine as _;
use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;

use crate::message::Image;

/// A picture as the URL that a vendor takes. Written piece by piece: the base64 text is never held as a whole.
#[derive(Debug, Clone, Copy)]
pub struct ImageUrl<'a>(pub &'a Image);

impl fmt::Display for ImageUrl<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Image::Url(url) => f.write_str(url),
            Image::Bytes { data, mime_type } => {
                write!(f, "data:{mime_type};base64,{}", Base64Display::new(data, &STANDARD))
            }
        }
    }
}

impl serde::Serialize for ImageUrl<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Image::Url(url) => serializer.serialize_str(url),
            Image::Bytes { .. } => serializer.collect_str(self),
        }
    }
}

/// Bytes as base64, written piece by piece: the text is never held as a whole.
pub(in crate::wire) struct Base64<'a>(pub(in crate::wire) &'a [u8]);

impl serde::Serialize for Base64<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&Base64Display::new(self.0, &STANDARD))
    }
}

/// The picture of a URL. A `data:` URL that is not plain base64 stays an address, so that nothing of it is lost.
pub fn decode(url: String) -> Image {
    let bytes = url.strip_prefix("data:").and_then(|rest| rest.split_once(";base64,")).and_then(|(mime_type, data)| {
        let data = STANDARD.decode(data).ok()?;
        Some(Image::bytes(data, mime_type))
    });
    bytes.unwrap_or(Image::Url(url))
}
