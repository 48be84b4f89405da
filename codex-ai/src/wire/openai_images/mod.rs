//! OpenAI's images: `POST /v1/images/generations` and `POST /v1/images/edits` (OpenAI's API reference and SDK 3.52.0,
//! November 2026).
//!
//! | here | on the wire |
//! | --- | --- |
//! | no [`input_images`] | `generations`, as JSON |
//! | [`input_images`], by content | `edits`, as `multipart/form-data`: `image`, or `image[]` for several |
//! | [`mime_type`] | `output_format`: `image/jpeg` is `jpeg`, `image/svg+xml` is `svg` |
//! | [`aspect_ratio`] | `size`, where one of the vendor's sizes is exactly that: `1:1`, `3:2`, `2:3` |
//! | [`extra`] | fields at the top level; in a form, a `mask` that is a `data:` URL becomes a file |
//!
//! One call makes one image, so an extra `n` other than 1 is an error before anything is sent, as is `stream`.
//! Input images by address cannot be sent: the form takes files only.
//!
//! [`input_images`]: crate::ImageRequest::input_images
//! [`mime_type`]: crate::ImageRequest::mime_type
//! [`aspect_ratio`]: crate::ImageRequest::aspect_ratio
//! [`extra`]: crate::ImageRequest::extra

mod multipart;
mod read_request;
mod reply;
mod request;

pub use read_request::decode_request;
pub use reply::{decode_reply, encode_reply};
pub use request::{ImageBody, encode_request};

/// The MIME type of an output format.
fn mime_type(format: &str) -> String {
    match format {
        "svg" => "image/svg+xml".to_owned(),
        "jpg" => "image/jpeg".to_owned(),
        _ => format!("image/{format}"),
    }
}

/// The output format of a MIME type.
fn output_format(mime_type: &str) -> Option<&str> {
    match mime_type.strip_prefix("image/")? {
        "svg+xml" => Some("svg"),
        "jpg" => Some("jpeg"),
        format => (!format.is_empty() && format.bytes().all(|b| b.is_ascii_alphanumeric())).then_some(format),
    }
}

/// What a file's first bytes say of its type.
fn sniff(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        [b'<', ..] => Some("image/svg+xml"),
        _ => None,
    }
}
