//! Times and allocations of two clients, side by side.

use std::time::{Duration, Instant};

use allocation_counter::AllocationInfo;

/// What one operation costs.
#[derive(Clone, Copy)]
pub struct Cost {
    /// The thread's own time on the processor, where the system tells it; else the time on the clock.
    pub micros: f64,
    pub allocations: f64,
    pub kib: f64,
}

/// How long each client runs at a stretch, and how often they take turns.
const TURN: Duration = Duration::from_millis(25);
const TURNS: usize = 25;

/// Measures each of these, in turns, so that whatever else the machine does meets all of them. `per` is how many
/// operations one run is.
pub fn side_by_side<const N: usize>(per: usize, mut runs: [&mut dyn FnMut(); N]) -> [Cost; N] {
    let mut turns = [const { Vec::new() }; N];
    for run in &mut runs {
        for _ in 0..20 {
            run();
        }
    }
    for _ in 0..TURNS {
        for (run, turns) in runs.iter_mut().zip(&mut turns) {
            let (clock, before, mut count) = (Instant::now(), processor_time(), 0_u32);
            while clock.elapsed() < TURN {
                run();
                count += 1;
            }
            let spent = match (before, processor_time()) {
                (Some(before), Some(after)) => after.saturating_sub(before),
                _ => clock.elapsed(),
            };
            turns.push(spent.as_secs_f64() * 1e6 / f64::from(count));
        }
    }
    let mut all = turns.into_iter();
    runs.map(|run| {
        let mut turns: Vec<f64> = all.next().unwrap_or_default();
        turns.sort_by(f64::total_cmp);
        let AllocationInfo { count_total, bytes_total, .. } = allocation_counter::measure(&mut *run);
        let per = per as f64;
        Cost {
            micros: turns[TURNS / 5] / per,
            allocations: count_total as f64 / per,
            kib: bytes_total as f64 / 1024.0 / per,
        }
    })
}

/// How long this thread has been on a processor. The system brings the figure up to date when the thread steps aside.
fn processor_time() -> Option<Duration> {
    std::thread::yield_now();
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanos = text.split_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(nanos))
}

/// One line of the table.
pub fn row(what: &str, ours: Cost, floor: Cost, bar: f64) {
    let ratio = ours.micros / floor.micros;
    let verdict = if ratio <= bar { "met" } else { "NOT MET" };
    println!(
        "{what:<34} {:>8.2} {:>8.2} {ratio:>6.2} {bar:>5.2} {:>8.1} {:>8.1} {:>8.1} {:>8.1}  {verdict}",
        ours.micros, floor.micros, ours.allocations, floor.allocations, ours.kib, floor.kib
    );
}

pub fn head() {
    println!(
        "{:<34} {:>8} {:>8} {:>6} {:>5} {:>8} {:>8} {:>8} {:>8}",
        "", "us", "us hand", "ratio", "bar", "allocs", "hand", "KiB", "hand"
    );
}
