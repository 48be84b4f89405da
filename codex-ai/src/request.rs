//! What is asked of a model.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::message::Message;
use crate::schema::{LlmSchema, Schema};
use crate::structured::SchemaMode;
use crate::tool::Handler;

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
    /// How the model is told the schema of [`output`](Self::output); the surest way that it takes where it is `None`.
    pub schema_mode: Option<SchemaMode>,
    /// The tools that the model may call.
    pub tools: Vec<Tool>,
    /// Whether, and which, tool is called; the vendor's default where it is `None`.
    pub tool_choice: Option<ToolChoice>,
}

/// A tool that a model may call.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Tool {
    /// A function of the program.
    Function(Function),
    /// A tool of the vendor's own, such as a web search: the entry of its list `tools` as it is.
    Raw(Value),
}

/// A function of the program that a model may call.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Function {
    /// Its name.
    pub name: Cow<'static, str>,
    /// What it does and when to use it, for the model.
    pub description: Option<Cow<'static, str>>,
    /// The JSON schema of its arguments; `None` for a function without.
    pub parameters: Option<Arc<Value>>,
    /// Whether the vendor is to hold the arguments to the schema; its default where it is `None`.
    pub strict: Option<bool>,
    /// Fields of the vendor that have no name here, sent as they are.
    pub extra: Map<String, Value>,
    /// What the dispatcher calls where the model calls it.
    pub(crate) handler: Option<Handler>,
}

/// Whether, and which, tool is called.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ToolChoice {
    /// The model decides.
    Auto,
    /// No tool.
    None,
    /// At least one tool.
    Required,
    /// The tool of this name.
    Function(Cow<'static, str>),
    /// A choice of the vendor's own, as it is.
    Raw(Value),
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
/// call, then prompt value, then `#[prompt(..)]` key, then the dispatcher's builder, then the provider's default.
///
/// An option is sent under the vendor's name, or, where the vendor has none, refused before anything is sent
/// ([`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported), all at once). Chat Completions are what
/// [`OpenRouter`](crate::provider::openrouter), the [compatible](crate::provider::compatible) servers and, by `chat()` of
/// its builder, [`OpenAi`](crate::provider::openai) speak. Values are the vendor's to judge.
///
/// | option | OpenAI's Responses API | Chat Completions | Anthropic | Gemini |
/// | --- | --- | --- | --- | --- |
/// | `model` | `model` | `model` | `model` | in the address |
/// | `temperature` | `temperature` | `temperature` | `temperature` | `temperature` |
/// | `max_tokens` | `max_output_tokens` | `max_tokens`; `max_completion_tokens` at OpenAI, Azure and Groq | `max_tokens`, 16384 where it is not set | `maxOutputTokens` |
/// | `top_p` | `top_p` | `top_p` | `top_p` | `topP` |
/// | `top_k` | refused | `top_k`; refused at OpenAI, Azure, Groq, Mistral, DeepSeek and Ollama | `top_k` | `topK` |
/// | `reasoning_effort` | `reasoning.effort` | `reasoning_effort` | `output_config.effort` | `thinkingConfig.thinkingLevel`; `none` is refused |
/// | `stop` | refused | `stop` | `stop_sequences` | `stopSequences` |
/// | `seed` | refused | `seed`; `random_seed` at Mistral | refused | `seed` |
/// | `presence_penalty` | refused | `presence_penalty` | refused | `presencePenalty` |
/// | `frequency_penalty` | refused | `frequency_penalty` | refused | `frequencyPenalty` |
/// | `parallel_tool_calls` | `parallel_tool_calls` | `parallel_tool_calls` | `tool_choice.disable_parallel_tool_use`, with tools | `true` is how it is; `false` is refused |
/// | `service_tier` | `service_tier` | `service_tier` | `service_tier` | `serviceTier` |
/// | `extra` | fields of the body | fields of the body | fields of the body | fields of the body |
///
/// [`app_server::Provider`](crate::app_server::Provider) takes `model`, `reasoning_effort`, `service_tier` and `extra` (fields of `turn/start`), and
/// refuses all others. [`provider::Local`](crate::provider::Local) heeds `max_tokens` and takes all others without a meaning.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Options {
    /// The model, with or without its provider: `gpt-5.6-luna`, `openai/gpt-5.6-luna`.
    pub model: Option<Cow<'static, str>>,
    /// Randomness, from 0 to the vendor's maximum. `0.0` is sent like any other value.
    pub temperature: Option<f64>,
    /// The most tokens the answer may take, those of thinking included; one that needs more is cut off
    /// ([`ErrorKind::Truncated`](crate::ErrorKind::Truncated)).
    pub max_tokens: Option<u32>,
    /// Nucleus sampling, from 0 to 1.
    pub top_p: Option<f64>,
    /// How many of the likeliest tokens are considered.
    pub top_k: Option<u32>,
    /// How much the model thinks first, in the vendor's words: `none`, `low`, `high`. Thinking is paid for as output.
    pub reasoning_effort: Option<Cow<'static, str>>,
    /// Texts at which the answer ends.
    pub stop: Vec<Cow<'static, str>>,
    /// A number that makes answers repeatable, as far as the vendor can.
    pub seed: Option<i64>,
    /// How much tokens that were used already are avoided, in the vendor's range.
    pub presence_penalty: Option<f64>,
    /// How much tokens are avoided the more often they were used, in the vendor's range.
    pub frequency_penalty: Option<f64>,
    /// Whether the model may call several tools in one answer.
    pub parallel_tool_calls: Option<bool>,
    /// The vendor's class of service: `auto`, `flex`, `priority`.
    pub service_tier: Option<Cow<'static, str>>,
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

    /// Sets how the model is told the schema.
    #[must_use]
    pub fn with_schema_mode(mut self, mode: SchemaMode) -> Self {
        self.schema_mode = Some(mode);
        self
    }

    /// Sets the tools that the model may call.
    #[must_use]
    pub fn with_tools(mut self, tools: impl IntoIterator<Item = Tool>) -> Self {
        self.tools = tools.into_iter().collect();
        self
    }

    /// Sets whether, and which, tool is called.
    #[must_use]
    pub fn with_tool_choice(mut self, choice: ToolChoice) -> Self {
        self.tool_choice = Some(choice);
        self
    }
}

