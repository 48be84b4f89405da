//! OpenAI's Chat Completions: `POST /v1/chat/completions`, and the many servers that took it over.
