//! OpenAI's images.
//!
//! - `null` is absent, and so are `stream: false` and `n: 1`: they are the defaults.

use super::{Object, drop_if, drop_nulls};

pub(crate) fn normalise(body: &mut Object) {
    drop_nulls(body);
    drop_if(body, "stream", false);
    drop_if(body, "n", 1);
}
