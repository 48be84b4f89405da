//! What the servers differ in.

/// What a server takes, and under which name.
///
/// ```
/// use codex_ai::wire::openai_chat::{Dialect, ReasoningField};
///
/// let mut dialect = Dialect::COMPATIBLE;
/// dialect.reasoning = ReasoningField::Reasoning;
/// assert_eq!(dialect.max_tokens, "max_tokens");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Dialect {
    /// The field for the most tokens of an answer: `max_tokens` or `max_completion_tokens`.
    pub max_tokens: &'static str,
    /// The role of instructions: `system` or `developer`.
    pub system_role: &'static str,
    /// The field that makes answers repeatable: `seed` or, at Mistral, `random_seed`.
    pub seed: &'static str,
    /// In which form a schema is taken.
    pub schema: SchemaForm,
    /// Whether any JSON can be asked for by `json_object`; it is by a schema that allows everything otherwise.
    pub json_object: bool,
    /// Whether `cache_control` is taken on parts; cache points are left out otherwise.
    pub cache_points: bool,
    /// Whether `top_k` is taken; a request that has it is refused otherwise.
    pub top_k: bool,
    /// Whether `stream_options` is taken. Servers without it tell the usage of a stream by themselves.
    pub stream_options: bool,
    /// Whether messages of the model may hold `images`; a request that has one is refused otherwise.
    pub assistant_images: bool,
    /// The field in which a model's thinking is sent back to it.
    pub reasoning: ReasoningField,
}

/// In which form a server takes the schema of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SchemaForm {
    /// In the form that OpenAI's strict mode takes, with `"strict": true`.
    Strict,
    /// As it is, without `strict`: servers that make a grammar of it.
    AsItIs,
    /// Not at all: JSON is asked for by `json_object`, and the schema stands in the instructions.
    Instructions,
}

/// The field in which a model's thinking is sent back to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReasoningField {
    /// Not sent back: the server has no field for it, or refuses it.
    None,
    /// `reasoning_content`.
    ReasoningContent,
    /// `reasoning`.
    Reasoning,
}

impl Dialect {
    /// OpenAI itself, and Azure.
    pub const OPENAI: Self = Self {
        max_tokens: "max_completion_tokens",
        system_role: "system",
        seed: "seed",
        schema: SchemaForm::Strict,
        json_object: true,
        cache_points: false,
        top_k: false,
        stream_options: true,
        assistant_images: false,
        reasoning: ReasoningField::None,
    };

    /// A server of which nothing is known but that it resembles OpenAI's.
    pub const COMPATIBLE: Self = Self {
        max_tokens: "max_tokens",
        schema: SchemaForm::AsItIs,
        top_k: true,
        reasoning: ReasoningField::ReasoningContent,
        ..Self::OPENAI
    };

    /// OpenRouter.
    pub const OPENROUTER: Self = Self {
        max_tokens: "max_tokens",
        cache_points: true,
        top_k: true,
        assistant_images: true,
        reasoning: ReasoningField::Reasoning,
        ..Self::OPENAI
    };

    /// Ollama from 0.9, whose Chat Completions read no `top_k`.
    pub const OLLAMA: Self = Self { top_k: false, reasoning: ReasoningField::Reasoning, ..Self::COMPATIBLE };

    /// vLLM.
    pub const VLLM: Self = Self { reasoning: ReasoningField::Reasoning, ..Self::COMPATIBLE };

    /// LM Studio, which refuses `json_object`.
    pub const LM_STUDIO: Self = Self { json_object: false, ..Self::COMPATIBLE };

    /// Groq.
    pub const GROQ: Self = Self { reasoning: ReasoningField::Reasoning, ..Self::OPENAI };

    /// DeepSeek, which takes no schema.
    pub const DEEPSEEK: Self = Self { schema: SchemaForm::Instructions, top_k: false, ..Self::COMPATIBLE };

    /// Mistral, which refuses fields that it does not know.
    pub const MISTRAL: Self =
        Self { max_tokens: "max_tokens", seed: "random_seed", stream_options: false, ..Self::OPENAI };
}

impl Default for Dialect {
    fn default() -> Self {
        Self::COMPATIBLE
    }
}
