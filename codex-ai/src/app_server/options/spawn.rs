//! How the process of the server is started.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use serde::Serialize;
use serde_json::Value;

use super::super::secrets::Secrets;
use super::ClientOptions;
use crate::error::{Error, ErrorKind, Result};

/// How the process of the server is started: `codex app-server --listen stdio://`, with the environment of this process.
///
/// On Unix it is in a process group of its own: Ctrl-C in a terminal reaches the program alone, and the server ends with
/// it because its input is closed.
///
/// ```
/// use codex_ai::app_server::SpawnOptions;
///
/// let options = SpawnOptions::new()
///     .with_binary("/opt/codex/bin/codex")
///     .with_config("model", "gpt-5.5")
///     .with_config("features.shell_tool", false)
///     .with_env("RUST_LOG", "error");
/// ```
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct SpawnOptions {
    pub(crate) client: ClientOptions,
    pub(crate) binary: Option<PathBuf>,
    pub(crate) args: Option<Vec<OsString>>,
    pub(crate) more_args: Vec<OsString>,
    /// The keys, and their values as TOML, or what is wrong with them.
    pub(crate) config: Vec<(String, Result<String, &'static str>)>,
    pub(crate) cwd: Option<PathBuf>,
    pub(crate) env: Vec<(OsString, Option<OsString>)>,
    pub(crate) clear_env: bool,
}

impl SpawnOptions {
    /// `codex app-server`, found in `PATH`.
    pub fn new() -> Self {
        Self::default()
    }

    /// How the client behaves.
    #[must_use]
    pub fn with_client(mut self, client: ClientOptions) -> Self {
        self.client = client;
        self
    }

    /// The program, instead of `codex`. A name without a folder is looked for in `PATH`, and nowhere else: in that which
    /// [`with_env`](Self::with_env) sets, else in that of this process.
    #[must_use]
    pub fn with_binary(mut self, binary: impl Into<PathBuf>) -> Self {
        self.binary = Some(binary.into());
        self
    }

    /// The arguments, instead of `app-server --listen stdio://`. Overrides of the configuration come before them, as
    /// `--config KEY=VALUE`.
    #[must_use]
    pub fn with_args<T: Into<OsString>>(mut self, args: impl IntoIterator<Item = T>) -> Self {
        self.args = Some(args.into_iter().map(Into::into).collect());
        self
    }

    /// One more argument behind the others, as `--strict-config`.
    #[must_use]
    pub fn with_arg(mut self, arg: impl Into<OsString>) -> Self {
        self.more_args.push(arg.into());
        self
    }

    /// Overrides one key of the configuration, as `model` or `model_providers.mine.base_url`: `--config KEY=VALUE`, the
    /// value as TOML. Maps are inline tables. Other users of the machine may see arguments: a secret belongs into the
    /// environment.
    #[must_use]
    pub fn with_config(mut self, key: impl Into<String>, value: impl Serialize) -> Self {
        let value = serde_json::to_value(value).map_err(|_| "it is no JSON value").and_then(|value| toml(&value));
        self.config.push((key.into(), value));
        self
    }

    /// Where it runs; the server's default for the folder of a thread. Otherwise where this process runs.
    #[must_use]
    pub fn with_cwd(mut self, cwd: impl Into<PathBuf>) -> Self {
        self.cwd = Some(cwd.into());
        self
    }

    /// A variable of its environment. Where the name has `KEY`, `TOKEN`, `SECRET`, `PASSWORD` or `CREDENTIAL` in it, the
    /// value is taken out of errors and of [`Closed::stderr`](crate::app_server::Closed::stderr), even where the server
    /// repeats it.
    #[must_use]
    pub fn with_env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.env.push((name.into(), Some(value.into())));
        self
    }

    /// A variable of this process that it does not get.
    #[must_use]
    pub fn with_env_removed(mut self, name: impl Into<OsString>) -> Self {
        self.env.push((name.into(), None));
        self
    }

    /// It gets no variable but those of [`with_env`](Self::with_env), not even `PATH` and `HOME`.
    #[must_use]
    pub fn with_clear_env(mut self) -> Self {
        self.clear_env = true;
        self
    }

    pub(crate) fn program(&self) -> PathBuf {
        self.binary.clone().unwrap_or_else(|| "codex".into())
    }

    /// What it is given that is secret by its name.
    pub(crate) fn secrets(&self) -> Secrets {
        let secrets = Secrets::default();
        for (name, value) in &self.env {
            if let Some(value) = value {
                secrets.add_named(&name.to_string_lossy(), &value.to_string_lossy());
            }
        }
        for (key, value) in &self.config {
            // `env_key` is the name of a variable.
            let name = key.rsplit('.').next().unwrap_or_default();
            if let (Ok(value), false) = (value, name.starts_with("env_")) {
                secrets.add_named(name, value.trim_matches('"'));
            }
        }
        secrets
    }

    /// All arguments.
    pub(crate) fn arguments(&self) -> Result<Vec<OsString>> {
        let mut arguments = Vec::new();
        for (key, value) in &self.config {
            let value = match value {
                _ if key.is_empty() || key.contains(['=', '\0']) => Err("that is no key"),
                Ok(value) => Ok(value),
                Err(problem) => Err(*problem),
            };
            let value = value.map_err(|problem| {
                Error::new(ErrorKind::Config, format!("the configuration `{key}` cannot be set: {problem}")).with_help(
                    "give a key, and a value that TOML has: `SpawnOptions::with_config(\"model\", \"gpt-5.5\")`",
                )
            })?;
            arguments.extend(["--config".into(), format!("{key}={value}").into()]);
        }
        match &self.args {
            Some(args) => arguments.extend(args.iter().cloned()),
            None => arguments.extend(["app-server", "--listen", "stdio://"].map(Into::into)),
        }
        arguments.extend(self.more_args.iter().cloned());
        Ok(arguments)
    }
}

