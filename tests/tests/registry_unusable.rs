//! A binary whose prompts have schemas that nobody can use.

use codex_ai::testing::assert_registry_ok;
use codex_ai::{LlmSchema, Prompt, prompt};

#[derive(Debug, serde::Deserialize, LlmSchema)]
struct Bad {
    #[llm(pattern = "(")]
    #[allow(dead_code, reason = "only the schema is looked at")]
    word: String,
}

#[prompt(mode = "answer")]
async fn answer() -> Prompt<Vec<Bad>> {
    Prompt::new()
}

#[prompt(mode = "argument")]
async fn argument(bad: &[u8], worse: Option<Bad>) -> String {
    format!("{bad:?} {worse:?}")
}

macro_rules! options {
    ($name:ident: $($field:ident)*) => {
        #[derive(Debug, serde::Deserialize, LlmSchema)]
        #[allow(dead_code, reason = "only the schema is looked at")]
        struct $name {
            $($field: Option<u8>),*
        }
    };
}

options!(Many: a b c d e f g h i j k l m n o p q);

/// As many, where the compiler does not see it.
#[derive(Debug, serde::Deserialize, LlmSchema)]
#[allow(dead_code, reason = "only the schema is looked at")]
struct Around {
    #[serde(flatten)]
    many: Many,
}

#[prompt(mode = "strict", strict = "anthropic")]
async fn strict() -> Prompt<Around> {
    Prompt::new()
}

// The same type where nobody counts.
#[prompt(mode = "fine", strict = "openai")]
async fn fine() -> Prompt<Many> {
    Prompt::new()
}

// As many as the vendor takes.
options!(Sixteen: a b c d e f g h i j k l m n o p);

#[prompt(mode = "most", strict = "anthropic")]
async fn most() -> Prompt<Sixteen> {
    Prompt::new()
}

#[prompt(mode = "good")]
async fn good(text: &str) -> String {
    text.to_owned()
}

#[test]
fn assert_registry_ok_names_them_all() {
    let Err(panic) = std::panic::catch_unwind(assert_registry_ok) else { panic!("it passed") };
    let Some(text) = panic.downcast_ref::<String>() else { panic!("no text") };
    assert!(text.starts_with("answer of `answer` at tests/tests/registry_unusable.rs:"), "{text}");
    assert!(text.contains("\narguments of `argument` at "), "{text}");
    assert!(text.contains("$defs.Bad.properties.word.pattern"), "{text}");
    assert!(text.contains("\nanswer of `strict` at "), "{text}");
    assert!(
        text.contains("is not accepted by `anthropic`")
            && text.contains("Anthropic takes 16, and `q` is the first too many"),
        "{text}"
    );
    assert!(!text.contains("`good`") && !text.contains("`fine`") && !text.contains("`most`"), "{text}");
}
