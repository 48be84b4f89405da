//! How long to wait.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::time::Duration;

/// The wait before retry number `retry`, from 0, where the vendor names none.
pub(super) fn backoff(first: Duration, longest: Duration, retry: u32) -> Duration {
    let doubled = 1_u32.checked_shl(retry).unwrap_or(u32::MAX);
    first.saturating_mul(doubled).min(longest).mul_f64(1.0 - 0.25 * random())
}

/// A number from 0 to below 1. The keys that the standard library draws for its hash maps are random enough for this.
fn random() -> f64 {
    let bits = RandomState::new().hash_one(0_u8) >> 11;
    bits as f64 / (1_u64 << 53) as f64
}
