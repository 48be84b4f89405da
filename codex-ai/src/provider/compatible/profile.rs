//! What is known of each server.

use crate::wire::openai_chat::Dialect;

/// A server that speaks Chat Completions: its address, its key, its dialect. All of it is data; change what differs.
///
/// ```
/// use codex_ai::provider::compatible::{Compatible, Profile};
///
/// let mut profile = Profile::VLLM;
/// profile.default_model = Some("qwen3-8b");
/// let vllm = Compatible::builder(profile).base_url("http://gpu.example:8000/v1").build()?;
/// # Ok::<(), codex_ai::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Profile {
    /// The provider's name, as in `ollama/llama3.2`.
    pub name: &'static str,
    /// The address; `None` where everybody has one of their own.
    pub base_url: Option<&'static str>,
    /// The environment variable of the address.
    pub url_variable: Option<&'static str>,
    /// The environment variable of the key.
    pub key_variable: Option<&'static str>,
    /// Whether nothing works without a key. Where none is needed and none is set, no header of a key is sent.
    pub needs_key: bool,
    /// The header of the key.
    pub key_header: KeyHeader,
    /// The model that is asked where nobody names one; `None` where it depends on what the server has loaded.
    pub default_model: Option<&'static str>,
    /// What to do when nothing answers at the address.
    pub start_help: Option<&'static str>,
    /// What the server takes, and under which name.
    pub dialect: Dialect,
}

/// The header in which a key goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyHeader {
    /// `Authorization: Bearer KEY`.
    Bearer,
    /// `api-key: KEY`, as Azure has it.
    ApiKey,
}

impl Profile {
    /// Any server of which nothing else is known.
    pub const ANY: Self = Self {
        name: "compatible",
        base_url: None,
        url_variable: None,
        key_variable: None,
        needs_key: false,
        key_header: KeyHeader::Bearer,
        default_model: None,
        start_help: None,
        dialect: Dialect::COMPATIBLE,
    };

    /// Ollama on this machine, or where `OLLAMA_HOST` says. `OLLAMA_API_KEY` is for its cloud.
    pub const OLLAMA: Self = Self {
        name: "ollama",
        base_url: Some("http://127.0.0.1:11434/v1"),
        url_variable: Some("OLLAMA_HOST"),
        key_variable: Some("OLLAMA_API_KEY"),
        start_help: Some("start it with `ollama serve`, or set `OLLAMA_HOST` to where it runs"),
        dialect: Dialect::OLLAMA,
        ..Self::ANY
    };

    /// vLLM on this machine, or where `VLLM_BASE_URL` says.
    pub const VLLM: Self = Self {
        name: "vllm",
        base_url: Some("http://localhost:8000/v1"),
        url_variable: Some("VLLM_BASE_URL"),
        key_variable: Some("VLLM_API_KEY"),
        start_help: Some("start it with `vllm serve MODEL`, or set `VLLM_BASE_URL` to where it runs"),
        dialect: Dialect::VLLM,
        ..Self::ANY
    };

    /// LM Studio on this machine, or where `LMSTUDIO_BASE_URL` says.
    pub const LM_STUDIO: Self = Self {
        name: "lmstudio",
        base_url: Some("http://localhost:1234/v1"),
        url_variable: Some("LMSTUDIO_BASE_URL"),
        key_variable: Some("LMSTUDIO_API_KEY"),
        start_help: Some("start it with `lms server start`, or set `LMSTUDIO_BASE_URL` to where it runs"),
        dialect: Dialect::LM_STUDIO,
        ..Self::ANY
    };

    /// The server of llama.cpp on this machine, or where `LLAMA_CPP_BASE_URL` says. It has one model loaded mostly, and
    /// then any name means that one.
    pub const LLAMA_CPP: Self = Self {
        name: "llamacpp",
        base_url: Some("http://localhost:8080/v1"),
        url_variable: Some("LLAMA_CPP_BASE_URL"),
        key_variable: Some("LLAMA_API_KEY"),
        default_model: Some("default"),
        start_help: Some("start it with `llama-server -m FILE.gguf`, or set `LLAMA_CPP_BASE_URL` to where it runs"),
        dialect: Dialect::LLAMA_CPP,
        ..Self::ANY
    };

    /// Groq. One of its own models is named `groq/compound`: write `groq/groq/compound`.
    pub const GROQ: Self = Self {
        name: "groq",
        base_url: Some("https://api.groq.com/openai/v1"),
        url_variable: Some("GROQ_BASE_URL"),
        key_variable: Some("GROQ_API_KEY"),
        needs_key: true,
        default_model: Some("openai/gpt-oss-120b"),
        dialect: Dialect::GROQ,
        ..Self::ANY
    };

    /// DeepSeek.
    pub const DEEPSEEK: Self = Self {
        name: "deepseek",
        base_url: Some("https://api.deepseek.com"),
        url_variable: Some("DEEPSEEK_BASE_URL"),
        key_variable: Some("DEEPSEEK_API_KEY"),
        needs_key: true,
        default_model: Some("deepseek-chat"),
        dialect: Dialect::DEEPSEEK,
        ..Self::ANY
    };

    /// Mistral.
    pub const MISTRAL: Self = Self {
        name: "mistral",
        base_url: Some("https://api.mistral.ai/v1"),
        url_variable: Some("MISTRAL_BASE_URL"),
        key_variable: Some("MISTRAL_API_KEY"),
        needs_key: true,
        default_model: Some("mistral-medium-latest"),
        dialect: Dialect::MISTRAL,
        ..Self::ANY
    };

    /// OpenAI's models at Azure. The model is the name of a deployment. The address is that of the resource, such as
    /// `https://NAME.openai.azure.com`; `/openai/v1` is added. With
    /// [`api_version`](super::CompatibleBuilder::api_version) the older form with the deployment in the path is used.
    pub const AZURE: Self = Self {
        name: "azure",
        url_variable: Some("AZURE_OPENAI_ENDPOINT"),
        key_variable: Some("AZURE_OPENAI_API_KEY"),
        needs_key: true,
        key_header: KeyHeader::ApiKey,
        dialect: Dialect::OPENAI,
        ..Self::ANY
    };
}
