//! The client: a connection, and what is asked of the server as a whole.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::{RawValue, to_raw_value};
use tokio::io::{AsyncRead, AsyncWrite};

use super::closed::Closed;
use super::core::router::Counts;
use super::core::{self, Call, Core};
use super::event::Events;
use super::options::{ClientOptions, SpawnOptions};
use super::params::Nothing;
use super::process::Process;
use super::server::ServerInfo;
use crate::error::Result;

/// A connection to one app server. Cloned cheaply; all clones, threads and turns share the connection, and when the last
/// of them is dropped, the server is ended.
///
/// A client that exists has been greeted by its server, once: `initialize` is asked and answered before
/// [`spawn`](Self::spawn) and [`connect`](Self::connect) give one, and the server is ended where that fails.
#[derive(Clone)]
pub struct Client {
    pub(crate) core: Core,
    server: Arc<ServerInfo>,
}

impl Client {
    /// Starts `codex app-server` and connects to it.
    ///
    /// # Errors
    /// [`ErrorKind::Connect`](crate::ErrorKind::Connect) where the program is not there or ends at once; what it said is
    /// in the error.
    pub async fn spawn(options: impl Into<SpawnOptions>) -> Result<Self> {
        let options = options.into();
        let (process, stdout, stdin) = Process::start(&options)?;
        Self::begin(Core::start(stdout, stdin, options.client, Some(process))?).await
    }

    /// Connects over any transport of lines.
    ///
    /// # Errors
    /// Where the server does not answer `initialize`, or refuses it.
    pub async fn connect<R, W>(reader: R, writer: W, options: ClientOptions) -> Result<Self>
    where
        R: AsyncRead + Send + Unpin + 'static,
        W: AsyncWrite + Send + Unpin + 'static,
    {
        Self::begin(Core::start(reader, writer, options, None)?).await
    }

    async fn begin(core: Core) -> Result<Self> {
        match greet(&core).await {
            Ok(server) => Ok(Self { core, server: Arc::new(server) }),
            Err(error) => {
                let closed = core.shutdown().await;
                Err(closed.refused_start(&error))
            }
        }
    }

    /// What the server says of itself.
    pub fn server(&self) -> &ServerInfo {
        &self.server
    }

    /// Any method of the server, and its answer read as a `T`.
    ///
    /// `params` is any value that is a JSON object; `&()` is an empty one.
    ///
    /// # Errors
    /// Where the server refuses or does not answer within
    /// [`ClientOptions::with_request_timeout`](super::ClientOptions::with_request_timeout), and of kind
    /// [`ErrorKind::Protocol`](crate::ErrorKind::Protocol) where the answer is no `T`.
    pub async fn request<T: DeserializeOwned>(&self, method: &str, params: &impl Serialize) -> Result<T> {
        core::read(method, &self.request_raw(method, params).await?)
    }

    /// Any method of the server: its answer as the JSON text that came.
    ///
    /// # Errors
    /// As [`request`](Self::request), but the answer may have any form.
    pub async fn request_raw(&self, method: &str, params: &impl Serialize) -> Result<Box<RawValue>> {
        self.raw(method, params, None).await
    }

    /// As [`request_raw`](Self::request_raw), with a time limit of its own, all retries included.
    ///
    /// # Errors
    /// As [`request_raw`](Self::request_raw).
    pub async fn request_raw_within(
        &self,
        method: &str,
        params: &impl Serialize,
        limit: Duration,
    ) -> Result<Box<RawValue>> {
        self.raw(method, params, Some(limit)).await
    }

    async fn raw(&self, method: &str, params: &impl Serialize, timeout: Option<Duration>) -> Result<Box<RawValue>> {
        let mut params = to_raw_value(params).map_err(|error| core::unwritable(method, error))?;
        if params.get() == "null" {
            // The server answers with an error where there is no object.
            params = to_raw_value(&Nothing {}).map_err(|error| core::unwritable(method, error))?;
        }
        Ok(self.core.call_raw(method, &params, &Call { timeout, ..Call::default() }).await?.0)
    }

    /// The events that belong to no turn, from the oldest that is kept.
    pub fn events(&self) -> Events {
        self.core.global_events()
    }

    /// What was counted since the start.
    pub fn counts(&self) -> Counts {
        self.core.counts()
    }

    /// Why the connection is closed, if it is.
    pub fn closed(&self) -> Option<Arc<Closed>> {
        self.core.closed()
    }

    /// Closes the server's input, waits for its end, and ends it where that takes too long.
    pub async fn shutdown(&self) -> Arc<Closed> {
        self.core.shutdown().await
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("server", &self.server).finish_non_exhaustive()
    }
}

/// Says who asks, and hears who answers.
async fn greet(core: &Core) -> Result<ServerInfo> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Params<'a> {
        client_info: Info<'a>,
        capabilities: Capabilities<'a>,
    }
    #[derive(Serialize)]
    struct Info<'a> {
        name: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        title: Option<&'a str>,
        version: &'a str,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Capabilities<'a> {
        experimental_api: bool,
        #[serde(skip_serializing_if = "<[String]>::is_empty")]
        opt_out_notification_methods: &'a [String],
    }
    let options = core.options();
    let params = Params {
        client_info: Info { name: &options.name, title: options.title.as_deref(), version: &options.version },
        capabilities: Capabilities {
            experimental_api: options.experimental_api,
            opt_out_notification_methods: &options.opt_out,
        },
    };
    let server: ServerInfo = core.call("initialize", &params).await?;
    let server = server.told(&options.name);
    server.check(options.minimum_version)?;
    core.notify("initialized")?;
    Ok(server)
}
