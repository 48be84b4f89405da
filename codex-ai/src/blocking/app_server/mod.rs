//! The client of `codex app-server` for programs without an async runtime.
//!
//! Each type is the twin of the one of the same name in [`crate::app_server`], with the same methods, each of which waits
//! for its answer; a stream is an iterator. Types that wait for nothing, as options and events, are the same.
//!
//! A client has one thread of its own, which reads and writes for all who wait: however many turns are read by however
//! many threads, there is no other. Inside an async runtime every method that would wait returns an error of kind
//! [`ErrorKind::Blocking`]; within `tokio::task::spawn_blocking` it works.
//!
//! Prompts go through the same connection: a [`blocking::Dispatcher`](crate::blocking::Dispatcher) of a
//! [`Provider`](crate::app_server::Provider) over [`Client::as_async`].
//!
//! A [`RequestHandler`](crate::app_server::RequestHandler) runs on that thread, so it must not block it;
//! [`forward_requests`] gives a handler whose requests are answered by a thread of the program.

mod client;
mod connection;
mod events;
mod goal;
mod login;
mod requests;
mod thread;
mod threads;
mod turn;

#[cfg(doc)]
use crate::error::ErrorKind;

pub use self::client::Client;
pub use self::events::Events;
pub use self::goal::{GoalControl, GoalRun};
pub use self::login::Login;
pub use self::requests::{ServerRequests, forward_requests};
pub use self::thread::Thread;
pub use self::turn::{Turn, TurnControl, TurnText};
