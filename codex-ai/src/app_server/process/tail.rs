//! The end of what a process writes to its standard error.

use std::collections::VecDeque;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use regex::bytes::Regex;
use tokio::io::AsyncReadExt;
use tokio::process::ChildStderr;
use tokio::task::JoinHandle;

/// The bytes that are kept.
const KEPT: usize = 8 << 10;
/// How long the last words may take to come; another process may hold the pipe open.
const LAST: Duration = Duration::from_millis(200);

/// Reads on for as long as the process writes.
pub(super) struct Tail {
    kept: Arc<Mutex<VecDeque<u8>>>,
    reading: JoinHandle<()>,
}

impl Tail {
    pub(super) fn start(mut stderr: ChildStderr) -> Self {
        let kept = Arc::new(Mutex::new(VecDeque::with_capacity(KEPT)));
        let keep = Arc::clone(&kept);
        let reading = tokio::spawn(async move {
            let mut chunk = [0; 4096];
            while let Ok(read @ 1..) = stderr.read(&mut chunk).await {
                let mut kept = keep.lock().unwrap_or_else(PoisonError::into_inner);
                // One byte more than is given out: so it is seen whether the first line is whole.
                let excess = (kept.len() + read).saturating_sub(KEPT + 1).min(kept.len());
                kept.drain(..excess);
                kept.extend(&chunk[..read]);
            }
        });
        Self { kept, reading }
    }

    /// What came, when the process has ended.
    pub(super) async fn text(&mut self) -> String {
        let _ = tokio::time::timeout(LAST, &mut self.reading).await;
        let kept: Vec<u8> = self.kept.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().collect();
        plain(&kept)
    }
}

impl Drop for Tail {
    fn drop(&mut self) {
        self.reading.abort();
    }
}

/// Whole lines, without the codes of a terminal.
fn plain(bytes: &[u8]) -> String {
    // CSI, OSC and the escapes of two bytes: ECMA-48, sections 5.3, 5.4 and 8.3.89.
    static CODES: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?s-u)\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\^_]").ok()
    });
    let mut bytes = bytes;
    if bytes.len() > KEPT {
        bytes = match memchr::memchr(b'\n', bytes) {
            Some(end) if end + 1 < bytes.len() => &bytes[end + 1..],
            _ => &bytes[bytes.len() - KEPT..],
        };
    }
    let plain = CODES.as_ref().map_or(bytes.into(), |codes| codes.replace_all(bytes, &b""[..]));
    let text = String::from_utf8_lossy(&plain);
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect::<String>().trim().to_owned()
}
