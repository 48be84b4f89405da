//! A limit of time for each test: what waits for something that never comes fails, and does not hang.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

/// Far longer than any test takes on a machine that is busy with something else, too.
const LIMIT: Duration = Duration::from_secs(300);
const LOOK: Duration = Duration::from_secs(1);

/// The threads that have a limit: the test's name, and when it began.
static WATCHED: LazyLock<Mutex<HashMap<ThreadId, (String, Instant)>>> = LazyLock::new(|| {
    thread::spawn(|| {
        loop {
            thread::sleep(LOOK);
            let late = watched().values().find(|(_, begun)| begun.elapsed() > LIMIT).map(|(test, _)| test.clone());
            if let Some(test) = late {
                give_up(&test);
            }
        }
    });
    Mutex::default()
});

fn watched() -> MutexGuard<'static, HashMap<ThreadId, (String, Instant)>> {
    WATCHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// No thread can end another: all tests end here, the one that hangs named.
#[expect(clippy::print_stderr, reason = "the test that hangs cannot say it")]
fn give_up(test: &str) -> ! {
    eprintln!("`{test}` waits for something that does not come: {} s have passed", LIMIT.as_secs());
    std::process::exit(101);
}

struct Watch(ThreadId);

impl Drop for Watch {
    fn drop(&mut self) {
        watched().remove(&self.0);
    }
}

thread_local! {
    /// Goes with the thread of its test.
    static WATCH: Watch = Watch(thread::current().id());
}

/// From now on the test of this thread has its time. Whatever makes the other end of a connection calls it.
pub(crate) fn begins() {
    let thread = thread::current();
    let test = thread.name().unwrap_or("a thread of a test").to_owned();
    watched().insert(thread.id(), (test, Instant::now()));
    WATCH.with(|_| ());
}
