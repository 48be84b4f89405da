//! For the tests of programs that use this library.

mod images;
mod manifest;
mod png;
mod registry;
mod scripted;
mod server;

pub use images::TestImages;
pub use manifest::assert_manifest;
pub use registry::assert_registry_ok;
pub use scripted::{Answer, Scripted};
pub use server::{KEPT_REQUESTS, Recorded, SCENARIOS, Step, WireServer};
