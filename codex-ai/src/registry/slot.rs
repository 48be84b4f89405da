//! What an entry makes of itself when it is first asked.

use std::fmt;
use std::sync::{Arc, OnceLock};

/// A value that is made once and kept.
///
/// It is behind a trait object for the compiler's sake: an entry is a static, which must be `Sync`, and without the object
/// each prompt of a program would be a walk through all the types that a schema is made of.
pub(crate) struct Slot<T>(OnceLock<Box<dyn Keep<T>>>);

trait Keep<T>: Send + Sync {
    fn kept(&self) -> &Arc<T>;
}

impl<T: Send + Sync> Keep<T> for Arc<T> {
    fn kept(&self) -> &Arc<T> {
        self
    }
}

impl<T: Send + Sync + 'static> Slot<T> {
    pub(crate) fn get_or_make(&self, make: impl FnOnce() -> Arc<T>) -> &Arc<T> {
        self.0.get_or_init(|| Box::new(make())).kept()
    }
}

impl<T> Slot<T> {
    pub(crate) const fn empty() -> Self {
        Self(OnceLock::new())
    }
}

impl<T> fmt::Debug for Slot<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Slot")
    }
}
