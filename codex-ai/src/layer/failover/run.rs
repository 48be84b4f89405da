//! One call through the chain.

use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use tokio::time::{Instant, Sleep};

use super::health::{Health, Pass};
use super::table::{Verdict, most_telling, moves_on, rest, verdict};
use super::{Chain, Core, route};
use crate::error::{Error, ErrorKind, Result};
use crate::layer::tried::Tried;
use crate::provider::{BoxFuture, Provider};

/// A route to ask, and the model to ask it for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) index: usize,
    pub(super) model: Option<String>,
}

/// A route that is being asked.
struct Running<'a, T> {
    provider: &'a dyn Provider,
    model: Option<String>,
    start: Instant,
    pass: Pass<'a>,
    answer: BoxFuture<'a, Result<T>>,
}

enum Event<'a, T> {
    /// A route has answered.
    Ended(Running<'a, T>, Result<T>),
    /// It takes long enough that another one is asked too.
    Slow,
}

impl<L: Chain> Core<L> {
    /// The routes in the order in which they are asked for text, each for its own model or the one that was asked for.
    pub(super) fn plan(&self, asked: Option<&str>) -> Vec<Step> {
        self.order(asked, |index| self.models.get(index).cloned().flatten())
    }

    /// The same for images: the models of the chain are for text.
    pub(super) fn plan_images(&self, asked: Option<&str>) -> Vec<Step> {
        self.order(asked, |_| None)
    }

    fn order(&self, asked: Option<&str>, model: impl Fn(usize) -> Option<String>) -> Vec<Step> {
        let own = |index: usize| Step { index, model: model(index) };
        let mut steps: Vec<Step> = (0..self.chain.count()).map(own).collect();
        if let Some(asked) = asked {
            let name = |step: &Step| self.chain.provider(step.index).map_or("", Provider::name);
            let is_own = |step: &Step| {
                step.model.as_deref().is_some_and(|model| model == asked || route(name(step), Some(model)) == asked)
            };
            let prefix = asked.split_once('/').map(|(prefix, _)| prefix);
            let chosen = steps.iter().position(is_own);
            let chosen = chosen.or_else(|| steps.iter().position(|step| Some(name(step)) == prefix)).unwrap_or(0);
            if chosen < steps.len() {
                let mut step = steps.remove(chosen);
                step.model = Some(asked.to_owned());
                steps.insert(0, step);
            }
        }
        steps
    }

    /// Asks the routes one after the other, or a second one beside a slow first. Gives the answer and the number of
    /// attempts that failed.
    pub(super) async fn run<'a, T, F>(&'a self, steps: Vec<Step>, hedge: Option<Duration>, ask: F) -> Result<(T, u32)>
    where
        F: Fn(usize, &'a dyn Provider, Option<String>) -> BoxFuture<'a, Result<T>>,
    {
        let begin = |step: Step, pass: Pass<'a>| {
            let Step { index, model } = step;
            let provider = self.chain.provider(index)?;
            let answer = ask(index, provider, model.clone());
            Some(Running { provider, model, start: Instant::now(), pass, answer })
        };
        // Where all of them rest, the one that rests the shortest.
        let rested = |step: &&Step| self.health.get(step.index).and_then(Health::rests_until);
        let least_bad =
            steps.iter().min_by_key(rested).map(|step| Step { index: step.index, model: step.model.clone() });
        let mut queue = steps.into_iter();
        let mut next = || {
            queue.by_ref().find_map(|step| {
                let pass = self.health.get(step.index)?.admit()?;
                begin(step, pass)
            })
        };
        let mut running: Vec<Running<'a, T>> = next().into_iter().collect();
        if running.is_empty() {
            let anyway = least_bad.and_then(|step| {
                let pass = self.health.get(step.index)?.admit_anyway();
                begin(step, pass)
            });
            running.extend(anyway);
        }
        let mut tried = Tried::default();
        let mut errors = Vec::new();
        // After this one nobody else is asked; who is being asked already may still have an answer.
        let mut last: Option<Error> = None;
        let mut timer = hedge.map(|wait| Box::pin(tokio::time::sleep(wait)));
        while !running.is_empty() {
            let (asked, result) = match event(&mut running, &mut timer).await {
                Event::Ended(asked, result) => (asked, result),
                Event::Slow => {
                    timer = None;
                    if last.is_none() {
                        running.extend(next());
                    }
                    continue;
                }
            };
            let error = match result {
                Ok(answer) => {
                    asked.pass.succeeded();
                    return Ok((answer, tried.count()));
                }
                Err(error) => error,
            };
            let named = route(asked.provider.name(), asked.model.as_deref());
            tried.push(&named, &error, asked.start.elapsed());
            match verdict(&error) {
                Verdict::Ill => asked.pass.failed(self.failures, rest(&error, self.cool_down)),
                Verdict::Well => asked.pass.succeeded(),
                Verdict::Unknown => {}
            }
            if moves_on(&error) {
                tracing::warn!(route = error.route().unwrap_or(&named), kind = ?error.kind(), "a route failed");
                errors.push(error.with_route(named));
            } else {
                last.get_or_insert(error.with_route(named));
            }
            if running.is_empty() && last.is_none() {
                running.extend(next());
                timer = hedge.map(|wait| Box::pin(tokio::time::sleep(wait)));
            }
        }
        if let Some(error) = last {
            return Err(tried.explain(error));
        }
        let error = most_telling(errors).unwrap_or_else(|| Error::new(ErrorKind::Config, "the chain has no routes"));
        Err(tried.explain(error))
    }
}

/// Waits until one of them has answered, or the time is over.
async fn event<'a, T>(running: &mut Vec<Running<'a, T>>, timer: &mut Option<Pin<Box<Sleep>>>) -> Event<'a, T> {
    std::future::poll_fn(|cx| {
        for i in 0..running.len() {
            if let Poll::Ready(result) = running[i].answer.as_mut().poll(cx) {
                return Poll::Ready(Event::Ended(running.remove(i), result));
            }
        }
        match timer.as_mut().map(|timer| timer.as_mut().poll(cx)) {
            Some(Poll::Ready(())) => Poll::Ready(Event::Slow),
            _ => Poll::Pending,
        }
    })
    .await
}
