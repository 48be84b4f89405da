//! Several futures at the same time, but no more than a limit, without tasks of their own: who drops them ends them.

use std::collections::VecDeque;
use std::task::{Context, Poll};

use crate::provider::BoxFuture;

/// Futures of which some run and the others wait for a place.
pub(super) struct AtOnce<'a, T> {
    waiting: VecDeque<BoxFuture<'a, T>>,
    running: Vec<BoxFuture<'a, T>>,
    limit: usize,
}

impl<'a, T> AtOnce<'a, T> {
    pub(super) fn new(futures: impl IntoIterator<Item = BoxFuture<'a, T>>, limit: usize) -> Self {
        Self { waiting: futures.into_iter().collect(), running: Vec::new(), limit: limit.max(1) }
    }

    /// What the next one gives that is done; `None` when all are.
    pub(super) async fn next(&mut self) -> Option<T> {
        std::future::poll_fn(|cx| self.poll(cx)).await
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<T>> {
        while self.running.len() < self.limit
            && let Some(next) = self.waiting.pop_front()
        {
            self.running.push(next);
        }
        for index in 0..self.running.len() {
            if let Some(future) = self.running.get_mut(index)
                && let Poll::Ready(value) = future.as_mut().poll(cx)
            {
                // The order of those that run is the order in which they began.
                drop(self.running.remove(index));
                return Poll::Ready(Some(value));
            }
        }
        if self.running.is_empty() { Poll::Ready(None) } else { Poll::Pending }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::Barrier;

    use super::*;

    #[tokio::test]
    async fn as_many_run_as_there_are_places() {
        for (limit, wanted) in [(0, 1), (1, 1), (3, 3), (9, 5)] {
            let (running, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
            let (running, most) = (&running, &most);
            let work = (0..5).map(|number| -> BoxFuture<'_, usize> {
                Box::pin(async move {
                    most.fetch_max(running.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
                    tokio::task::yield_now().await;
                    running.fetch_sub(1, Ordering::Relaxed);
                    number
                })
            });
            let mut at_once = AtOnce::new(work, limit);
            let mut done = Vec::new();
            while let Some(number) = at_once.next().await {
                done.push(number);
            }
            assert_eq!((done, most.load(Ordering::Relaxed)), (vec![0, 1, 2, 3, 4], wanted));
        }
    }

    #[tokio::test]
    async fn what_waits_for_each_other_comes_to_its_end() {
        let barrier = Barrier::new(3);
        let barrier = &barrier;
        let work = (0..3).map(|_| -> BoxFuture<'_, ()> {
            Box::pin(async move {
                barrier.wait().await;
            })
        });
        let mut at_once = AtOnce::new(work, 3);
        let mut done = 0;
        while at_once.next().await.is_some() {
            done += 1;
        }
        assert_eq!(done, 3);
    }
}