/// A value in one line of TOML 1.0.
fn toml(value: &Value) -> Result<String, &'static str> {
    let text = |text: &str| {
        // The escapes of JSON are TOML's too; of the control characters JSON leaves this one as it is.
        Value::from(text).to_string().replace('\x7f', "\\u007F")
    };
    Ok(match value {
        Value::Null => return Err("TOML has no null"),
        Value::Bool(value) => value.to_string(),
        Value::Number(value) if value.is_u64() && !value.is_i64() => return Err("the number is too large for TOML"),
        Value::Number(value) => value.to_string(),
        Value::String(value) => text(value),
        Value::Array(values) => {
            let values: Result<Vec<_>, _> = values.iter().map(toml).collect();
            format!("[{}]", values?.join(", "))
        }
        Value::Object(members) => {
            let members: Result<Vec<_>, &'static str> =
                members.iter().map(|(key, value)| Ok(format!("{} = {}", text(key), toml(value)?))).collect();
            format!("{{{}}}", members?.join(", "))
        }
    })
}

impl From<ClientOptions> for SpawnOptions {
    fn from(client: ClientOptions) -> Self {
        Self { client, ..Self::default() }
    }
}

/// Names only: values of the environment, of the configuration and of arguments may be secret.
impl fmt::Debug for SpawnOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let config: Vec<_> = self.config.iter().map(|(key, _)| key).collect();
        let env: Vec<_> = self.env.iter().map(|(name, _)| name).collect();
        f.debug_struct("SpawnOptions")
            .field("client", &self.client)
            .field("binary", &self.binary)
            .field("args", &self.args.as_ref().map(Vec::len))
            .field("more_args", &self.more_args.len())
            .field("config", &config)
            .field("cwd", &self.cwd)
            .field("env", &env)
            .field("clear_env", &self.clear_env)
            .finish_non_exhaustive()
    }
}
