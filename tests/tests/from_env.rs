//! Which provider the environment names, and what it says where that cannot be told.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test that cannot go on panics; children print")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::Command;
use std::thread::JoinHandle;

use codex_ai::testing::{Step, WireServer};
use codex_ai::{AnyProvider, Message, Options, Provider, Reply, Request};
use serde_json::{Value, json};

/// Every variable that any vendor reads begins so.
const PREFIXES: [&str; 14] = [
    "OPENAI",
    "ANTHROPIC",
    "GEMINI",
    "GOOGLE",
    "OPENROUTER",
    "GROQ",
    "DEEPSEEK",
    "MISTRAL",
    "AZURE",
    "OLLAMA",
    "VLLM",
    "LMSTUDIO",
    "LLAMACPP",
    "CODEX_AI",
];

const OPENAI: (&str, &str) = ("OPENAI_API_KEY", "sk-canary-openai-1");
const ANTHROPIC: (&str, &str) = ("ANTHROPIC_API_KEY", "sk-canary-anthropic-1");

/// Runs one of the ignored tests below in a process of its own with these variables, and gives what it printed.
fn in_child(test: &str, variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy().to_uppercase();
        if PREFIXES.iter().any(|prefix| text.starts_with(prefix)) || text.ends_with("_PROXY") {
            command.env_remove(name);
        }
    }
    let arguments = ["--ignored", "--exact", "--nocapture", test];
    let output = command.args(arguments).envs(variables.iter().copied()).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert!(!text.contains("canary"), "{text}");
    text
}

#[test]
#[ignore = "run by the tests below"]
fn child_chooses() {
    let level = tracing::Level::INFO;
    tracing_subscriber::fmt().with_ansi(false).with_max_level(level).with_writer(std::io::stdout).init();
    match AnyProvider::from_env() {
        Ok(provider) => println!("CHOSEN {provider:?}"),
        Err(error) => println!("FAILED {:?} {error}", error.kind()),
    }
}

#[test]
fn what_is_chosen_and_why() {
    for (variables, chosen, reason) in [
        (&[][..], "local", "the key of no vendor is set"),
        (&[("OPENAI_API_KEY", " ")], "local", "the key of no vendor is set"),
        (&[("CODEX_AI_MODEL", "some-model")], "local", "the key of no vendor is set"),
        (&[OPENAI], "openai", "its key is set"),
        (&[ANTHROPIC], "anthropic", "its key is set"),
        (&[OPENAI, ("CODEX_AI_MODEL", "gpt-9")], "openai", "its key is set"),
        // A name that is no vendor's is part of the model's.
        (&[OPENAI, ("CODEX_AI_MODEL", "acme/gpt-9")], "openai", "its key is set"),
        (&[OPENAI, ("CODEX_AI_PROVIDER", "local")], "local", "`CODEX_AI_PROVIDER`"),
        (&[OPENAI, ("CODEX_AI_PROVIDER", " openai ")], "openai", "`CODEX_AI_PROVIDER`"),
        (&[OPENAI, ANTHROPIC, ("CODEX_AI_PROVIDER", "anthropic")], "routes", "`CODEX_AI_PROVIDER`"),
        (&[OPENAI, ANTHROPIC, ("CODEX_AI_MODEL", "openai/gpt-9")], "routes", "`CODEX_AI_MODEL`"),
        (&[("GEMINI_API_KEY", "canary-gemini-key-1")], "gemini", "GEMINI_API_KEY"),
        (&[("GROQ_API_KEY", "gsk-canary-1")], "groq", "GROQ_API_KEY"),
        (&[("DEEPSEEK_API_KEY", "sk-canary-1")], "deepseek", "DEEPSEEK_API_KEY"),
        (&[("MISTRAL_API_KEY", "sk-canary-1")], "mistral", "MISTRAL_API_KEY"),
        (
            &[("AZURE_OPENAI_API_KEY", "canary-1234"), ("AZURE_OPENAI_ENDPOINT", "https://x.openai.azure.com")],
            "azure",
            "AZURE_OPENAI_API_KEY",
        ),
        (&[("GEMINI_API_KEY", "canary-1"), ("GOOGLE_API_KEY", "canary-1")], "gemini", "GOOGLE_API_KEY"),
        (&[("GEMINI_API_KEY", "canary-1"), ("GOOGLE_API_KEY", "")], "gemini", "GEMINI_API_KEY"),
        // Two keys of Google that differ are nobody's trouble who asks another vendor.
        (
            &[OPENAI, ("CODEX_AI_PROVIDER", "openai"), ("GEMINI_API_KEY", "canary-1"), ("GOOGLE_API_KEY", "canary-2")],
            "routes",
            "left out",
        ),
        (
            &[OPENAI, ("OPENAI_BASE_URL", "http://127.0.0.1:9/v1"), ("CODEX_AI_MODEL", "cohere/command")],
            "openai",
            "its key is set",
        ),
        // Servers without a key are chosen by name, and are no rivals of a key.
        (&[("OLLAMA_HOST", "127.0.0.1:1")], "local", "the key of no vendor is set"),
        (&[("CODEX_AI_PROVIDER", "ollama")], "ollama", "`CODEX_AI_PROVIDER`"),
        (&[("CODEX_AI_MODEL", "vllm/qwen3")], "vllm", "`CODEX_AI_MODEL`"),
        (&[("CODEX_AI_MODEL", "lmstudio/qwen3")], "lmstudio", "`CODEX_AI_MODEL`"),
        (&[OPENAI, ("CODEX_AI_MODEL", "llamacpp/any")], "routes", "`CODEX_AI_MODEL`"),
    ] {
        let text = in_child("child_chooses", variables);
        assert!(text.contains(&format!("CHOSEN AnyProvider(\"{chosen}\")")), "{variables:?}: {text}");
        assert!(text.contains("INFO") && text.contains(reason), "{variables:?}: {text}");
    }
}

