//! What a vendor did not take of the form of the answer. A codec finds it out, and who asks goes on in another way.

use super::{Error, ErrorKind};

/// What of the form of the answer a vendor did not take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The schema of the answer.
    Schema,
    /// The schema of a function's parameters.
    ToolSchema,
    /// The field that asks for JSON.
    Format,
    /// Tools, or the choice among them.
    Tools,
}

impl Error {
    /// The same error, of the kind that goes with what was refused.
    pub(crate) fn with_refused(mut self, refused: Refused) -> Self {
        self.0.kind = match refused {
            Refused::Schema | Refused::ToolSchema => ErrorKind::Schema,
            Refused::Format | Refused::Tools => ErrorKind::Unsupported,
        };
        self.0.refused = Some(refused);
        self
    }

    #[cfg_attr(
        not(any(feature = "_vendor", feature = "app-server")),
        allow(dead_code, reason = "who asks a vendor decides on it")
    )]
    pub(crate) fn refused(&self) -> Option<Refused> {
        self.0.refused
    }
}
