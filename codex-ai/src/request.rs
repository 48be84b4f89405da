//! What is asked of a model.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::message::Message;
use crate::schema::Schema;

/// One request to a provider: a rendered prompt, ready to be sent.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Request {
    /// Instructions that stand before the conversation.
    pub system: Option<String>,
    /// The conversation.
    pub messages: Vec<Message>,
    /// Model, temperature and the like.
    pub options: Options,
    /// The form of the answer.
    pub output: Output,
}

/// The form of the answer that is asked for.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub enum Output {
    /// Free text.
    #[default]
    Text,
    /// Any JSON value.
    Json,
    /// JSON that follows a schema.
    Schema(Arc<Schema>),
}

/// How a model is to answer. What is `None` is left to the next place that decides:
/// call, then prompt value, then `#[prompt(..)]` key, then the provider's default.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Options {
    /// The model, with or without its provider: `gpt-5.6-luna`, `openai/gpt-5.6-luna`.
    pub model: Option<Cow<'static, str>>,
    /// Randomness, from 0 to the vendor's maximum. `0.0` is sent like any other value.
    pub temperature: Option<f64>,
    /// The most tokens the answer may take.
    pub max_tokens: Option<u32>,
    /// Nucleus sampling, from 0 to 1.
    pub top_p: Option<f64>,
    /// How much the model thinks first, in the vendor's words: `none`, `low`, `high`.
    pub reasoning_effort: Option<Cow<'static, str>>,
    /// Fields of the vendor's request body that have no name here, sent as they are.
    pub extra: Map<String, Value>,
}

impl Request {
    /// A request of these messages, with no options, for free text.
    pub fn new(messages: Vec<Message>) -> Self {
        Self { messages, ..Self::default() }
    }

    /// Sets the instructions.
    #[must_use]
    pub fn with_system(mut self, system: impl Into<String>) -> Self {
        self.system = Some(system.into());
        self
    }

    /// Sets the options.
    #[must_use]
    pub fn with_options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    /// Sets the form of the answer.
    #[must_use]
    pub fn with_output(mut self, output: Output) -> Self {
        self.output = output;
        self
    }
}

impl Options {
    /// No options.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`model`](Self::model).
    #[must_use]
    pub fn with_model(mut self, model: impl Into<Cow<'static, str>>) -> Self {
        self.model = Some(model.into());
        self
    }

    /// Sets [`temperature`](Self::temperature).
    #[must_use]
    pub fn with_temperature(mut self, temperature: f64) -> Self {
        self.temperature = Some(temperature);
        self
    }

    /// Sets [`max_tokens`](Self::max_tokens).
    #[must_use]
    pub fn with_max_tokens(mut self, max_tokens: u32) -> Self {
        self.max_tokens = Some(max_tokens);
        self
    }

    /// Sets [`top_p`](Self::top_p).
    #[must_use]
    pub fn with_top_p(mut self, top_p: f64) -> Self {
        self.top_p = Some(top_p);
        self
    }

    /// Sets [`reasoning_effort`](Self::reasoning_effort).
    #[must_use]
    pub fn with_reasoning_effort(mut self, effort: impl Into<Cow<'static, str>>) -> Self {
        self.reasoning_effort = Some(effort.into());
        self
    }

    /// Adds a field of the vendor's request body.
    #[must_use]
    pub fn with_extra(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.extra.insert(name.into(), value.into());
        self
    }

    /// Takes from `weaker` whatever is not set here.
    pub fn fill_from(&mut self, weaker: &Self) {
        fn fill<T: Clone>(own: &mut Option<T>, weaker: &Option<T>) {
            if own.is_none() {
                own.clone_from(weaker);
            }
        }
        fill(&mut self.model, &weaker.model);
        fill(&mut self.temperature, &weaker.temperature);
        fill(&mut self.max_tokens, &weaker.max_tokens);
        fill(&mut self.top_p, &weaker.top_p);
        fill(&mut self.reasoning_effort, &weaker.reasoning_effort);
        for (name, value) in &weaker.extra {
            if !self.extra.contains_key(name) {
                self.extra.insert(name.clone(), value.clone());
            }
        }
    }
}
