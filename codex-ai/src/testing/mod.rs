//! For the tests of programs that use this library.

mod scripted;
mod server;

pub use scripted::Scripted;
pub use server::{KEPT_REQUESTS, Recorded, Step, WireServer};
