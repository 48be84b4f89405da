//! Settings from the environment. Read by `from_env` and nowhere else.

use crate::error::{Error, ErrorKind, Result};

/// The value of a variable; one that is empty, or blank, is as good as unset.
pub(super) fn var(name: &'static str) -> Result<Option<String>> {
    match std::env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.trim().is_empty())),
        Err(std::env::VarError::NotPresent) => Ok(None),
        // The error of `std` holds the value, which may be a key.
        Err(std::env::VarError::NotUnicode(_)) => {
            Err(Error::new(ErrorKind::Config, format!("the variable `{name}` is not valid UTF-8")))
        }
    }
}
