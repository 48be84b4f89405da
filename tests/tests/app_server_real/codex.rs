//! The real program, on its own: a home, a configuration and a workspace that are thrown away, and no other environment.

use std::ffi::OsString;
use std::fmt::Display;
use std::fs;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use codex_ai::app_server::{Client, ClientOptions, SpawnOptions};
use codex_ai::testing::{Recorded, Scripted, WireServer};

use crate::{limit, model};

/// Longer than any wait of a machine that is busy with something else, too.
const LIMIT: Duration = Duration::from_secs(60);

/// A place for real app servers to run in, with a model that answers by rules.
pub(crate) struct Codex {
    program: PathBuf,
    folder: PathBuf,
    server: WireServer,
}

/// What a test wants of the configuration.
pub(crate) struct Config {
    /// `never` or `on-request`.
    pub(crate) approval: &'static str,
    /// Whether the model wants the login of the account.
    pub(crate) login: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self { approval: "never", login: false }
    }
}

impl Codex {
    /// A place with this configuration; `None`, with a line that says why, where there is no `codex`.
    #[expect(clippy::print_stdout, reason = "a test that does not run says so")]
    pub(crate) fn new(config: &Config) -> Option<Self> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let Some(program) = std::env::var_os("CODEX_AI_CODEX").map(PathBuf::from).filter(|path| path.is_file()) else {
            let required = std::env::var_os("CODEX_AI_REQUIRE_CODEX").is_some_and(|value| value == "1");
            assert!(!required, "the real codex is required, and `CODEX_AI_CODEX` is not the path of a file");
            println!("skipped: `CODEX_AI_CODEX` is not the path of a `codex`");
            return None;
        };
        limit::begins();
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("codex-ai-real-{}-{number}", process::id()));
        fs::create_dir_all(folder.join("codex-home")).unwrap();
        fs::create_dir(folder.join("workspace")).unwrap();
        let server = WireServer::new(Scripted::by(model::answer)).unwrap();
        fs::write(folder.join("codex-home/config.toml"), written(config, &server.url())).unwrap();
        Some(Self { program, folder, server })
    }

    /// A client of a server that is started here.
    pub(crate) async fn client(&self) -> Client {
        self.client_with(ClientOptions::new()).await
    }

    pub(crate) async fn client_with(&self, options: ClientOptions) -> Client {
        within("the start of the server", Client::spawn(self.spawn_options(options))).await.unwrap()
    }

    pub(crate) fn spawn_options(&self, client: ClientOptions) -> SpawnOptions {
        // The shell notes the number of its process, which is the server's after `exec`.
        let script = r#"echo $$ > "$0/pid"; cd "$0/workspace"; exec env -i "$@""#;
        let of = |name: &str, path: &Path| {
            let mut pair = OsString::from(name);
            pair.push(path);
            pair
        };
        let path = std::env::var_os("PATH").unwrap_or_default();
        let args = [
            OsString::from("-c"),
            script.into(),
            self.folder.clone().into(),
            of("PATH=", Path::new(&path)),
            of("HOME=", &self.folder),
            of("CODEX_HOME=", &self.folder.join("codex-home")),
            "CODEX_APP_SERVER_DISABLE_MANAGED_CONFIG=1".into(),
            "NO_PROXY=127.0.0.1,localhost".into(),
            "RUST_LOG=error".into(),
            self.program.clone().into(),
            "app-server".into(),
            "--strict-config".into(),
            "--listen".into(),
            "stdio://".into(),
        ];
        SpawnOptions::new().with_binary("/bin/sh").with_args(args).with_client(client)
    }

    /// The folder that commands run in and patches are applied to.
    pub(crate) fn workspace(&self) -> PathBuf {
        self.folder.join("workspace")
    }

    /// The number of the newest server's process.
    pub(crate) fn process_id(&self) -> String {
        fs::read_to_string(self.folder.join("pid")).unwrap().trim().to_owned()
    }

    /// What the model was asked.
    pub(crate) fn asked(&self) -> Vec<Recorded> {
        self.server.requests()
    }

    /// How many answers of the model were left before their end.
    pub(crate) fn left_answers(&self) -> u64 {
        self.server.abandoned_count()
    }

    /// The processes that run in this place: the server, and whatever it started.
    pub(crate) fn processes(&self) -> Vec<String> {
        let home = self.folder.join("codex-home").into_os_string().into_encoded_bytes();
        let of_here = |entry: fs::DirEntry| {
            let environment = fs::read(entry.path().join("environ")).ok()?;
            let is_here = environment.windows(home.len()).any(|part| part == home);
            is_here.then(|| entry.file_name().to_string_lossy().into_owned())
        };
        fs::read_dir("/proc").unwrap().flatten().filter_map(of_here).collect()
    }

    /// Waits until no process runs in this place any more.
    pub(crate) async fn emptied(&self) {
        let empty = async {
            while !self.processes().is_empty() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        within("the end of all processes", empty).await;
    }
}

impl Drop for Codex {
    fn drop(&mut self) {
        // A server that was dropped, or whose test failed, may still write into it.
        for _ in 0..100 {
            if fs::remove_dir_all(&self.folder).is_ok() || !self.folder.exists() {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Waits for something, and fails where it takes too long.
pub(crate) async fn within<T>(what: impl Display, waited: impl Future<Output = T>) -> T {
    match tokio::time::timeout(LIMIT, waited).await {
        Ok(value) => value,
        Err(_) => panic!("waited {} s for {what}", LIMIT.as_secs()),
    }
}

/// The file `config.toml`.
fn written(config: &Config, url: &str) -> String {
    let auth = match config.login {
        true => "requires_openai_auth = true",
        false => "requires_openai_auth = false\nexperimental_bearer_token = \"test-key\"",
    };
    let approval = config.approval;
    format!(
        r#"model = "mock-model"
model_provider = "mock"
approval_policy = "{approval}"
sandbox_mode = "read-only"
web_search = "disabled"
check_for_update_on_startup = false

[analytics]
enabled = false

[feedback]
enabled = false

[otel]
exporter = "none"
trace_exporter = "none"
metrics_exporter = "none"

[history]
persistence = "none"

[features]
apps = false
plugins = false
remote_plugin = false

[model_providers.mock]
name = "mock"
base_url = "{url}"
wire_api = "responses"
request_max_retries = 0
stream_max_retries = 0
supports_websockets = false
{auth}
"#
    )
}
