//! The blocking twin of the client.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;
use tokio::io::{AsyncRead, AsyncWrite};

use super::connection::Connection;
use super::{Events, Login};
use crate::app_server::{
    self as twin, AccountInfo, AccountRateLimits, AccountUsage, ClientOptions, Closed, Config, ConfigWritten, Counts,
    ListModels, Model, ModelProviders, Page, ReadConfig, ServerInfo, SpawnOptions, WriteConfig,
};
#[cfg(doc)]
use crate::error::ErrorKind;
use crate::error::Result;

/// The blocking twin of [`Client`](twin::Client). It can be shared between threads and cloned cheaply.
#[derive(Clone)]
pub struct Client {
    pub(super) inner: twin::Client,
    pub(super) connection: Arc<Connection>,
}

impl Client {
    /// As [`Client::spawn`](twin::Client::spawn).
    ///
    /// # Errors
    /// As there, [`ErrorKind::Other`] if no thread can be started, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn spawn(options: impl Into<SpawnOptions>) -> Result<Self> {
        Self::start(twin::Client::spawn(options))
    }

    /// As [`Client::connect`](twin::Client::connect); reader and writer belong to no other runtime.
    ///
    /// # Errors
    /// As [`spawn`](Self::spawn).
    pub fn connect<R, W>(reader: R, writer: W, options: ClientOptions) -> Result<Self>
    where
        R: AsyncRead + Send + Unpin + 'static,
        W: AsyncWrite + Send + Unpin + 'static,
    {
        Self::start(twin::Client::connect(reader, writer, options))
    }

    fn start(connect: impl Future<Output = Result<twin::Client>>) -> Result<Self> {
        let (connection, inner) = Connection::start(connect)?;
        Ok(Self { inner, connection: Arc::new(connection) })
    }

    /// The async client of the same connection, which works without a runtime of the caller's: for a
    /// [`Provider`](twin::Provider) under a [`blocking::Dispatcher`](crate::blocking::Dispatcher). The connection is open
    /// until this client and all clones of that one are dropped.
    ///
    /// ```no_run
    /// use codex_ai::app_server::{Provider, SpawnOptions};
    /// use codex_ai::blocking::{Dispatcher, app_server::Client};
    ///
    /// # fn run() -> codex_ai::Result<()> {
    /// let client = Client::spawn(SpawnOptions::new())?;
    /// let dispatcher = Dispatcher::new(Provider::new(client.as_async().clone()))?;
    /// println!("{}", dispatcher.generate_text("Why is the sky blue?")?);
    /// # Ok(()) }
    /// ```
    pub fn as_async(&self) -> &twin::Client {
        &self.inner
    }

    /// As [`Client::server`](twin::Client::server).
    pub fn server(&self) -> &ServerInfo {
        self.inner.server()
    }

    /// As [`Client::models`](twin::Client::models).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn models(&self, which: ListModels) -> Result<Page<Model>> {
        self.connection.wait(self.inner.models(which))
    }

    /// As [`Client::model_providers`](twin::Client::model_providers).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn model_providers(&self) -> Result<ModelProviders> {
        self.connection.wait(self.inner.model_providers())
    }

    /// As [`Client::account`](twin::Client::account).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn account(&self) -> Result<AccountInfo> {
        self.connection.wait(self.inner.account())
    }

    /// As [`Client::refresh_account`](twin::Client::refresh_account).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn refresh_account(&self) -> Result<AccountInfo> {
        self.connection.wait(self.inner.refresh_account())
    }

    /// As [`Client::rate_limits`](twin::Client::rate_limits).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn rate_limits(&self) -> Result<AccountRateLimits> {
        self.connection.wait(self.inner.rate_limits())
    }

    /// As [`Client::account_usage`](twin::Client::account_usage).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn account_usage(&self) -> Result<AccountUsage> {
        self.connection.wait(self.inner.account_usage())
    }

    /// As [`Client::login_api_key`](twin::Client::login_api_key).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn login_api_key(&self, key: impl Into<SecretString>) -> Result<()> {
        self.connection.wait(self.inner.login_api_key(key))
    }

    /// As [`Client::login_chatgpt`](twin::Client::login_chatgpt).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn login_chatgpt(&self) -> Result<Login> {
        self.login(self.inner.login_chatgpt())
    }

    /// As [`Client::login_device_code`](twin::Client::login_device_code).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn login_device_code(&self) -> Result<Login> {
        self.login(self.inner.login_device_code())
    }

    /// As [`Client::logout`](twin::Client::logout).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn logout(&self) -> Result<()> {
        self.connection.wait(self.inner.logout())
    }

    /// As [`Client::config`](twin::Client::config).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn config(&self, which: ReadConfig) -> Result<Config> {
        self.connection.wait(self.inner.config(which))
    }

    /// As [`Client::write_config_value`](twin::Client::write_config_value).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn write_config_value(&self, key_path: impl Into<String>, value: impl Into<Value>) -> Result<ConfigWritten> {
        self.connection.wait(self.inner.write_config_value(key_path, value))
    }

    /// As [`Client::write_config`](twin::Client::write_config).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn write_config(&self, what: WriteConfig) -> Result<ConfigWritten> {
        self.connection.wait(self.inner.write_config(what))
    }

    /// As [`Client::request`](twin::Client::request).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn request<T: DeserializeOwned>(&self, method: &str, params: &impl Serialize) -> Result<T> {
        self.connection.wait(self.inner.request(method, params))
    }

    /// As [`Client::request_raw`](twin::Client::request_raw).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn request_raw(&self, method: &str, params: &impl Serialize) -> Result<Box<RawValue>> {
        self.connection.wait(self.inner.request_raw(method, params))
    }

    /// As [`Client::request_raw_within`](twin::Client::request_raw_within).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn request_raw_within(&self, method: &str, params: &impl Serialize, limit: Duration) -> Result<Box<RawValue>> {
        self.connection.wait(self.inner.request_raw_within(method, params, limit))
    }

    /// As [`Client::events`](twin::Client::events).
    pub fn events(&self) -> Events {
        Events::new(self.inner.events(), &self.connection)
    }

    /// As [`Client::counts`](twin::Client::counts).
    pub fn counts(&self) -> Counts {
        self.inner.counts()
    }

    /// As [`Client::closed`](twin::Client::closed).
    pub fn closed(&self) -> Option<Arc<Closed>> {
        self.inner.closed()
    }

    /// As [`Client::shutdown`](twin::Client::shutdown).
    ///
    /// # Errors
    /// [`ErrorKind::Blocking`] inside an async runtime, where nothing is done.
    pub fn shutdown(&self) -> Result<Arc<Closed>> {
        self.connection.wait(async { Ok(self.inner.shutdown().await) })
    }

    fn login(&self, login: impl Future<Output = Result<twin::Login>>) -> Result<Login> {
        Ok(Login::new(self.connection.wait(login)?, &self.connection))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("blocking::Client").field(&self.inner).finish()
    }
}
