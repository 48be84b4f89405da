//! One codec per wire format, both halves: pure, values in and bytes out, bytes in and values out.
//!
//! No socket, no clock and no environment: a codec is tested with texts alone. The client's half makes requests and
//! reads answers; the server's half reads requests and makes answers, for [`testing`](crate::testing) and for programs
//! that serve a provider under a vendor's format.

pub mod data_url;
pub mod openai_error;
pub mod openai_responses;