impl Function {
    /// A function without arguments.
    pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
        Self { name: name.into(), description: None, parameters: None, strict: None, extra: Map::new(), handler: None }
    }

    /// Sets what it does and when to use it.
    #[must_use]
    pub fn with_description(mut self, description: impl Into<Cow<'static, str>>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Sets the JSON schema of its arguments.
    #[must_use]
    pub fn with_parameters(mut self, schema: impl Into<Arc<Value>>) -> Self {
        self.parameters = Some(schema.into());
        self
    }

    /// Sets the JSON schema of its arguments to that of a type; [`ToolCall::read`](crate::ToolCall::read) reads it.
    ///
    /// ```
    /// use codex_ai::{Function, LlmSchema};
    ///
    /// #[derive(serde::Deserialize, LlmSchema)]
    /// struct Place {
    ///     /// Without the country.
    ///     city: String,
    /// }
    ///
    /// let weather = Function::new("weather").with_description("The weather now.").with_arguments::<Place>();
    /// assert_eq!(weather.parameters.unwrap()["properties"]["city"]["type"], "string");
    /// ```
    #[must_use]
    pub fn with_arguments<T: LlmSchema + 'static>(self) -> Self {
        self.with_parameters(Schema::of::<T>().as_value().clone())
    }

    /// Sets whether the vendor holds the arguments to the schema.
    #[must_use]
    pub fn with_strict(mut self, strict: bool) -> Self {
        self.strict = Some(strict);
        self
    }

    /// Adds a field of the vendor.
    #[must_use]
    pub fn with_extra(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.extra.insert(name.into(), value.into());
        self
    }
}

impl From<&Self> for Request {
    fn from(request: &Self) -> Self {
        request.clone()
    }
}

impl From<Function> for Tool {
    fn from(function: Function) -> Self {
        Self::Function(function)
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

    /// Sets [`top_k`](Self::top_k).
    #[must_use]
    pub fn with_top_k(mut self, top_k: u32) -> Self {
        self.top_k = Some(top_k);
        self
    }

    /// Sets [`stop`](Self::stop).
    #[must_use]
    pub fn with_stop<T: Into<Cow<'static, str>>>(mut self, stop: impl IntoIterator<Item = T>) -> Self {
        self.stop = stop.into_iter().map(Into::into).collect();
        self
    }

    /// Sets [`seed`](Self::seed).
    #[must_use]
    pub fn with_seed(mut self, seed: i64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Sets [`presence_penalty`](Self::presence_penalty).
    #[must_use]
    pub fn with_presence_penalty(mut self, penalty: f64) -> Self {
        self.presence_penalty = Some(penalty);
        self
    }

    /// Sets [`frequency_penalty`](Self::frequency_penalty).
    #[must_use]
    pub fn with_frequency_penalty(mut self, penalty: f64) -> Self {
        self.frequency_penalty = Some(penalty);
        self
    }

    /// Sets [`parallel_tool_calls`](Self::parallel_tool_calls).
    #[must_use]
    pub fn with_parallel_tool_calls(mut self, parallel: bool) -> Self {
        self.parallel_tool_calls = Some(parallel);
        self
    }

    /// Sets [`service_tier`](Self::service_tier).
    #[must_use]
    pub fn with_service_tier(mut self, tier: impl Into<Cow<'static, str>>) -> Self {
        self.service_tier = Some(tier.into());
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
        fill(&mut self.top_k, &weaker.top_k);
        fill(&mut self.reasoning_effort, &weaker.reasoning_effort);
        if self.stop.is_empty() {
            self.stop.clone_from(&weaker.stop);
        }
        fill(&mut self.seed, &weaker.seed);
        fill(&mut self.presence_penalty, &weaker.presence_penalty);
        fill(&mut self.frequency_penalty, &weaker.frequency_penalty);
        fill(&mut self.parallel_tool_calls, &weaker.parallel_tool_calls);
        fill(&mut self.service_tier, &weaker.service_tier);
        for (name, value) in &weaker.extra {
            if !self.extra.contains_key(name) {
                self.extra.insert(name.clone(), value.clone());
            }
        }
    }
}
