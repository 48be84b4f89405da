//! A library that hands `codex_ai` on to its users, who have no dependency of that name.

pub use codex_ai;
