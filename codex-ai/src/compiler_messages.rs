//! What the compiler says to mistakes with this library, and what to do.
//!
//! The page is made from programs with a mistake each; the tests hold the messages to it, word by word. A message that
//! begins with the name of a type shows the one of that program. What is found before the program runs is here; what is
//! found in an answer or on the wire is an [`Error`](crate::Error).
//!
#![doc = include_str!("compiler_messages.md")]
