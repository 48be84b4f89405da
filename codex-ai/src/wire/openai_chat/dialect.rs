//! What the servers differ in.

use crate::schema::WireForm;
use crate::structured::SchemaMode;
use crate::wire::lower::{Rung, Rungs};

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
    /// The ways in which the server can be told a schema, the one to begin with first. None that is not here is used.
    ///
    /// A server of tools alone is `&[SchemaMode::Tool, SchemaMode::Prompt]`, one of nothing `&[SchemaMode::Prompt]`.
    pub schema_modes: &'static [SchemaMode],
    /// Whether `"strict": true` is taken: schemas go in the form of OpenAI's strict mode then, and otherwise as they are,
    /// without `strict`, as servers want them that make a grammar of them.
    pub strict: bool,
    /// Whether the server holds answers to a schema that it took by `response_format`. Where it does not, the model may
    /// never have seen it, and the type stands in the instructions too.
    pub enforces: bool,
    /// Whether the lengths of strings are taken where answers are held to a schema. Where they are not, they stand in the
    /// descriptions; a server without `strict` then gets the form of OpenAI's strict mode, for a tool as well.
    pub length_keywords: bool,
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
        schema_modes: &SchemaMode::ALL,
        strict: true,
        enforces: true,
        length_keywords: false,
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
        schema_modes: &[SchemaMode::Native, SchemaMode::Tool, SchemaMode::JsonMode, SchemaMode::Prompt],
        strict: false,
        length_keywords: true,
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
    pub const OLLAMA: Self = Self { top_k: false, reasoning: ReasoningField::Reasoning, ..Self::LLAMA_CPP };

    /// The server of llama.cpp, which cannot be made to call a tool, as Ollama cannot.
    pub const LLAMA_CPP: Self = Self {
        schema_modes: &[SchemaMode::Native, SchemaMode::JsonMode, SchemaMode::Tool, SchemaMode::Prompt],
        ..Self::COMPATIBLE
    };

    /// vLLM.
    pub const VLLM: Self = Self { reasoning: ReasoningField::Reasoning, ..Self::COMPATIBLE };

    /// LM Studio, which refuses `json_object`.
    pub const LM_STUDIO: Self = Self { json_object: false, ..Self::COMPATIBLE };

    /// Groq.
    pub const GROQ: Self =
        Self { reasoning: ReasoningField::Reasoning, schema_modes: Self::COMPATIBLE.schema_modes, ..Self::OPENAI };

    /// DeepSeek, which takes no schema but that of a tool; not all of its models can be made to call one.
    pub const DEEPSEEK: Self = Self {
        schema_modes: &[SchemaMode::JsonMode, SchemaMode::Tool, SchemaMode::Prompt],
        top_k: false,
        ..Self::COMPATIBLE
    };

    /// Mistral, which refuses fields that it does not know.
    pub const MISTRAL: Self =
        Self { max_tokens: "max_tokens", seed: "random_seed", stream_options: false, ..Self::OPENAI };
}

impl Dialect {
    /// The ways to tell a schema, each with the form that it has there.
    pub(crate) fn rungs(&self) -> Rungs {
        let mut rungs = [Rung::new(SchemaMode::Prompt, WireForm::Plain); SchemaMode::ALL.len()];
        let mut count = 0;
        for (rung, mode) in rungs.iter_mut().zip(self.schema_modes) {
            *rung = Rung::new(*mode, self.form(*mode));
            rung.in_words |= *mode == SchemaMode::Native && !self.enforces;
            count += 1;
        }
        Rungs::new(rungs.get(..count).unwrap_or_default())
    }

    fn form(&self, mode: SchemaMode) -> WireForm {
        match mode {
            SchemaMode::Native if self.strict => self.strict_form(),
            SchemaMode::StrictTool => self.strict_form(),
            SchemaMode::Native | SchemaMode::Tool if !self.strict && !self.length_keywords => WireForm::OpenAiStrict,
            SchemaMode::Native | SchemaMode::Prompt => WireForm::Plain,
            SchemaMode::Tool | SchemaMode::JsonMode => WireForm::Object,
        }
    }

    fn strict_form(&self) -> WireForm {
        if self.length_keywords { WireForm::OpenAiStrictLengths } else { WireForm::OpenAiStrict }
    }

    /// The form of a schema in `response_format`.
    pub(super) fn native_form(&self) -> WireForm {
        self.form(SchemaMode::Native)
    }
}

impl Default for Dialect {
    fn default() -> Self {
        Self::COMPATIBLE
    }
}
