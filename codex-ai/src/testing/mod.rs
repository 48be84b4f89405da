//! For the tests of programs that use this library.

mod registry;
mod scripted;
mod server;

pub use registry::assert_registry_ok;
pub use scripted::{Answer, Scripted};
pub use server::{KEPT_REQUESTS, Recorded, Step, WireServer};
