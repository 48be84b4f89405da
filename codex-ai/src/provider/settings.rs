//! The settings that every vendor has.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use super::endpoint::{Endpoint, Format};
use crate::transport::{DEFAULT_CONNECT_TIMEOUT, HttpTransport, Limits, Transport};

/// The settings that every vendor has. Their builder methods are made by [`common_settings`].
#[derive(Default)]
pub(super) struct Settings {
    pub(super) key: Option<SecretString>,
    pub(super) base_url: Option<String>,
    pub(super) default_model: Option<String>,
    pub(super) connect_timeout: Option<Duration>,
    pub(super) limits: Limits,
    pub(super) transport: Option<Arc<dyn Transport>>,
}

impl Settings {
    /// What requests to this vendor go through; the key goes into no header here.
    pub(super) fn endpoint(&self, vendor: &'static str, format: &'static Format) -> Arc<Endpoint> {
        let transport = self.transport.clone().unwrap_or_else(|| {
            let timeout = self.connect_timeout.unwrap_or(DEFAULT_CONNECT_TIMEOUT);
            Arc::new(HttpTransport::new().with_connect_timeout(timeout))
        });
        Arc::new(Endpoint { vendor, transport, limits: self.limits, key: self.key.clone(), format })
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("key", &self.key)
            .field("default_model", &self.default_model)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// The builder methods for [`Settings`], which the builder holds in a field `settings`.
macro_rules! common_settings {
    () => {
        /// Sets the key.
        pub fn key(mut self, key: impl Into<String>) -> Self {
            self.settings.key = Some(secrecy::SecretString::from(key.into()));
            self
        }

        /// Sets the address of the API, without a slash at its end.
        pub fn base_url(mut self, url: impl Into<String>) -> Self {
            self.settings.base_url = Some(url.into());
            self
        }

        /// Sets the model for requests that name none.
        pub fn default_model(mut self, model: impl Into<String>) -> Self {
            self.settings.default_model = Some(model.into());
            self
        }

        /// Sets how long a whole call may take, and how long until a stream begins;
        /// [`DEFAULT_TIMEOUT`](crate::transport::DEFAULT_TIMEOUT) otherwise.
        pub fn timeout(mut self, timeout: std::time::Duration) -> Self {
            self.settings.limits.timeout = timeout;
            self
        }

        /// Sets how long an answer that has begun may pause;
        /// [`DEFAULT_READ_TIMEOUT`](crate::transport::DEFAULT_READ_TIMEOUT) otherwise.
        pub fn read_timeout(mut self, timeout: std::time::Duration) -> Self {
            self.settings.limits.read_timeout = timeout;
            self
        }

        /// Sets how long a connection may take to open;
        /// [`DEFAULT_CONNECT_TIMEOUT`](crate::transport::DEFAULT_CONNECT_TIMEOUT) otherwise. A transport of one's own has
        /// its own.
        pub fn connect_timeout(mut self, timeout: std::time::Duration) -> Self {
            self.settings.connect_timeout = Some(timeout);
            self
        }

        /// Sets the largest whole answer in bytes;
        /// [`DEFAULT_BODY_LIMIT`](crate::transport::DEFAULT_BODY_LIMIT) otherwise.
        pub fn body_limit(mut self, bytes: usize) -> Self {
            self.settings.limits.body_limit = bytes;
            self
        }

        /// Sets the largest event of a streamed answer in bytes;
        /// [`DEFAULT_EVENT_LIMIT`](crate::transport::DEFAULT_EVENT_LIMIT) otherwise.
        pub fn event_limit(mut self, bytes: usize) -> Self {
            self.settings.limits.event_limit = bytes;
            self
        }

        /// Sets the largest streamed answer in bytes, all that stands around its pieces included;
        /// [`DEFAULT_STREAM_LIMIT`](crate::transport::DEFAULT_STREAM_LIMIT) otherwise.
        pub fn stream_limit(mut self, bytes: usize) -> Self {
            self.settings.limits.stream_limit = bytes;
            self
        }

        /// Sets what carries the bytes; an [`HttpTransport`](crate::transport::HttpTransport) of its own otherwise.
        /// Providers that share one share its connections.
        pub fn transport(mut self, transport: std::sync::Arc<dyn crate::transport::Transport>) -> Self {
            self.settings.transport = Some(transport);
            self
        }
    };
}
pub(super) use common_settings;
