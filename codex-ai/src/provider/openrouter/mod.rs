//! OpenRouter.