#[test]
fn what_cannot_be_told_is_an_error_that_says_what_to_set() {
    for (variables, parts) in [
        (
            &[OPENAI, ANTHROPIC][..],
            &["`OPENAI_API_KEY`, `ANTHROPIC_API_KEY`", "`CODEX_AI_PROVIDER=openai` or `CODEX_AI_PROVIDER=anthropic`"][..],
        ),
        // A plain model chooses nobody.
        (&[OPENAI, ANTHROPIC, ("CODEX_AI_MODEL", "gpt-9")], &["keys of 2 vendors", "set `CODEX_AI_PROVIDER=openai`"]),
        (&[("CODEX_AI_PROVIDER", "opnai")], &["unknown provider, `opnai`", "did you mean `openai`?"]),
        (&[("CODEX_AI_PROVIDER", "qqqqqqqqqq")], &["use one of `openai`", "`local`"]),
        (&[("CODEX_AI_PROVIDER", "openai")], &["`OPENAI_API_KEY`"]),
        (&[("CODEX_AI_MODEL", "anthropic/claude")], &["`ANTHROPIC_API_KEY`"]),
        (&[("CODEX_AI_MODEL", "antropic/claude")], &["`antropic`", "did you mean `anthropic/claude`?"]),
        (&[("OPENAI_API_KEY", "sk-canary-\u{e9}-1234")], &["a character at place 11"]),
        // One says this vendor, the other that one; at an address of one's own anything may be a model.
        (
            &[OPENAI, ANTHROPIC, ("CODEX_AI_PROVIDER", "openai"), ("CODEX_AI_MODEL", "anthropic/claude-9")],
            &["the default model `anthropic/claude-9` is not one of `openai`", "`CODEX_AI_PROVIDER` goes before"],
        ),
        (
            &[ANTHROPIC, ("CODEX_AI_PROVIDER", "anthropic"), ("CODEX_AI_MODEL", "openai/gpt-9")],
            &["`openai/gpt-9` is not one of `anthropic`"],
        ),
        (
            &[("GEMINI_API_KEY", "canary-1"), ("CODEX_AI_PROVIDER", "gemini"), ("CODEX_AI_MODEL", "openai/gpt-9")],
            &["`openai/gpt-9` is not one of `gemini`"],
        ),
        (
            &[("GEMINI_API_KEY", "canary-1"), ("GOOGLE_API_KEY", "canary-2")],
            &["`GOOGLE_API_KEY` and `GEMINI_API_KEY` hold different keys"],
        ),
    ] {
        let text = in_child("child_chooses", variables);
        assert!(text.contains("FAILED Config"), "{variables:?}: {text}");
        for part in parts {
            assert!(text.contains(part), "no {part} in {text}");
        }
    }
}

#[tokio::test]
#[ignore = "run by both_vendors_are_reached_by_name"]
async fn child_asks() {
    let provider = AnyProvider::from_env().unwrap();
    for model in [None, Some("openai/gpt-9"), Some("anthropic/claude-9"), Some("plain")] {
        let options = model.map_or_else(Options::new, |model| Options::new().with_model(model));
        let request = Request::new(vec![Message::user("Hi")]).with_options(options);
        println!("ANSWER {}", provider.generate(&request).await.unwrap().text());
    }
}

#[test]
fn both_vendors_are_reached_by_name_and_have_retries_around_them() {
    let failure = || Step::error(500, "server_error", "no").with_header("retry-after-ms", "1");
    let mut steps = vec![failure()];
    steps.extend((0..3).map(|_| Step::reply(Reply::from_text("m", "by openai"))));
    let openai = WireServer::script(steps).unwrap();
    let (url, asked) = anthropic();
    let variables = [
        OPENAI,
        ANTHROPIC,
        ("OPENAI_BASE_URL", &openai.url()),
        ("ANTHROPIC_BASE_URL", &url),
        ("CODEX_AI_PROVIDER", "openai"),
        ("CODEX_AI_MODEL", "gpt-default"),
    ];
    let text = in_child("child_asks", &variables);
    let answers: Vec<_> = text.lines().filter_map(|line| line.split_once("ANSWER ")).map(|(_, by)| by).collect();
    assert_eq!(answers, ["by openai", "by openai", "by anthropic", "by openai"]);
    let models: Vec<_> = openai.requests().iter().map(|request| request.json()["model"].clone()).collect();
    assert_eq!(models, ["gpt-default", "gpt-default", "gpt-9", "plain"]);
    assert_eq!(asked.join().unwrap()["model"], "claude-9");
}

/// A server that answers once as Anthropic does, and gives the body that it was sent.
fn anthropic() -> (String, JoinHandle<Value>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked = std::thread::spawn(move || {
        let mut connection = BufReader::new(listener.accept().unwrap().0);
        let mut length = 0;
        loop {
            let mut line = String::new();
            connection.read_line(&mut line).unwrap();
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line.trim().is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        connection.read_exact(&mut body).unwrap();
        let answer = json!({
            "id": "msg_1", "type": "message", "role": "assistant", "model": "m", "stop_reason": "end_turn",
            "content": [{ "type": "text", "text": "by anthropic" }],
            "usage": { "input_tokens": 1, "output_tokens": 1 },
        })
        .to_string();
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length:";
        write!(connection.get_mut(), "{head} {}\r\n\r\n{answer}", answer.len()).unwrap();
        serde_json::from_slice(&body).unwrap()
    });
    (url, asked)
}
