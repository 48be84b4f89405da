//! Layers: each holds a provider and is one.
//!
//! | layer | what it adds |
//! | --- | --- |
//! | [`Retry`] | asks again where that may help |
//! | [`Timeout`] | limits of time: first token, pauses, the whole |
//! | [`Limit`] | limits of load: calls at once, requests and tokens a minute |
//! | [`Failover`] | other providers, asked where one fails |
//!
//! They are put around each other, the outermost last:
//!
//! ```no_run
//! use std::time::Duration;
//! use codex_ai::layer::{Failover, Limit, Retry, Timeout};
//! use codex_ai::provider::{Local, openai::OpenAi};
//! use codex_ai::{Dispatcher, Result};
//!
//! # fn main() -> Result<()> {
//! // Each try has its own limit of time, and the tries count against the limits of load.
//! let openai = Timeout::new(OpenAi::from_env()?).with_first_token(Duration::from_secs(20));
//! let openai = Limit::new(openai).with_concurrency(8).with_requests_per_minute(500);
//! let openai = Retry::new(openai);
//! let dispatcher = Dispatcher::new(Failover::builder().route(openai).route(Local::quiet()).build()?)?;
//! # Ok(()) }
//! ```
//!
//! # Streams
//! A layer that may ask again ([`Retry`], [`Failover`]) or that limits the time to the first token ([`Timeout`]) opens a
//! stream as soon as its first piece is there, so that whatever fails before is told by `stream` itself. After the first
//! piece nothing is asked again.
//!
//! # Images
//! A layer makes images where its provider does: [`GenerateImage`](crate::GenerateImage) is implemented for
//! `Retry<P>` where `P` has it, and [`Provider::images`](crate::Provider::images) gives the layer around the provider's own.

mod begin;
mod failover;
mod images;
mod limit;
mod retry;
mod timeout;
mod tried;

pub use failover::{Chain, DEFAULT_COOL_DOWN, DEFAULT_FAILURES, Failover, FailoverBuilder, ImageChain, ImagenChain};
pub use limit::Limit;
pub use retry::{
    DEFAULT_BUDGET, DEFAULT_FIRST_WAIT, DEFAULT_LONGEST_WAIT, DEFAULT_RETRIES, DEFAULT_RETRY_AFTER_LIMIT, Retry,
};
pub use timeout::Timeout;

use images::image_layer;
